"""What a callback's address may be."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from rejoinder.errors import Invalid
from rejoinder.net.guard import is_public

_LONGEST = 2000
_WHERE = "settings.callback_url"
_MEND_PRIVATE = (
    "Use a public https:// address, or let the operator allow private networks for this workspace."
)


def check_url(url: str, *, allow_private: bool) -> str:
    """The address, if replies may be posted there. Raises Invalid.

    A name that leads into a private network is found when its address is looked up, at each post.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError as wrong:
        raise _invalid(f"can't be read: {wrong}") from None
    if len(url) > _LONGEST:
        raise _invalid(f"is longer than {_LONGEST} characters")
    if parts.scheme not in ("http", "https") or not host:
        raise _invalid("is no http:// or https:// address")
    if any(sign <= " " or sign == "\x7f" for sign in url):
        raise _invalid("holds a space or a control character")
    if parts.username is not None or parts.password is not None:
        raise _invalid("holds a user name", mend="The signature tells the receiver who posts.")
    if parts.fragment:
        raise _invalid("has a fragment (#…), which never reaches a server")
    if not allow_private:
        if parts.scheme != "https":
            raise _invalid("is not encrypted", mend=_MEND_PRIVATE)
        if _is_private(host):
            raise _invalid("leads into a private network", mend=_MEND_PRIVATE)
    return url


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def _invalid(what: str, mend: str = "Write it like https://example.com/rejoinder.") -> Invalid:
    return Invalid(f"The callback's address {what}.", mend=mend, where=_WHERE)
