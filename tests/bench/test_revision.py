"""Another commit of a checkout: its files, what runs them, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from rejoinder.bench.pair.revision import needs_no_more, revision
from rejoinder.bench.under_test.program import THIS, Program
from rejoinder.errors import Setup

MAKEFILE = """
.venv/.run:
\t$(PYTHON) -m venv --without-pip .venv
\techo $(CURDIR)/src > $$(ls -d .venv/lib/python*/site-packages)/ours.pth
"""


def _git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _commit(folder: Path, says: str, needs: str) -> str:
    """A commit of a tiny program; its short name."""
    package = folder / "src" / "rejoinder"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(f"SAYS = {says!r}\n")
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "rejoinder"\ndependencies = ["{needs}"]\n'
    )
    (folder / "Makefile").write_text(MAKEFILE)
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", says)
    return _git(folder, "rev-parse", "--short", "HEAD").strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose first commit needs what the second does, and whose third needs something else."""
    _git(tmp_path, "init", "--quiet")
    return tmp_path


async def _says(program: Program) -> str:
    process = await asyncio.create_subprocess_exec(
        *(program.python, "-c", "import rejoinder; print(rejoinder.SAYS)"),
        env=program.environment({}),
        stdout=subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return said.decode().strip()


async def test_a_commit_runs_on_this_interpreter_where_that_has_all_it_needs(
    checkout: Path,
) -> None:
    old = _commit(checkout, "old", "aiohttp>=3")
    _commit(checkout, "new", "aiohttp>=3")
    async with revision("HEAD~1", checkout) as program:
        assert (program.name, program.python) == (old, THIS.python)
        assert await _says(program) == "old"


async def test_a_commit_that_needs_more_gets_an_environment_of_its_own(checkout: Path) -> None:
    old = _commit(checkout, "old", "aiohttp<3")
    _commit(checkout, "new", "aiohttp>=3")
    async with revision(old, checkout) as program:
        assert program.python != THIS.python
        assert await _says(program) == "old"


async def test_nothing_of_a_commit_stays(checkout: Path) -> None:
    _commit(checkout, "old", "aiohttp>=3")
    before = sorted(checkout.rglob("*"))
    async with revision("HEAD", checkout) as program:
        assert program.source is not None
        files = program.source
        assert (files / "rejoinder" / "__init__.py").exists()
        assert not files.is_relative_to(checkout)
    assert not files.parent.parent.exists()
    assert sorted(checkout.rglob("*")) == before


@pytest.mark.parametrize("named", ["nothing", "--all", ""])
async def test_what_is_no_commit_is_refused(checkout: Path, named: str) -> None:
    _commit(checkout, "old", "aiohttp>=3")
    with pytest.raises(Setup, match="is no commit"):
        async with revision(named, checkout):
            pass


async def test_an_environment_that_can_not_be_made_says_why(checkout: Path) -> None:
    _commit(checkout, "old", "aiohttp<3")
    (checkout / "pyproject.toml").write_text('[project]\ndependencies = ["aiohttp>=3"]\n')
    (checkout / "Makefile").write_text(".venv/.run:\n\t@echo no way; exit 1\n")
    _git(checkout, "commit", "--quiet", "--all", "--message", "broken")
    (checkout / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    with pytest.raises(Setup, match="no way"):
        async with revision("HEAD", checkout):
            pass


OURS = ["aiohttp>=3.14", "pydantic-ai-slim[anthropic]>=2.68", 'uvloop>=0.21; sys_platform != "x"']


@pytest.mark.parametrize(
    ("theirs", "enough"),
    [
        ([], True),
        (["aiohttp>=3.14"], True),
        (["AioHTTP >= 3.14"], True),
        (["pydantic_ai.slim>=2.68"], True),
        (["uvloop>=0.21"], True),
        (["aiohttp>=3.13"], False),
        (["aiohttp"], False),
        (["pydantic-ai-slim[google]>=2.68"], False),
        (["redis>=5"], False),
        (OURS, True),
    ],
)
def test_an_environment_is_shared_only_where_it_has_all(theirs: list[str], enough: bool) -> None:
    assert needs_no_more(theirs, OURS) is enough
