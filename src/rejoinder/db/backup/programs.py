"""pg_dump, pg_restore and psql of the wheel, run to their end."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from rejoinder.db.private.binaries import Binaries, installed
from rejoinder.errors import Setup


@asynccontextmanager
async def running(
    program: str,
    *arguments: str,
    environment: Mapping[str, str],
    fed: bool = False,
    heard: bool = False,
) -> AsyncIterator[Process]:
    """The program, ended however this is left; `fed` and `heard` open its input and output. Raises Setup."""
    process = await asyncio.create_subprocess_exec(
        Binaries.of(installed()).program(program),
        *arguments,
        stdin=PIPE if fed else DEVNULL,
        stdout=PIPE if heard else DEVNULL,
        stderr=PIPE,
        env=dict(environment),
        limit=1 << 22,
    )
    assert process.stderr
    said = asyncio.create_task(process.stderr.read())
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has ended: it says why
            yield process
        code = await process.wait()
        told = (await said).decode(errors="replace").strip()
        if code != 0:
            end = "\n".join(told.splitlines()[-5:]) or f"exit code {code}"
            raise Setup(
                f"{program} failed:\n{end}\n",
                mend="Mend what it names. Nothing was changed.",
                code="backup_program_failed",
            )
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        said.cancel()
