"""One worker process: started, told to end through its input, heard through its output."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress

WORKER = (sys.executable, "-m", "rejoinder.cli", "worker", "--supervised")


class WorkerProcess:
    """A process that ends when its input closes, and at once when a word stands in it."""

    def __init__(self, process: Process, word: io.FileIO) -> None:
        self.ready = False
        self._process = process
        self._word = word

    def end(self) -> None:
        """Let it finish its turns and end. No signal: a supervisor that stops all of us has sent it one already."""
        self._word.close()

    def hurry(self) -> None:
        """Let it hand back at once what it works on, and end."""
        if self._word.closed:
            with suppress(ProcessLookupError):
                self._process.terminate()
            return
        with suppress(BrokenPipeError):  # it has ended by itself
            self._word.write(b"\n")
        self._word.close()

    def kill(self) -> None:
        """End it as it is; its turns are taken over by others."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        return await self._process.wait()


@asynccontextmanager
async def started(
    command: Sequence[str], on_ready: Callable[[], None]
) -> AsyncIterator[WorkerProcess]:
    """A process of `command`, whose input closes when left; `on_ready` is called when it says anything at all.

    The pipes are our own, so that neither what it prints nor who else holds them can keep us from seeing its end.
    Raises OSError when there is no descriptor or process left for it.
    """
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        hears, word = _pipe(stack)
        listening, says = _pipe(stack)
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=hears.fileno(),
            stdout=says.fileno(),
            start_new_session=True,  # the terminal's Ctrl-C is for the server, which then ends them in order
        )
        hears.close()
        says.close()
        worker = WorkerProcess(process, word)

        def heard() -> None:
            if not listening.read(65536):  # it closed its output
                loop.remove_reader(listening)
            elif not worker.ready:
                worker.ready = True
                on_ready()

        os.set_blocking(listening.fileno(), False)
        loop.add_reader(listening, heard)
        stack.callback(loop.remove_reader, listening)
        yield worker


def _pipe(stack: ExitStack) -> tuple[io.FileIO, io.FileIO]:
    reading, writing = os.pipe()  # no other child inherits them
    return (
        stack.enter_context(io.FileIO(reading, "rb")),
        stack.enter_context(io.FileIO(writing, "wb")),
    )
