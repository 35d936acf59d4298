"""What the log says, and what it never says: the customer's words."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from uuid import UUID

import asyncpg
import pytest

from rejoinder.db import Database
from rejoinder.telemetry.logs import configure, log
from rejoinder.testing import ScriptedModel
from rejoinder.worker import Work
from tests.scenarios.conftest import bus, model, opens, quiet_house, shop, work
from tests.scenarios.shop import Shop

__all__ = ["bus", "model", "opens", "quiet_house", "shop", "work"]

SAID = "my card number is 4111-PLANTED"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The other tests' logging comes back afterwards."""
    yield
    configure("warning", "json")


async def _row_that_is_refused(db: Database, workspace_id: UUID) -> asyncpg.PostgresError:
    """PostgreSQL's error for a row that holds what the customer said; its DETAIL quotes the whole row."""
    async with db.read(workspace_id) as read:
        try:
            await read.connection.execute(
                "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, 'Not A Slug', $2)",
                workspace_id,
                SAID,
            )
        except asyncpg.PostgresError as refused:
            return refused
    raise AssertionError("the row was taken")


@pytest.mark.parametrize("form", ["json", "console"])
async def test_an_error_of_the_database_is_told_without_the_row(
    db: Database, workspace_id: UUID, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    refused = await _row_that_is_refused(db, workspace_id)
    assert SAID in str(refused.as_dict())
    configure("info", "json" if form == "json" else "console")
    log.error("request_failed", exc_info=refused)
    logging.getLogger("pgqueuer").error("Exception while processing", exc_info=refused)
    written = capsys.readouterr().err
    assert "CheckViolationError" in written
    assert "PLANTED" not in written


async def test_each_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    log.info("one", number=1)
    log.debug("below the level")
    try:
        raise RuntimeError("two\nlines")
    except RuntimeError:
        log.exception("failed")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["one", "failed"]
    assert lines[0]["number"] == 1
    assert "RuntimeError" in lines[1]["exception"]


async def test_a_message_goes_its_whole_way_without_a_word_of_it_in_the_log(
    shop: Shop, work: Work, model: ScriptedModel, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("info", "json")
    model.script.append(ValueError(f"can't read {SAID!r}"))  # an error that quotes the customer
    assert work.ready
    message = await shop.says(SAID)
    assert (await shop.outcome(message)).status == "answered"
    written = capsys.readouterr().err
    assert "turn_raised" in written
    assert "ValueError" in written
    assert "PLANTED" not in written
