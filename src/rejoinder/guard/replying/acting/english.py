"""English: "I've bumped you up", "your booking is history", "all sorted"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, START, shapes

# Verbs that change an order, a booking or an account; any other may be of what was seen, said or written down.
_CHANGED = (
    "(?:cancell?ed|moved|changed|confirmed|refunded|rebooked|upgraded|downgraded|removed|waived|deleted|reversed|credited"
    "|erased|wiped|approved|reissued|rescheduled|unlocked|voided|tripled|doubled|halved|bumped|shifted|swapped|switched"
    "|extended|shortened|dropped|lifted|squared|settled|fixed|sorted|arranged|secured|reserved|booked|enrolled|unenrolled"
    "|signed|registered|discounted|lowered|reduced|returned|reimbursed|transferred|pushed|pulled|slotted|squeezed"
    "|locked|blocked|closed|reopened|renamed|replaced|activated|deactivated|processed|scrapped|scratched|killed|ditched"
    "|nixed|axed|binned|undone|redone|struck|withdrawn|frozen|overridden|rewritten|split|paid|charged|comped|renewed"
    "|suspended|terminated|ordered|dispatched|shipped|rerouted|redirected|updated|adjusted|rolled|released|freed|wired"
    "|tucked|popped|slid|snagged|nabbed|grabbed|bagged|torn|thrown|pencilled|penciled|taken|cut|won)"
)
_THING = (
    r"(?:order|booking|reservation|appointment|refund|money|payment|charge|deposit|card|account|subscription|ticket"
    r"|room|table|seat|stay|parcel|package|address|plan|fee|bill|invoice|slot|class|visit|trip|membership|delivery"
    r"|suite|upgrade|night)s?"
)
_LATELY = r"(?:(?:just|already|now|also|gone ahead and|went ahead and) )*"
# Of a name alone only what undoes or changes an order: "Cards accepted" and "Rooms renovated" tell of a house.
_UNDONE = (
    "(?:cancell?ed|moved|changed|confirmed|refunded|rebooked|upgraded|removed|waived|deleted|reversed|credited|erased"
    "|wiped|approved|reissued|rescheduled|unlocked|voided|tripled|doubled)"
)
# Done to what a house has none of its own.
_ENDED = (
    "(?:cancell?ed|refunded|rebooked|waived|deleted|reversed|credited|approved|reissued|rescheduled|voided|squared"
    "|bumped)"
)

ENGLISH: Final = shapes(
    # I've bumped you up; I moved your stay; I squared it; we tore it up
    rf"(?<= )(?:ive|i have) {_LATELY}{_CHANGED} (?:you|your|it|them|that|both|everything|(?:the |this )?{_THING}) ",
    # a house fixes and moves things of its own: "the link was broken, we've fixed it"
    rf"(?<= )(?:weve|we have) {_LATELY}{_CHANGED} (?:you|your) ",
    rf"(?<= )(?:weve|we have) {_LATELY}{_ENDED} (?:it|them|that|both|(?:the |this ){_THING}) ",
    rf"(?<= )i {_LATELY}{_CHANGED} (?:you|your|it|(?:the |this )?{_THING}) ",
    rf"(?<= )(?:i|we|ive|weve) {_LATELY}(?:tore|took off|threw|struck|withdrew|undid|froze|rebooked|cut|pulled|wiped"
    rf"|scrapped|killed|knocked) (?:it|that|them|your|(?:the|that) {FEW % 2}{_THING}) ",
    # we knocked 20 EUR off your bill
    rf"(?<= )(?:i|we|ive|weve) {_LATELY}(?:knocked|took|taken|cut|shaved) {FEW % 3}off your ",
    # I managed to squeeze you in
    r"(?<= )i (?:just )?(?:managed|was able) to (?:squeeze|move|change|cancel|book|get|refund|upgrade|swap|put|switch)"
    " (?:you|your) ",
    # you now have the room; you are down for Saturday
    rf"(?<= )(?:you now have|now you have|youve now got|you have now got) (?:the|a|an|your) {FEW % 2}{_THING} ",
    r"(?<= )(?:youre|you are|i have you|ive got you|we have you|ive put you|i put you) (?:now |all |already )*"
    r"(?:down for|booked (?:in )?for|set for|on the list|in for (?!a )|booked in|confirmed for|moved to"
    "|upgraded|enrolled) ",
    # Booking cancelled. Your stay has been wiped.
    rf"{START}{_THING} (?:(?:now|already|just) )?{_UNDONE} (?=\.|$|for you |as requested )",
    rf"(?<= )your {FEW % 2}{_THING} (?:has|have) (?:(?:just|already|now) )?been {_CHANGED} ",
    # Your booking is history. The refund already shows on your card.
    rf"(?<= ){_THING} {FEW % 3}(?:is history|is gone|is no more|no longer exists|is off the books|is void|is dead"
    r"|is wiped) ",
    rf"(?<= )(?:your|the) {FEW % 2}{_THING} (?:already shows|shows up|now shows|is already|is back)"
    " (?:on|in|with) your ",
    r"(?<= )(?:money|refund|payment|deposit|\d+ (?:eur|usd|gbp|euros|dollars|pounds)) (?:has |have |just |already )*"
    r"(?:left our|went out|gone out|landed|arrived in|hit your|is back|are back|is in your) ",
    # All sorted.
    rf"{START}(?:(?:ok|okay|sure|yes|perfect|great) )?(?:consider it done|done and dusted|done deal) ",
    words="i we ive weve you youre your the all its consider done it",
    things=_THING,
    just_now=r" (?:a (?:minute|moment|second) ago|just now|moments ago|minutes ago|seconds ago)(?= )",
    ready="done|all set|all sorted|all taken care of|all fixed|its done|it is done",
    now=r" (?:now|instead) ",
)
