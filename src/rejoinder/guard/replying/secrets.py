"""Keys, passwords and tokens in a reply."""

from __future__ import annotations

import re

from rejoinder.guard.replying.reply import Reply

# Each vendor's own prefix and length, as their documentation of API keys shows them.
_KEYS = re.compile(
    r"\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{16,200}|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,200}"
    r"|\bwhsec_[A-Za-z0-9+/]{20,100}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bASIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{30,50}|\bya29\.[0-9A-Za-z_-]{20,300}"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,255}|\bgithub_pat_[A-Za-z0-9_]{20,255}|\bglpat-[A-Za-z0-9_-]{18,100}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,250}|\bEAA[A-Za-z0-9]{60,300}|\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,60}"
    r"|\bhf_[A-Za-z0-9]{30,50}|\bnpm_[A-Za-z0-9]{30,50}|\bpypi-[A-Za-z0-9_-]{16,300}|\bSK[0-9a-f]{32}\b"
    r"|\b\d{8,10}:AA[A-Za-z0-9_-]{30,40}"
    r"|\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}"
    r"|-----BEGIN (?:[A-Z]{2,10} ){0,3}PRIVATE KEY-----"
    r"|\b[a-z][a-z0-9+]{2,20}://[^\s/:@]{1,100}:[^\s/@]{3,200}@[^\s/]{2,253}"
)
_BEARER = re.compile(
    r"\bBearer\s{1,3}(?=[^\s\d]{0,200}\d)[A-Za-z0-9._~+/=-]{16,4000}|Authorization: Basic [A-Za-z0-9+/]{8,400}={0,2}"
)
# "The password is heron-4471": what follows must look like one, not like a word about passwords.
_PASSWORD = re.compile(
    r"(?:password|passcode|passphrase|api[ _-]?key|secret key|access token|admin code|pin code"
    r"|รหัสผ่าน|รหัสลับ|คีย์ api|mật khẩu|mã bí mật|khóa api|senha|chave(?: de)? api|contraseña"
    r"|clave(?: secreta| api| de acceso)?)"
    r"[^\n.:=\"'`*“]{0,40}?(?:\s(?:is|are|é|es|là)\s?:?|[:=]|คือ"
    r"|là)\s{0,3}[\"'`*“]{0,3}(?P<value>[^\s\"'`*”,;]{6,80})",
    re.IGNORECASE,
)
_UNBROKEN = re.compile(r"[!-~]{13}|-----BEGIN")  # every key has as many characters without a space
# One of these stands in every match of the pattern above; most replies have none and are done.
_SPOKEN_OF = (
    "pass",
    "api",
    "key",
    "token",
    "code",
    "รหัส",
    "คีย์",
    "mật khẩu",
    "mã",
    "khóa",
    "senha",
    "chave",
    "contraseña",
    "clave",
)
_LOOKS_CHOSEN = re.compile(r"\d|[^\w.!?…)-]|_|[a-z][A-Z]")


def secrets(reply: Reply) -> str:
    """A key of a known vendor or a token, wherever it comes from; a password that no passage or message holds."""
    if _UNBROKEN.search(reply.text) and (_KEYS.search(reply.text) or _BEARER.search(reply.text)):
        return "the reply holds a key or token"
    if not any(word in reply.marked for word in _SPOKEN_OF):
        return ""
    for found in _PASSWORD.finditer(reply.text):
        value = found["value"].rstrip(".!?…)")
        if _LOOKS_CHOSEN.search(value) and value not in _public(reply):
            return "the reply holds a password"
    return ""


def _public(reply: Reply) -> str:
    return f"{reply.knowledge.text}\n{reply.facts.context}\n{reply.asked}"
