"""Any interleaving of arrivals, wake-ups, claims, crashes, people and time keeps the promises of a turn.

REJOINDER_DEEP=20 runs twenty times as many histories.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import Rule, run_state_machine_as_test

from rejoinder.db import connect
from rejoinder.turns.model import Policy
from tests.turns.machine.database import Tables
from tests.turns.machine.doings import chosen
from tests.turns.machine.machine import Machine, policies
from tests.turns.machine.model import House
from tests.turns.machine.rows import Rows

_DEEP = int(os.environ.get("REJOINDER_DEEP", "1"))
_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def _settings(histories: int) -> settings:
    return settings(
        max_examples=histories * _DEEP,
        stateful_step_count=50,
        deadline=None,
        print_blob=True,
        suppress_health_check=_CHECKS,
    )


class InMemory(Machine):
    """The decisions, with rows in memory."""

    def build(self, policy: Policy) -> House:
        return Rows(policy)


@pytest.mark.timeout(60 + 60 * _DEEP)
async def test_the_decisions_keep_every_promise() -> None:
    """In a thread, as the next one: other tests' servers go on meanwhile."""
    await asyncio.to_thread(run_state_machine_as_test, InMemory, settings=_settings(400))


# PostgreSQL's clock goes on by itself, so what is possible next may differ when hypothesis repeats a history: there the
# steps are drawn beforehand, each a number to choose a rule by and values for whatever that rule asks for.
_RULES = InMemory().rules
_VALUES = {name: values for rule in _RULES for name, values in rule.arguments.items()}
# While hypothesis draws in its thread, other tasks of this process roll dice: it takes them for its test's.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

_STEPS = st.lists(
    st.tuples(st.integers(0, 999), st.fixed_dictionaries(_VALUES)), min_size=20, max_size=40
)


@pytest.mark.timeout(60 + 60 * _DEEP)
async def test_the_real_sql_keeps_every_promise(dsn: str) -> None:
    """The thread has a loop of its own: hypothesis waits for each step."""
    await asyncio.to_thread(_on_the_real_sql, dsn)


def possible(machine: Machine) -> list[Rule]:
    """The rules whose preconditions hold."""
    return [rule for rule in _RULES if all(holds(machine) for holds in rule.preconditions)]


def _on_the_real_sql(dsn: str) -> None:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        db = runner.run(connect(dsn, size=2, name="rejoinder machine"))

        class OnTheRealSql(Machine):
            def build(self, policy: Policy) -> House:
                return Tables(runner, db, policy)

        @_settings(60)
        @given(policies, _STEPS)
        def history(policy: Policy, steps: list[tuple[int, dict[str, Any]]]) -> None:
            machine = OnTheRealSql()
            machine.open(policy=policy)
            try:
                for number, values in steps:
                    rule = chosen(possible(machine), number)
                    asked = {name: values[name] for name in rule.arguments}
                    note(f"{rule.function.__name__}({asked})")
                    rule.function(machine, **asked)
                machine.settle()
            finally:
                machine.house.leave()

        try:
            history()
        finally:
            runner.run(db.close())
