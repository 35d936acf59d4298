"""What a platform may do wrong, how often, and when: the same seed does the same to the same customers."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal, TypeAlias, cast, get_args

from rejoinder.channels.port.simulated import Fault
from rejoinder.errors import Setup

Spoiled: TypeAlias = Literal[
    "throttle",
    "throttle-recipient",
    "fail",
    "fail-after-accept",
    "hang",
    "hang-after-accept",
    "close",
    "close-after-accept",
    "reject",
    "bad-credential",
    "window-closed",
]
"""What becomes of a request to send. Those `after-accept` show the customer the message all the same."""

Told: TypeAlias = Literal[
    "receipt-early",
    "receipt-late",
    "receipt-twice",
    "receipt-reversed",
    "receipt-failed",
    "receipt-lost",
    "echo",
    "echo-early",
    "webhook-twice",
]
"""What is told otherwise than expected; early is before the request that it speaks of was answered."""

FAULTS: Final[tuple[str, ...]] = (*get_args(Spoiled), *get_args(Told))

WORDS: Final[Mapping[str, Fault]] = {
    "throttle": "throttle",
    "throttle-recipient": "throttle_recipient",
    "fail": "fail",
    "fail-after-accept": "fail",
    "reject": "reject",
    "bad-credential": "bad_credential",
    "window-closed": "window_closed",
}
"""Those that the platform has words of its own for; the others end without an answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How often each happens, from 0 to 1. `hang_seconds` is how long a request hangs before its connection is cut,

    `late_seconds` how long after the message a late receipt comes.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    hang_seconds: float = 60.0
    late_seconds: float = 2.0


NOTHING: Final = Plan()
"""A platform that does all it should."""


def read_plan(given: Iterable[str], seed: int = 0) -> Plan:
    """From `name=rate` as the command line has them; a name alone means always. Raises Setup."""
    rates = dict[str, float]()
    for each in given:
        name, _, rate = each.partition("=")
        if name not in FAULTS:
            raise _unreadable(f"There is no fault {name!r}.", f"There are {', '.join(FAULTS)}.")
        rates[name] = _rate(name, rate or "1")
    if (every := sum(rates.get(name, 0.0) for name in get_args(Spoiled))) > 1:
        raise _unreadable(
            f"The faults of requests add up to {every:g}.",
            "A request meets one of them at most: let their rates add up to 1 or less.",
        )
    return Plan(rates, seed)


class Faults:
    """Draws what happens. One request to send meets at most one fault.

    The draw hangs on the seed, the customer and how many requests there were for them, so that it is the same however
    the requests of several customers come between each other. `script` comes first: a fault for each next request,
    None for none. `sends` counts the requests to send by customer, spoiled ones too.
    """

    def __init__(self, plan: Plan = NOTHING) -> None:
        self.plan = plan
        self.script = deque[Spoiled | None]()
        self.happened = Counter[str]()
        self.sends = Counter[str]()

    def of_send(self, to: str) -> Spoiled | None:
        """What happens to this request to send to a customer."""
        self.sends[to] += 1
        found = self.script.popleft() if self.script else self._drawn(to)
        if found is not None:
            self.happened[found] += 1
        return found

    def tells(self, what: Told, about: str) -> bool:
        """Whether this is done with what is told about a message or a webhook."""
        rate = self.plan.rates.get(what, 0.0)
        done = rate > 0 and self._dice(f"{what}:{about}") < rate
        self.happened[what] += done
        return done

    def _drawn(self, to: str) -> Spoiled | None:
        at = self._dice(f"send:{to}:{self.sends[to]}")
        for name in get_args(Spoiled):
            at -= self.plan.rates.get(name, 0.0)
            if at < 0:
                return cast("Spoiled", name)
        return None

    def _dice(self, about: str) -> float:
        return Random(f"{self.plan.seed}:{about}").random()  # noqa: S311 - a game that can be repeated


def _rate(name: str, written: str) -> float:
    try:
        rate = float(written)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise _unreadable(f"{written!r} is no rate for {name}.", "A rate is a number from 0 to 1.")
    return rate


def _unreadable(what: str, mend: str) -> Setup:
    return Setup(what, mend=f"{mend} Write --fault hang-after-accept=0.02.", code="fault")
