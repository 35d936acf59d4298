"""What a newcomer is told when it runs."""

from __future__ import annotations

import sys
from pathlib import Path

_LOCAL = "the built-in local responder, no large language model (set GEMINI_API_KEY for one)"


def greeting(url: str, data: Path | None, token: str, bot: str, model: str | None) -> str:
    """What a newcomer needs: where to click, what to paste, how to stop.

    `data` where it isn't the usual folder, `model` where this program starts who answers.
    """
    if model is None:
        answering = "by the workers you start: `rejoinder worker`"
    else:
        answering = f"with {_LOCAL if model == 'local' else model}"
    command = f"{f'REJOINDER_DATA={data} ' if data else ''}{_command()}"
    # On a terminal a person may paste it; anywhere else this line ends in a log, where no token belongs.
    shown = token if sys.stderr.isatty() else f"$({command} token)"
    return f"""
Rejoinder is running. {bot} answers, {answering}.

  Chat page   {url}/
  API docs    {url}/docs
  Terminal    {command} chat
  curl        curl -sS '{url}/api/v1/messages?wait=30' -H "Authorization: Bearer {shown}" \\
                -H 'Content-Type: application/json' \\
                -d '{{"conversation_id": "thread-1", "text": "How much is shipping?"}}'

Stop with Ctrl-C.
"""


def _command() -> str:
    program = Path(sys.argv[0])
    inside = program.is_absolute() and program.is_relative_to(Path.cwd())
    return str(program.relative_to(Path.cwd())) if inside else str(program)
