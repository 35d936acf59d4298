"""What the messages say, and whether they may be answered: told before any model is asked, without I/O."""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.guard.before import before, suspicious
from rejoinder.guard.model import Finding
from rejoinder.llm.model import Understanding
from rejoinder.turns.answering.model import Window
from rejoinder.understanding.local import understand as locally
from rejoinder.understanding.model import Place


@dataclass(frozen=True, slots=True)
class Understood:
    """`local` is what rules read in the messages, `findings` what the guard sees in them."""

    local: Understanding
    place: Place
    findings: tuple[Finding, ...]

    @property
    def suspicious(self) -> bool:
        """Whether somebody tries to tell the bot what to do."""
        return suspicious(self.findings)


def understand(window: Window) -> Understood:
    """Read the unanswered messages by rules, in the contact's time and the bot's country."""
    settings = window.bot.settings
    place = Place(
        now=window.profile.now,
        zone=window.zone,
        country=settings.understand.country,
        currency=settings.understand.currency,
    )
    local = locally(window.texts, settings.understand, place)
    return Understood(local, place, before(window.texts, settings.check))
