"""Another commit of ours, made to run beside this checkout."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tarfile
import tempfile
import tomllib
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rejoinder.bench.under_test.program import THIS, Program
from rejoinder.errors import Setup

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?\s*([^;]*)")
_FILE = "import rejoinder; print(rejoinder.__file__)"


@asynccontextmanager
async def revision(named: str, checkout: Path) -> AsyncIterator[Program]:
    """The commit's files in a temporary folder, deleted on leaving, and what runs them.

    The files come from `git archive`, which leaves nothing in the repository, not even when this process is killed.
    This interpreter runs them when it has all that they need, else one of their own, made by their `make .venv/.run`
    from their lock. Raises Setup when there is no such commit or its environment can't be made.
    """
    commit = await _resolve(named, checkout)
    folder = await asyncio.to_thread(_scratch)
    try:
        tree = folder / "tree"
        await _run(checkout, "git", "archive", f"--output={folder / 'tree.tar'}", commit)
        await asyncio.to_thread(_unpack, folder / "tree.tar", tree)
        yield await _program(commit, tree, checkout)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _resolve(named: str, checkout: Path) -> str:
    try:
        return await _run(
            checkout,
            *("git", "rev-parse", "--verify", "--quiet", "--short"),
            *("--end-of-options", f"{named}^{{commit}}"),
        )
    except Setup:
        raise Setup(
            f"{named!r} is no commit of the checkout {checkout}.",
            mend="--compare needs a git checkout of Rejoinder that has the commit; `git log --oneline` lists them.",
            code="bench_no_revision",
        ) from None


async def _program(commit: str, tree: Path, checkout: Path) -> Program:
    theirs, ours = requirements(tree), requirements(checkout)
    shared = Program(commit, THIS.python, tree / "src")
    if needs_no_more(theirs, ours) and await _is_its_own(shared, tree):
        return shared
    await _run(tree, "make", ".venv/.run", f"PYTHON={sys.executable}")
    own = Program(commit, str(tree / ".venv" / "bin" / "python"))
    if not await _is_its_own(own, tree):
        raise Setup(f"The environment made for {commit} runs another Rejoinder.")
    return own


async def _is_its_own(program: Program, tree: Path) -> bool:
    """Whether the interpreter takes the program from that folder: an import hook could be before it."""
    process = await asyncio.create_subprocess_exec(
        *(program.python, "-c", _FILE), env=program.environment({}), cwd=tree, stdout=PIPE
    )
    said, _ = await process.communicate()
    return Path(said.decode().strip()).is_relative_to(tree / "src")


def requirements(tree: Path) -> list[str]:
    """What its pyproject.toml says it needs to run."""
    project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def needs_no_more(theirs: Sequence[str], ours: Sequence[str]) -> bool:
    """Whether each of their requirements is one of ours: the same versions, no extra that we lack.

    Markers are left out: what is compared runs on one machine.
    """
    known = {name: (extras, versions) for name, extras, versions in map(_parts, ours)}
    return all(
        name in known and extras <= known[name][0] and versions == known[name][1]
        for name, extras, versions in map(_parts, theirs)
    )


def _parts(requirement: str) -> tuple[str, frozenset[str], frozenset[str]]:
    matched = _REQUIREMENT.match(requirement)
    assert matched is not None, f"not a requirement: {requirement}"
    name, extras, versions = matched.groups()
    return (
        re.sub(r"[-_.]+", "-", name).lower(),
        frozenset(extra.strip().lower() for extra in (extras or "").split(",") if extra.strip()),
        frozenset(version.replace(" ", "") for version in versions.split(",") if version.strip()),
    )


async def _run(folder: Path, *command: str) -> str:
    """What the command says. Raises Setup, with the end of it, when it fails."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=PIPE, stderr=STDOUT
        )
    except OSError as absent:
        raise Setup(
            f"{command[0]} can't be run: {absent.strerror}.", code="bench_no_revision"
        ) from None
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    text = said.decode(errors="replace").strip()
    if process.returncode:
        raise Setup(
            f"`{' '.join(command)}` failed in {folder}:\n{text[-2000:]}", code="bench_no_revision"
        )
    return text


def _scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rejoinder-bench-"))
    folder.chmod(0o755)  # as root its PostgreSQL runs as another user, who may have to get in
    return folder


def _unpack(archive: Path, tree: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(tree, filter="data")
    archive.unlink()
