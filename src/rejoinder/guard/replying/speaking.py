"""In which language a reply is, and as whom it speaks."""

from __future__ import annotations

import re

from rejoinder.guard.replying.reply import Reply
from rejoinder.guard.wording.phrases import Hit, Listed, Phrase, find, phrases
from rejoinder.guard.wording.said import Said
from rejoinder.text import fold, language, sentences

_FEWEST_LETTERS = {"th": 12, "zh": 8, "ja": 8, "ko": 8}
_LETTERS = 40  # of a Latin text: seven words, of which two or three are small ones
_LETTER = re.compile(r"[^\W\d_]")
_EARLIER = 4  # of the customer's messages that may have been in the reply's language
_NEGATION_BEFORE = 16


def wrong_language(reply: Reply) -> str:
    """Another language than the customer writes or asked for, or than the bot answers in; only where it is plain.

    A passage that is quoted word for word beside words in the right language is in its own.
    """
    spoken = reply.language
    if spoken == "und" or len(_LETTER.findall(reply.text)) < _FEWEST_LETTERS.get(spoken, _LETTERS):
        return ""
    own = reply.check.languages
    if own and spoken not in own and _beside_quotes(reply) not in own:
        return f'the reply is in "{spoken}", the bot answers in {", ".join(own)}'
    wanted = reply.facts.language
    if wanted in ("und", spoken) or (own and wanted not in own) or _used(reply, spoken):
        return ""
    if _beside_quotes(reply) == wanted:
        return ""
    return f'the reply is in "{spoken}", the customer writes "{wanted}"'


def persona_change(reply: Reply) -> str:
    """The bot as somebody else: another assistant, a vendor's model, a role that a customer gave it."""
    text = reply.marked
    for hit in find(phrases("persona", folded=False), text):
        shown = text[hit.start : hit.end].strip()
        if shown in reply.instructions.marked or _negated(text, hit):
            continue
        return f'"{shown[:80]}": the reply speaks as somebody else'
    return _named_otherwise(reply)


def _beside_quotes(reply: Reply) -> str:
    """The language of what the reply says in its own words: a passage may be quoted as it stands."""
    told = reply.knowledge.marked
    own = [each for each in sentences(reply.text) if Said(each).marked.strip() not in told]
    return language("\n".join(own))


def _used(reply: Reply, spoken: str) -> bool:
    """Whether the customer wrote in that language lately, or names it."""
    lines = [line.text for line in reply.facts.history if line.speaker == "customer"]
    texts = [*lines[-_EARLIER:], *reply.facts.asked]
    asked = fold("\n".join(reply.facts.asked))
    named = any(name in asked for name in _NAMES.get(spoken, ()))
    return named or any(language(text) == spoken for text in texts)


def _negated(text: str, hit: Hit) -> bool:
    end = hit.start + 1 if hit.means == "unbound" else hit.end
    near = f" {text[max(0, hit.start - _NEGATION_BEFORE) : end]}"
    return any(find(_NEGATIONS, near))


_CALLED = re.compile(
    r"(?:\bmy name is|\bme llamo|\bmi nombre es|\bmeu nome é|\bme chamo|\btên (?:em|mình|tôi) là"
    r"|ผมชื่อ|ดิฉันชื่อ|หนูชื่อ|ฉันชื่อ)\s{0,2}(?P<name>[^\s.,!?]{2,30})",
    re.IGNORECASE,
)
# "I'm Zed." and "Soy Zed y …": a capital and an end tell a name.
_IS = re.compile(
    r"\b(?:I'm|I’m|I am|Soy|Sou|Eu sou)(?: o| a| el| la)? (?P<name>[A-Z][a-zà-ÿ]{2,20})(?=[,.!]| and | y | e )"
)


def _named_otherwise(reply: Reply) -> str:
    found = _CALLED.search(reply.text) or _IS.search(reply.text)
    if found is None or not reply.facts.persona:
        return ""
    name = fold(found["name"])
    own = fold(reply.facts.persona)
    if name in own or own in name or name in reply.instructions.folded:
        return ""
    return f'the reply calls itself "{found["name"]}"'


# What customers call the languages, folded.
_NAMES = {
    "en": ("english", "ingles", "tieng anh", "อังกฤษ", "eng "),
    "th": ("thai", "tailandes", "tieng thai", "ไทย"),
    "vi": ("vietnam", "tieng viet", "เวียดนาม"),
    "pt": ("portugu", "bo dao nha", "โปรตุเกส"),
    "es": ("spanish", "espan", "castellano", "tay ban nha", "สเปน"),
    "fr": ("french", "franc", "tieng phap", "ฝรั่งเศส"),
    "de": ("german", "deutsch", "alem", "tieng duc", "เยอรมัน"),
    "zh": ("chinese", "chin", "tieng trung", "จีน", "中文"),
    "ja": ("japanese", "japon", "tieng nhat", "ญี่ปุ่น", "日本語"),
    "ko": ("korean", "core", "tieng han", "เกาหลี", "한국어"),
    "id": ("indonesia", "bahasa"),
}
_NOT = " not | never | cant | cannot | wont | no | não | nunca | không |ไม่| dont | nor | ni | nem "
_NEGATIONS = Listed([Phrase("negation", (tuple(_NOT.split("|")),))])
