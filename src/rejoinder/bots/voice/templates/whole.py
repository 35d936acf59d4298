"""Whether messages hold nothing but one thing: small talk in five languages, or an example of a bot's own intent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from rejoinder.bots.policies import OwnIntent
from rejoinder.text import fold

SmallTalk: TypeAlias = Literal["greeting", "thanks", "goodbye"]

# All patterns see folded text: lower case, Latin accents gone. Latin words stand between boundaries, Thai has none.
_GREETING = re.compile(
    r"\b(?:hi+|hello+|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)"
    r"|oi+e?|ola+|opa|bom dia|boa tarde|boa noite|hola+|buenas?(?: dias| tardes| noches)?|buenos dias"
    r"|xin chao|chao|alo+)\b|สวัสดี|หวัดดี|ดีจ้า|ฮัลโหล|อรุณสวัสดิ์"
)
_THANKS = re.compile(
    r"\b(?:thanks?(?: you)?|thx|tks|ty|cheers|much appreciated"
    r"|(?:muit[oa] )?obrigad[oa]|brigad[oa]|valeu|vlw|agradecid[oa]"
    r"|(?:muchas |mil )?gracias|te lo agradezco|se lo agradezco"
    r"|(?:xin )?cam on|cam on nhieu|tks)\b|ขอบคุณ|ขอบใจ|ขอบพระคุณ"
)
_GOODBYE = re.compile(
    r"\b(?:bye+(?: bye+)?|good ?bye|good night|see (?:you|ya)(?: later| soon| tomorrow)?|have a (?:nice|good|great) day"
    r"|tchau|ate (?:logo|mais|breve|amanha)|adios|hasta (?:luego|pronto|manana)|chau|nos vemos"
    r"|tam biet|hen gap lai)\b|ลาก่อน|บ๊ายบาย|บายจ้า|แล้วเจอกัน"
)
# What goes with any of them and says nothing of its own.
_BESIDE = re.compile(
    r"\b(?:there|all|everyone|team|guys|so much|very much|a lot|again|and|you|dear|sir|madam|folks|many|ok|okay"
    r"|pessoal|gente|amig[oa]s?|voces|a todos|equipe|muito|mesmo|e|equipo|muy amables?|amables?|y|por todo|de nuevo"
    r"|shop|ad|admin|ban|em|anh|chi|moi nguoi|nhieu|nhe|nha|a|nhieu lam|lam|va)\b"
    r"|นะ|ค่ะ|คะ|ครับ|คับ|จ้า|จ้ะ|ฮะ|มาก|ๆ|แอดมิน|ทุกคน"
)
_WORD = re.compile(r"\w")
_LONGEST = 120  # characters: small talk is short


def whole(texts: Sequence[str], own: Sequence[OwnIntent] = ()) -> str | None:
    """The one intent that all of the messages are, and nothing else: `greeting`, `thanks`, `goodbye`, or a bot's own.

    A bot's own intent is one whose example a message repeats, but for case, accents and punctuation. Messages of more
    than one intent are none, except that a goodbye may greet or thank.
    """
    found = {_one(text, own) for text in texts if text.strip()}
    if len(found) > 1:
        found = {"goodbye"} if found <= {"goodbye", "thanks"} else set()
    return found.pop() if found else None


def _one(text: str, own: Sequence[OwnIntent]) -> str | None:
    folded = fold(text)
    bare = _bare(folded)
    for intent in own:
        if bare and any(_bare(fold(example)) == bare for example in intent.examples):
            return intent.name
    return None if len(text) > _LONGEST else _small_talk(folded)


def _small_talk(folded: str) -> SmallTalk | None:
    rest, kinds = folded, set[SmallTalk]()
    patterns: tuple[tuple[SmallTalk, re.Pattern[str]], ...] = (
        ("goodbye", _GOODBYE),
        ("thanks", _THANKS),
        ("greeting", _GREETING),
    )
    for kind, pattern in patterns:
        rest, times = pattern.subn(" ", rest)
        if times:
            kinds.add(kind)
    if not kinds or _WORD.search(_BESIDE.sub(" ", rest)):
        return None
    if "goodbye" in kinds:
        return "goodbye"
    return kinds.pop() if len(kinds) == 1 else None


def _bare(folded: str) -> str:
    return " ".join(re.findall(r"\w+", folded))
