"""A model stub as a process of its own: `python -m rejoinder.testing openai --port 0 --delay 0.5`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

from rejoinder.testing import AnthropicStub, GeminiStub, OpenAIStub, ServiceStub
from rejoinder.testing.model_stub import ModelStub

_STUBS: dict[str, type[ModelStub]] = {
    "anthropic": AnthropicStub,
    "gemini": GeminiStub,
    "openai": OpenAIStub,
    "service": ServiceStub,
}


async def _serve(kind: type[ModelStub], port: int, delay: float) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signals on the loop
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with kind(delay=delay, port=port, keep=False) as stub:
        sys.stdout.write(f"{stub.base_url}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m rejoinder.testing")
    parser.add_argument("format", choices=sorted(_STUBS), help="the wire format to speak")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    serving = _serve(_STUBS[options.format], options.port, options.delay)
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        asyncio.run(serving)
    else:
        uvloop.run(serving)


if __name__ == "__main__":
    main()
