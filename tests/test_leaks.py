"""The check for what outlives a test, checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = """
import asyncio
import pytest

started = []

def start(name):
    started.append(asyncio.create_task(asyncio.Event().wait(), name=name))

@pytest.fixture(scope="session")
async def server():
    start("of-the-session")
    asked = asyncio.Queue()
    async def serve():
        while True:
            await asked.get()
            start("of-the-server")
    started.append(asyncio.create_task(serve()))
    yield asked

@pytest.fixture
async def careless():
    start("of-the-fixture")

async def test_leaks():
    start("of-the-test")

async def test_leaks_through_a_fixture(careless):
    pass

async def test_is_clean(server):
    await asyncio.create_task(asyncio.sleep(0))
    server.put_nowait(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert started[-1].get_name() == "of-the-server"
"""


def test_it_tells_a_tests_own_tasks_from_the_sessions(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    options = ["asyncio_mode=auto"]
    options += [f"asyncio_default_{of}_loop_scope=session" for of in ("test", "fixture")]
    command = [sys.executable, "-m", "pytest", "-p", "tests.leaks", "-p", "no:randomly", "-rEp"]
    command += [part for option in options for part in ("-o", option)]
    found = subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed, 2 errors" in found.stdout, found.stdout + found.stderr
    assert "tasks still running: ['of-the-test']" in found.stdout
    assert "tasks still running: ['of-the-fixture']" in found.stdout
