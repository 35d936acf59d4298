"""`rejoinder chat`: a conversation in the terminal, through the REST channel like any other caller."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
import uuid

from rich.console import Console

from rejoinder.app.address import address_in
from rejoinder.app.tokens.file import read_token
from rejoinder.errors import Setup
from rejoinder.settings import load

_WAIT_S = 60


def run_chat(url: str | None, conversation: str | None) -> None:
    """Ask, print the answer, until an empty line or Ctrl-D."""
    settings = load()
    base = (url or address_in(settings.data) or f"http://127.0.0.1:{settings.port}").rstrip("/")
    token = read_token(settings.data)
    thread = conversation or f"terminal-{uuid.uuid4().hex[:8]}"
    console = Console(highlight=False)
    _post(base, token, "/health/ready", None)
    console.print(
        f"[dim]Conversation {thread}. Write and press Enter; an empty line ends it.[/dim]"
    )
    while True:
        try:
            text = console.input("[bold]you[/bold] › ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if not text:
            return
        message: dict[str, object] = {
            "conversation_id": thread,
            "message_id": uuid.uuid4().hex,
            "text": text,
            "metadata": {"from": "terminal"},
        }
        with console.status("[dim]…[/dim]"):
            answer = _post(base, token, f"/api/v1/messages?wait={_WAIT_S}", message)
        _show(console, answer)


def _show(console: Console, answer: dict[str, object]) -> None:
    replies = answer.get("replies")
    for reply in replies if isinstance(replies, list) else []:
        console.print("[green]bot[/green] › ", end="")
        console.print(reply["text"], markup=False)
    status = answer.get("status")
    if status == "pending":
        console.print("[dim]No answer yet; it will be in the conversation when it comes.[/dim]")
    elif status == "handed_off":
        console.print("[dim]A person has been asked to take over.[/dim]")
    if answer.get("model") == "local":
        console.print("[dim](local responder, no large language model)[/dim]")


def _post(base: str, token: str, path: str, body: dict[str, object] | None) -> dict[str, object]:
    """The JSON object that answers. Raises Setup with the server's own words when it refuses."""
    try:
        request = urllib.request.Request(  # noqa: S310 - the operator's own address
            base + path,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=_WAIT_S + 10) as response:  # noqa: S310
            return _object(response.read(), base)
    except urllib.error.HTTPError as refused:
        problem = _object(refused.read(), base)
        raise Setup(
            str(problem.get("detail", refused)), mend=str(problem.get("mend", "")), code="refused"
        ) from None
    except (ValueError, http.client.InvalidURL):
        raise Setup(
            f"{base!r} is not the address of a server.",
            mend="Write it like --url http://127.0.0.1:8000.",
            code="no_server",
        ) from None
    except (OSError, http.client.HTTPException) as away:
        raise Setup(
            f"No server answers at {base}: {getattr(away, 'reason', None) or away}.",
            mend="Start it with `make run` or `rejoinder serve`, or name it with --url.",
            code="no_server",
        ) from None


def _object(body: bytes, base: str) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Setup(
            f"What answers at {base} is not Rejoinder.",
            mend="Name Rejoinder's address with --url.",
            code="no_server",
        )
    return answer
