"""What an address may be that a workspace names: a callback's, a platform's API."""

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


def check_url(
    url: str, *, allow_private: bool, where: str = _WHERE, whose: str = "The callback's address"
) -> str:
    """The address, if replies may be posted there. Raises Invalid, with `whose` it is and `where` it stands.

    A name that leads into a private network is found when its address is looked up, at each post.
    """

    def invalid(what: str, mend: str = "Write it like https://example.com/rejoinder.") -> Invalid:
        return Invalid(f"{whose} {what}.", mend=mend, where=where)

    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError as wrong:
        raise invalid(f"can't be read: {wrong}") from None
    if len(url) > _LONGEST:
        raise invalid(f"is longer than {_LONGEST} characters")
    if parts.scheme not in ("http", "https") or not host:
        raise invalid("is no http:// or https:// address")
    if any(sign <= " " or sign == "\x7f" for sign in url):
        raise invalid("holds a space or a control character")
    if parts.username is not None or parts.password is not None:
        raise invalid(
            "holds a user name", mend="Leave it out: a signature or a token tells who posts."
        )
    if parts.fragment:
        raise invalid("has a fragment (#…), which never reaches a server")
    if not allow_private:
        if parts.scheme != "https":
            raise invalid("is not encrypted", mend=_MEND_PRIVATE)
        if _is_private(host):
            raise invalid("leads into a private network", mend=_MEND_PRIVATE)
    return url


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)
