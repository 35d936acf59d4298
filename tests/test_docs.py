"""What the documents must say: every setting, every metric, every name a migration is known by."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from prometheus_client.metrics import MetricWrapperBase

from rejoinder.db import migrate
from rejoinder.settings import Settings
from rejoinder.telemetry import metrics

_ROOT = Path(__file__).parent.parent


def test_every_setting_is_documented() -> None:
    documented = (_ROOT / "docs" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"`{name}`" in documented, f"docs/settings.md misses {name}"
        for alias in getattr(field.validation_alias, "choices", []):
            assert not str(alias).isupper() or f"`{alias}`" in documented, (
                f"docs/settings.md misses {alias}"
            )


def test_every_metric_is_documented() -> None:
    documented = (_ROOT / "docs" / "metrics.md").read_text()
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            for sample in metric.describe():
                name = sample.name + ("_total" if sample.type == "counter" else "")
                assert f"`{name}`" in documented, f"docs/metrics.md misses {name}"


def test_migrations_are_known_by_the_number_their_file_begins_with() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert [
        revision.revision for revision in reversed(list(script.walk_revisions()))
    ] == migrate.revisions()


def test_no_source_file_is_a_monster() -> None:
    for file in (_ROOT / "src").rglob("*.py"):
        lines = file.read_text().count("\n")
        assert lines <= 320, (
            f"{file.relative_to(_ROOT)} has {lines} lines; split it along its duties"
        )
