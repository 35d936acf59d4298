"""Instructions to the bot in what a customer wrote."""

from __future__ import annotations

import re

from rejoinder.guard.asking.disguise import disguised, readings
from rejoinder.guard.wording.phrases import first, phrases
from rejoinder.guard.wording.said import Said

# Control tokens of chat templates, the tags of our own prompt and those that prompts usually have, forged roles.
_MARKS = re.compile(
    r"<\|[a-z_]{2,24}\|>"
    r"|</?(?:system|sys|passage|unanswered|instructions?|prompt|context|assistant|admin|rules|tool)\b[^>\n]{0,80}>"
    r"|\[/?(?:INST|SYSTEM|SYS|ASSISTANT|ADMIN)\]|<<\s?/?SYS\s?>>|<start_of_turn>|<end_of_turn>"
    r"|(?:^|\n)\s{0,8}#{2,4}\s{0,3}(?:system|instructions?|new instructions?|assistant|prompt|response)\b"
    r"|(?:^|\n)\s{0,8}\"?(?:system|assistant|developer)\"?\s{0,2}:"
    r"|\"role\"\s{0,3}:\s{0,3}\"(?:system|assistant|developer)\""
    r"|\"decision\"\s{0,3}:|\{\{[^}\n]{1,80}\}\}|\[(?:system|admin|developer) (?:message|note|override|notice)\]",
    re.IGNORECASE,
)

# A line that begins as a notice of the system, or as a mode switched on: "Developer mode: …".
_HEADS = re.compile(
    r"(?:^|\n)\W{0,8}(?:(?:developer|admin|debug|god|dan|root|maintenance|test) mode"
    r"|system(?: (?:message|override|notice|update|prompt))?"
    r"|mod[oe] (?:de )?(?:desenvolvedor|administrador|desarrollador|debug|admin|mantenimiento|manutenção|deus|dios)"
    r"|(?:mensagem|aviso|comando) do sistema|(?:mensaje|aviso|comando) del sistema|(?:thông báo|tin nhắn|lệnh) hệ thống"
    r"|chế độ (?:admin|quản trị|nhà phát triển|lập trình viên|bảo trì)|(?:ข้อความ|ประกาศ|คำสั่ง)จากระบบ|ระบบ"
    r"|โหมด(?:นักพัฒนา|ผู้พัฒนา|ผู้ดูแล(?:ระบบ)?|แอดมิน))\s{0,2}:",
    re.IGNORECASE,
)


def injection(text: str) -> str:
    """Orders to drop rules, play a part, show the prompt or say a sentence; marks of prompts; disguises."""
    marks = _MARKS.search(text) or _HEADS.search(text)
    if marks is not None:
        return f'marks of a prompt: "{marks.group().strip()[:40]}"'
    odd = disguised(text)
    if odd:
        return odd
    for how, reading in readings(text):
        said = Said(reading).folded
        hit = first(phrases("injection"), said)
        if hit is None and how == "spaced letters":
            closed = said.replace(" ", "")
            if any(word in closed for word in _CLOSED):
                return "override (spaced letters)"
        if hit is not None:
            return f'{hit.means}: "{hit.shown(said)}"' + (f" ({how})" if how else "")
    return ""


# For a text whose every space is gone: parts that are long enough to be no accident.
_CLOSED = (
    *("ignoreprevious", "ignoreall", "systemprompt", "instructions", "jailbreak"),
    *("instrucciones", "instrucoes", "ignoretodas", "ignoratodas"),
)
