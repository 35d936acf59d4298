"""A provider's server: its address, the key it wants, and what is said of it when it fails."""

from __future__ import annotations

import aiohttp
from yarl import URL

from rejoinder.errors import ModelError, ModelTransient, Setup
from rejoinder.llm.calling.failure import from_status
from rejoinder.llm.key import clean_key
from rejoinder.llm.wire.protocol import Fault, Format

# What a provider says goes into logs and the ledger: a sentence, no page.
_QUOTED = 300

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10)
"""The caller limits the whole call; only connecting has its own limit."""

BROKEN = (aiohttp.ClientError, OSError)


class Server:
    """A server that speaks a format. `what` it is to the program, as "The model x"; a `key` only where it wants one.

    `no_key` is how to mend that the provider's own server has none. Raises Setup for a key or an address that can't
    work.
    """

    def __init__(
        self,
        form: Format,
        url: URL,
        key: str | None,
        *,
        what: str,
        models: str = "models",
        no_key: str | None = None,
    ) -> None:
        self._form = form
        self.who = f"{what} at {url.host}"
        self._key = clean_key(key, form.KEY_SETTING)
        if self._key is None and url.host == URL(form.BASE_URL).host:
            raise Setup(
                f"The {models} of {url.host} need a key.",
                mend=no_key or f"Set {form.KEY_SETTING}.",
                code="no_key",
            )

    def headers(self, content_type: str = "application/json") -> dict[str, str]:
        """Those of each request."""
        told = {"Content-Type": content_type}
        return told if self._key is None else told | self._form.headers(self._key)

    def unreachable(self, why: str, code: str | None = None) -> ModelTransient:
        """It was not reached, or the connection broke off."""
        return ModelTransient(
            f"{self.who} can't be reached or broke off ({why}).",
            mend=f"Check {self._form.URL_SETTING} and that the server runs.",
            code=code,
        )

    def too_much(self, most: int) -> ModelTransient:
        """It sent more than `most` bytes."""
        return ModelTransient(f"{self.who} sent more than {most >> 20} MiB.")

    def without(self, wanted: str) -> ModelTransient:
        """It answered 200, and not with what was wanted."""
        return ModelTransient(
            f"{self.who} answered 200 with a body that {wanted}.",
            mend=f"Check {self._form.URL_SETTING}: it should look like {self._form.BASE_URL}.",
        )

    def failure(self, status: int, fault: Fault, wait: float | None) -> ModelError:
        """It answered with an error; `wait` are the seconds its headers ask for."""
        return from_status(
            fault.status or status,
            who=self.who,
            said=self._quote(fault.said),
            codes=tuple(self._quote(code) for code in fault.codes),
            retry_after=fault.wait if wait is None else wait,
            key_setting=self._form.KEY_SETTING,
            url_setting=self._form.URL_SETTING,
        )

    def _quote(self, said: str) -> str:
        """The provider's words, in one line, without the key should it repeat it."""
        if self._key is not None:
            said = said.replace(self._key, "[key]")
        said = " ".join(said.split())
        return said if len(said) <= _QUOTED else f"{said[:_QUOTED]}…"


def endpoint(form: Format, base_url: str, path: str) -> URL:
    """Where a request goes: `path` behind the base address, nothing where that is the whole. Raises Setup for none."""
    wrong = Setup(
        f"{form.URL_SETTING} is no http address.",
        mend=f"Set it to something like {form.BASE_URL}, without user name, password, ? or #.",
        code="bad_model_address",
    )
    try:
        base = URL(base_url)
        url = URL(f"{base_url.rstrip('/')}/{path}") if path else base
    except ValueError:
        raise wrong from None
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
        raise wrong
    if base.query_string or base.fragment:
        raise wrong
    return url
