"""The command line is there before the program: its start is a budget, so nothing heavy is imported for `--help`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

# Each costs tens of milliseconds at least, pydantic_ai over a second.
HEAVY = {
    "aiohttp",
    "alembic",
    "anthropic",
    "asyncpg",
    "cryptography",
    "duckdb",
    "fastapi",
    "genai_prices",
    "httpx",
    "nicegui",
    "openai",
    "opentelemetry",
    "pgqueuer",
    "prometheus_client",
    "psutil",
    "pydantic",
    "pydantic_ai",
    "pydantic_settings",
    "pythainlp",
    "redis",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
    "uvloop",
}

ASK = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr))
sys.argv = ["rejoinder", *sys.argv[1:]]
from rejoinder.cli import main
main()
"""


async def loaded_by(*arguments: str, **settings: str) -> set[str]:
    """The top-level modules that a command has imported when it ends, well."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASK, *arguments),
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    modules: list[str] = json.loads(err)
    assert "rejoinder" in modules
    return set(modules)


@pytest.mark.parametrize("option", ["--help", "--version"])
async def test_the_command_itself_loads_nothing_heavy(option: str) -> None:
    assert await loaded_by(option) & HEAVY == set()


@pytest.mark.parametrize("command", ["serve", "worker", "doctor", "secrets rotate", "bench"])
async def test_the_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    # Typer reads options with pydantic, 26 ms; there is no way around it.
    assert await loaded_by(*command.split(), "--help") & HEAVY == {"pydantic"}


async def test_what_is_heavy_would_be_seen(tmp_path: Path) -> None:
    """The tests above would pass on nothing."""
    settings = {"REJOINDER_DATA": str(tmp_path), "PORT": "0"}
    loaded = await loaded_by("doctor", "--no-model", "--json", **settings)
    assert {"pydantic_settings", "asyncpg", "structlog"} <= loaded & HEAVY
