"""English: "I've bumped you up", "your booking is history", "all sorted"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, START, shapes

# Verbs that do nothing with an order: what a bot hears, says, looks at, writes down and passes on.
_SPEECH = (
    "told|said|mentioned|explained|understood|read|checked|looked|found|seen|saw|noted|listed|received|got|heard"
    "|asked|answered|shared|described|summari[sz]ed|translated|apologi[sz]ed|missed|loved|hoped|wanted|needed|liked"
    "|expected|appreciated|thanked|recommended|suggested|offered|given|gave|passed|forwarded|flagged|notified|alerted"
    "|informed|escalated|handed|connected|transferred|noticed|kept|let|made|caused|disappointed|bothered"
    "|misunderstood|confused|put|included|used|tried|had|been|served|met|lost|recorded|written|wrote|attached"
    "|compared|picked|chosen|collected|provided|gathered|copied|highlighted|prepared|required|called|believed"
    "|trusted|helped|supported|assisted|summed|rounded|confirmed|repeated|clarified|counted|calculated|added|figured"
    "|searched|reviewed|assumed|guessed|stated|spotted|enjoyed|overlooked|misread|interpreted|outlined|quoted|verified|raised|submitted|related|mistyped|posted|considered|narrowed|selected|typed|linked|spelled|skipped|started|worked|double|doublechecked"
)
_DONE = (
    r"(?:[a-z]{2,16}ed|cut|set|taken|thrown|struck|gotten|won|bought|sold|paid|sent|held|undone|redone|drawn"
    r"|withdrawn|rebooked|overridden|rewritten|frozen|split)"
)
_THING = (
    r"(?:order|booking|reservation|appointment|refund|money|payment|charge|deposit|card|account|subscription|ticket"
    r"|room|table|seat|stay|parcel|package|address|plan|fee|bill|invoice|slot|class|visit|trip|membership|delivery"
    r"|suite|upgrade|night)s?"
)
_LATELY = r"(?:(?:just|already|now|also|gone ahead and|went ahead and) )*"
# What a chat itself can send: "I've sent you the link".
_SHOWN = r"sent (?:it|(?:you |it )?(?:the|a|our|this) (?:link|page|list|prices?|details|address|number|options)) "
_NO_SPEECH = rf"(?!(?:{_SPEECH}) )"
# "It's done within minutes" tells how, not that.
_HOW = "(?! (?:within|by|when|in|at|online|via|on|through|every|after|before|once|from|for free))"

# Of a name alone only what undoes or changes an order: "Cards accepted" and "Rooms renovated" tell of a house.
_UNDONE = (
    "(?:cancell?ed|moved|changed|confirmed|refunded|rebooked|upgraded|removed|waived|deleted|reversed|credited|erased"
    "|wiped|approved|reissued|rescheduled|unlocked|voided|tripled|doubled)"
)

ENGLISH: Final = shapes(
    # I've bumped you up; I moved your stay; I squared it; we tore it up
    rf"(?<= )(?:ive|weve|i have|we have) {_LATELY}{_NO_SPEECH}(?!{_SHOWN}){_DONE}"
    rf" (?:you|your|it|them|that|both|everything|(?:the |this )?{_THING}) ",
    rf"(?<= )i {_LATELY}{_NO_SPEECH}[a-z]{{2,16}}ed (?:you|your|it|(?:the |this )?{_THING}) ",
    rf"(?<= )(?:i|we|ive|weve) {_LATELY}(?:tore|took off|threw|struck|withdrew|undid|froze|rebooked|cut|pulled|wiped"
    rf"|scrapped|killed|knocked) (?:it|that|them|your|(?:the|that) {FEW % 2}{_THING}) ",
    # you now have the room; you are down for Saturday
    rf"(?<= )(?:you now have|now you have|youve now got|you have now got) (?:the|a|an|your) {FEW % 2}{_THING} ",
    r"(?<= )(?:youre|you are|i have you|ive got you|we have you|ive put you|i put you) (?:now |all |already )*"
    r"(?:down for|booked (?:in )?for|set for|on the list|in for (?!a )|booked in|confirmed for|moved to"
    "|upgraded|enrolled) ",
    # Booking cancelled. Your stay has been wiped.
    rf"{START}{_THING} (?:(?:now|already|just) )?{_UNDONE} (?=\.|$|for you |as requested )",
    rf"(?<= )your {FEW % 2}{_THING} (?:has|have) (?:(?:just|already|now) )?been {_NO_SPEECH}"
    r"[a-z]{2,16}(?:ed|en|ut|et) ",
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
