"""What lies in the database: its schema's version, whether the keys open what is sealed, the channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from rejoinder.app.database import check
from rejoinder.bots.reseal import by_key
from rejoinder.channels.connect.webhook import is_reachable
from rejoinder.channels.registry import platforms
from rejoinder.cli.doctor import store
from rejoinder.cli.doctor.report import Finding, State
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


async def channels(settings: Settings, db: Database) -> list[Finding]:
    """How the channels of chat platforms are, and whether the platforms can reach this program."""
    async with db.maintenance() as maintenance:
        found = await store.chat_channels(maintenance)
    return judge_channels(found, platforms(), settings.public_url)


def judge_channels(
    found: Sequence[store.ChatChannel], known: Collection[str], public_url: str | None
) -> list[Finding]:
    """One line for each that is not well, one for all others; `known` are the platforms there are adapters for."""
    if not found:
        return [Finding("channels", "ok", "None of a chat platform.")]
    odd = [each for channel in found for each in _ailments(channel, known)]
    ill = {(channel.workspace, channel.name) for channel, _ in odd}
    well = [each for each in found if (each.workspace, each.name) not in ill]
    told = [Finding("channels", "ok", f"{', '.join(map(_channel, well))}.")] if well else []
    told += [finding for _, finding in odd]
    if not is_reachable(public_url):
        what = "is not set" if public_url is None else f"is {public_url}, no https address"
        told.append(
            Finding(
                "channels",
                "warning",
                f"REJOINDER_PUBLIC_URL {what}: chat platforms can't be told where to post.",
                "Set it to the https address that reaches this server from outside.",
            )
        )
    return told


def _ailments(
    channel: store.ChatChannel, known: Collection[str]
) -> Iterator[tuple[store.ChatChannel, Finding]]:
    def finding(state: State, told: str, mend: str) -> tuple[store.ChatChannel, Finding]:
        return channel, Finding("channels", state, f"{_channel(channel)} {told}", mend)

    which = f"{channel.name!r} --workspace {channel.workspace}"
    if channel.platform not in known:
        yield finding("wrong", "has no adapter here.", "Install the package that provides it.")
    if channel.stopped:
        yield finding(
            "warning",
            f"is paused: {channel.reason or 'no reason given'}.",
            f"`rejoinder channel change {which} --set NAME=VALUE` gives it new credentials; or POST …/resume.",
        )
    elif channel.paused:
        yield finding(
            "warning",
            f"is paused for a while: {channel.reason or 'its platform throttles it'}.",
            "It goes on by itself; `rejoinder channel list` says when.",
        )
    if channel.account is None:
        yield finding("warning", "was never checked.", f"Run `rejoinder channel check {which}`.")
    if channel.quarantined:
        yield finding(
            "warning",
            f"has {channel.quarantined} quarantined webhooks.",
            "`rejoinder intake list` says why; replay them after an upgrade, or discard them.",
        )


def _channel(channel: store.ChatChannel) -> str:
    account = f", account {channel.account}" if channel.account else ""
    return f"{channel.workspace}/{channel.name} ({channel.platform}{account})"


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
