"""What lies in the database: its schema's version, and whether the keys open what is sealed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rejoinder.app.database import check
from rejoinder.channels.reseal import by_key
from rejoinder.cli.doctor.report import Finding
from rejoinder.db import Database
from rejoinder.db.migrate import revisions
from rejoinder.secrets.keys import FILE, Keys, load_keys
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings


async def schema(dsn: str) -> list[Finding]:
    """Whether the tables are this program's. Raises Setup when they are not."""
    await check(dsn)
    return [Finding("schema", "ok", f"Version {revisions()[-1]}, this program's.")]


async def secret_keys(settings: Settings, db: Database) -> list[Finding]:
    """Whether there are keys and every credential can be opened. Raises Setup for keys that can't be used."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    # Looked for first: asking for the keys makes one where there is none.
    there = given is not None or (settings.data / FILE).exists()
    keys = load_keys(given, settings.data) if there else ()
    return [judge_keys(keys, await by_key(db, Vault(lambda: keys)), settings.data)]


def judge_keys(keys: Keys, found: Counter[int | None], data: Path) -> Finding:
    """`found` counts the sealed credentials by the key that opens them, None being no key."""
    if found[None]:
        whose = "a key that is not there" if keys else f"a key, and {data / FILE} is missing"
        return Finding(
            "secret keys",
            "wrong",
            f"{found[None]} of {found.total()} credentials are sealed with {whose}: their channels can't send.",
            "Put that key behind the present ones: after a comma in REJOINDER_SECRET_KEY, or as a further line of "
            "secret.key in the data folder. If it is lost, enter these credentials anew.",
        )
    if not keys:
        return Finding(
            "secret keys",
            "warning",
            f"There is no {data / FILE} yet.",
            "`rejoinder serve` makes it; if there was one, put it back: without it open chat pages begin anew.",
        )
    sealed = f"all {found.total()} sealed credentials can be opened"
    told = f"{len(keys)} {'key' if len(keys) == 1 else 'keys'}; {sealed if found else 'nothing is sealed yet'}."
    former = found.total() - found[0]
    if former:
        return Finding(
            "secret keys",
            "warning",
            f"{told} {former} are sealed with a former key.",
            "Run `rejoinder secrets rotate` before you take that key away.",
        )
    return Finding("secret keys", "ok", told)
