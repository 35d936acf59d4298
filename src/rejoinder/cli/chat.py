"""`rejoinder chat`: a conversation in the terminal, through the REST channel like any other caller."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid

from rich.console import Console

from rejoinder.app.token_file import read_token
from rejoinder.errors import Setup
from rejoinder.settings import load

_WAIT_S = 60


def run_chat(url: str | None, conversation: str | None) -> None:
    """Ask, print the answer, until an empty line or Ctrl-D."""
    settings = load()
    base = (url or f"http://127.0.0.1:{settings.port}").rstrip("/")
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
    request = urllib.request.Request(  # noqa: S310 - the operator's own address
        base + path,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_WAIT_S + 10) as response:  # noqa: S310
            answer: dict[str, object] = json.load(response)
            return answer
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        raise Setup(
            problem.get("detail", str(refused)), mend=problem.get("mend", ""), code="refused"
        ) from None
    except OSError as away:
        raise Setup(
            f"No server answers at {base}: {getattr(away, 'reason', away)}.",
            mend="Start it with `make run` or `rejoinder serve`, or name it with --url.",
            code="no_server",
        ) from None
