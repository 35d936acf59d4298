"""What doctor makes of facts that can't be brought about here: pure functions; how one check is kept apart."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rejoinder.cli.doctor import postgres, store, stored, work
from rejoinder.cli.doctor.files import judge_room
from rejoinder.cli.doctor.model import Asked, judge
from rejoinder.cli.doctor.report import Finding, as_json, is_sound, lines, summary
from rejoinder.cli.doctor.visit import Visit
from rejoinder.errors import ModelTransient, Setup
from rejoinder.settings import Unknown, load, unknown_names

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = store.Server(150004, "15.4 (Debian)", "UTF8", False, "shop", "public", True, "0.8.0", True)
FEW = store.Connections(97, None, None, 20, 15, 1, 1)
MB, GB = 10**6, 10**9


def states(findings: list[Finding]) -> list[tuple[str, str]]:
    """Name and state of those that are not well."""
    for finding in findings:
        assert bool(finding.mend) == (finding.state != "ok"), finding
    return [(finding.name, finding.state) for finding in findings if finding.state != "ok"]


@given(
    difference=some.floats(-1e6, 1e6).map(lambda seconds: timedelta(seconds=seconds)),
    way=some.floats(0, 30).map(lambda seconds: timedelta(seconds=seconds)),
    part=some.floats(0, 1),
)
def test_the_way_to_the_clock_is_no_difference(
    difference: timedelta, way: timedelta, part: float
) -> None:
    theirs = NOON + way * part + difference
    found = postgres.judge_clock(theirs, NOON, NOON + way)
    least, most = abs(difference) - way, abs(difference)
    if most <= timedelta(seconds=2):
        assert found.state == "ok"
    if least > timedelta(seconds=30):
        assert found.state == "wrong"
    if least > timedelta(seconds=2):
        assert found.state != "ok"


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "ok"), (2, "ok"), (-3, "warning"), (30, "warning"), (31, "wrong"), (-31, "wrong")],
)
def test_clocks_apart(seconds: int, state: str) -> None:
    found = postgres.judge_clock(NOON + timedelta(seconds=seconds), NOON, NOON)
    assert found.state == state
    assert f"{abs(seconds)}.0 s apart" in found.told


ODD = {
    "version 14": ({"number": 140011}, [("PostgreSQL", "wrong")]),
    "version 9.6": ({"number": 90624}, [("PostgreSQL", "wrong")]),
    "version 15": ({"number": 150000}, []),
    "a standby": ({"standby": True}, [("PostgreSQL", "wrong")]),
    "an encoding": ({"encoding": "SQL_ASCII"}, [("encoding", "wrong")]),
    "no right": ({"may_create": False}, [("role", "warning")]),
    "no schema": ({"may_create": False, "schema": ""}, [("role", "warning")]),
    "no vector": ({"vector": None}, [("vector", "warning")]),
    "no pgvector": ({"vector": None, "vector_at_hand": False}, [("vector", "warning")]),
}


@pytest.mark.parametrize(("change", "expected"), ODD.values(), ids=ODD.keys())
def test_what_is_odd_about_a_server(
    change: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    server = replace(GOOD, **change)  # type: ignore[arg-type]
    assert states(postgres.judge_server(server, private=False)) == expected


ROOM = {
    "enough": ({}, "ok"),
    "one server and worker just fit": ({"limit": 13, "used": 13, "ours": 13}, "ok"),
    "they don't": ({"limit": 12}, "wrong"),
    "the role may have few": ({"role_limit": 5}, "wrong"),
    "the database may have few": ({"database_limit": 5}, "wrong"),
    "others take them": ({"used": 97, "ours": 3}, "warning"),
    "many workers": ({"workers": 20}, "wrong"),
    "none connected": ({"limit": 13, "used": 0, "ours": 0, "servers": 0, "workers": 0}, "ok"),
}


@pytest.mark.parametrize(("change", "state"), ROOM.values(), ids=ROOM.keys())
def test_connections_must_do_for_every_pool(change: dict[str, int], state: str) -> None:
    found = postgres.judge_connections(replace(FEW, **change), pool_size=4)
    assert found.state == state


@pytest.mark.parametrize(
    ("free", "state", "told"),
    [
        (100 * MB - 1, "wrong", "100 MB"),
        (100 * MB, "warning", "100 MB"),
        (GB - 1, "warning", "1,000 MB"),
        (GB, "ok", "1.0 GB"),
        (0, "wrong", "0 MB"),
    ],
)
def test_room_on_a_disk(free: int, state: str, told: str) -> None:
    found = judge_room(Path("/there"), free)
    assert (found.state, found.told) == (state, f"{told} free for /there.")


def worker(silent: float, *, holds_lock: bool) -> store.Worker:
    return store.Worker("host:1", timedelta(seconds=silent), holds_lock)


ALIVE = {
    "one at work": ([worker(1, holds_lock=True)], []),
    "its lock can't be seen": ([worker(1, holds_lock=False)], []),
    "killed": ([worker(5, holds_lock=False)], [("workers", "wrong")]),
    "hanging": ([worker(60, holds_lock=True)], [("workers", "wrong"), ("workers", "warning")]),
    "one of two hangs": (
        [worker(1, holds_lock=True), worker(60, holds_lock=True)],
        [("workers", "warning")],
    ),
    "long gone": ([worker(3600, holds_lock=False)], [("workers", "wrong")]),
    "never one": ([], [("workers", "wrong")]),
}


@pytest.mark.parametrize(("workers", "expected"), ALIVE.values(), ids=ALIVE.keys())
def test_who_is_at_work_while_something_waits(
    workers: list[store.Worker], expected: list[tuple[str, str]]
) -> None:
    assert states(work.judge_workers(workers, turns=1, deliveries=0)) == expected
    assert states(work.judge_workers(workers, turns=0, deliveries=1)) == expected
    idle = [(name, "warning") for name, _ in expected]
    assert states(work.judge_workers(workers, turns=0, deliveries=0)) == idle


@pytest.mark.parametrize(
    ("count", "late", "oldest", "state"),
    [
        (0, 0, None, "ok"),
        (5, 0, -3, "ok"),
        (5, 0, 29, "ok"),
        (5, 1, 31, "warning"),
        (5, 5, 300, "warning"),
        (5, 5, 301, "wrong"),
    ],
)
def test_what_waits(count: int, late: int, oldest: int | None, state: str) -> None:
    span = None if oldest is None else timedelta(seconds=oldest)
    assert work.judge_waiting("turns", store.Waiting(count, late, span)).state == state


def test_failed_jobs_are_told() -> None:
    assert work.judge_failed(0) == []
    assert states(work.judge_failed(3)) == [("jobs", "warning")]


def test_what_waits_for_a_person_is_told() -> None:
    assert states(work.judge_stuck(0, 0)) == []
    assert states(work.judge_stuck(1, 0)) == [("people", "warning")]
    assert states(work.judge_stuck(2, 1)) == [("people", "warning")] * 2


SEALED = {
    "nothing sealed": ((b"k",), {}, "ok"),
    "all by the newest": ((b"k",), {0: 3}, "ok"),
    "some by a former one": ((b"k", b"j"), {0: 1, 1: 2}, "warning"),
    "some by none": ((b"k",), {0: 1, None: 1}, "wrong"),
    "no key, nothing sealed": ((), {}, "warning"),
    "no key": ((), {None: 1}, "wrong"),
}


@pytest.mark.parametrize(("keys", "found", "state"), SEALED.values(), ids=SEALED.keys())
def test_which_key_opens_what(
    keys: tuple[bytes, ...], found: dict[int | None, int], state: str
) -> None:
    assert stored.judge_keys(keys, Counter(found), Path("/data")).state == state


def test_a_chain_of_models_is_wrong_when_none_answers() -> None:
    away, well = Asked("a", failed=ModelTransient("Away.")), Asked("b", answered="Well.")
    assert states(judge([away, away])) == [("model", "wrong"), ("model", "wrong")]
    assert states(judge([away, well])) == [("model", "warning")]
    assert states(judge([well])) == []


def test_names_that_no_setting_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert unknown_names({}) == []
    Path("rejoinder.toml").write_text(
        'Port = 1\ndata_dir = "d"\nrejoinder_model = "local"\npool_sise = 3\n[zzzzzz]\nport = 2\n'
    )
    given = {"REJOINDER_DATE": "x", "REJOINDER_TEST_DATABASE_URL": "y", "rejoinder_data": "z"}
    assert unknown_names({**given, "OTHERS": "1"}) == [
        Unknown("pool_sise", "rejoinder.toml", "pool_size"),
        Unknown("zzzzzz", "rejoinder.toml", None),
        Unknown("REJOINDER_DATE", "the environment", "REJOINDER_DATA"),
    ]
    assert load().port == 1, "what is not known keeps nothing from starting"
    Path("rejoinder.toml").write_text("port = [")
    with pytest.raises(Setup, match=r"rejoinder\.toml"):
        unknown_names({})


async def test_a_check_that_hangs_or_breaks_is_a_finding_and_the_next_goes_on() -> None:
    async def breaks() -> list[Finding]:
        raise LookupError("with words of a customer")

    async def well() -> list[Finding]:
        return [Finding("c", "ok", "well")]

    told: list[Finding] = []
    visit = Visit(told.append)
    assert await visit.attempt("a", 0.01, asyncio.Event().wait()) is None
    assert not await visit.check("b", 5, breaks())
    assert await visit.check("c", 5, well())
    assert [(one.name, one.state) for one in told] == [("a", "wrong"), ("b", "wrong"), ("c", "ok")]
    assert "LookupError" in told[1].told
    assert "customer" not in str(told)


def test_a_report_is_read_by_people_and_programs() -> None:
    findings = [
        Finding("disk", "ok", "Fine."),
        Finding("port", "wrong", "Taken:\n by x.", "Move it."),
    ]
    assert lines(findings[0]) == ["ok       disk          Fine."]
    assert lines(findings[1]) == ["wrong    port          Taken: by x.", " " * 23 + "Move it."]
    assert summary(findings) == "1 thing is wrong, 0 warnings."
    assert (is_sound(findings), is_sound(findings[:1])) == (False, True)
    assert [Finding(**each) for each in json.loads(as_json(findings))] == findings
