"""The page and its files, read once; nothing comes from another host."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from rejoinder.widget.language import LANGUAGES, Words, words
from rejoinder.widget.session import WidgetDeps

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

_KEY = re.compile(r"\[(\w+)\]")  # of the keyboard, in a hint

SAFE = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""Headers of every answer here: no foreign or inline script, no frames, no guessed types."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes out."""

    body: bytes
    media_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """The page in each language with the bot's name in it, its files by name, and one version for them all."""

    pages: Mapping[str, Asset]
    files: Mapping[str, Asset]
    version: str


def load(deps: WidgetDeps) -> Assets:
    """Read the files and fill in the page."""
    found = sorted(
        files("rejoinder.widget").joinpath("static").iterdir(), key=lambda file: file.name
    )
    raw = {file.name: file.read_bytes() for file in found}
    version = hashlib.sha256(b"".join(raw.values())).hexdigest()[:12]
    page = Template(raw.pop("page.html").decode())
    return Assets(
        pages={
            language: _asset(_page(page, deps, version, language), "text/html; charset=utf-8")
            for language in LANGUAGES
        },
        files={name: _asset(body, _TYPES[name.rpartition(".")[2]]) for name, body in raw.items()},
        version=version,
    )


def _page(page: Template, deps: WidgetDeps, version: str, language: str) -> bytes:
    said = words(language)
    texts = {name: escape(text) for name, text in said.page.items()}
    texts["hint"] = _KEY.sub(r"<kbd>\1</kbd>", texts["hint"])
    return page.substitute(
        texts,
        version=version,
        language=language,
        bot_name=escape(deps.bot_name),
        answered_by=escape(_answered_by(deps, said)),
        script=escape(json.dumps(said.script, ensure_ascii=False)),
        examples="\n".join(
            f'<li><button type="button" class="example" dir="auto">{escape(example)}</button></li>'
            for example in deps.examples or said.examples
        ),
    ).encode()


def _answered_by(deps: WidgetDeps, said: Words) -> str:
    by = said.page["by_model" if deps.is_large_model else "by_local"]
    return by.replace("{model}", deps.model)


def _asset(body: bytes, media_type: str) -> Asset:
    return Asset(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:24]}"')
