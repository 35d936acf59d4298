"""The program with its imports done, which forks a command for each request; `forks.py` is its other end.

A request is one datagram on standard input: the arguments, environment and folder as JSON, and four descriptors: the
command's standard three and one on which its process and then its exit code are told.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

# What `serve`, `worker` and `doctor` import, and so nearly all that any command does.
LOADED = (
    "rejoinder.cli.commands",
    "rejoinder.cli.doctor.run",
    "rejoinder.cli.run",
    "rejoinder.app.build",
    "rejoinder.worker",
)

REQUEST_BYTES = 200_000


def serve() -> None:
    """Fork until nobody can ask any more. Returns in each command, which is to be run."""
    for module in LOADED:
        importlib.import_module(module)
    assert threading.active_count() == 1, "a fork keeps one thread only"
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how the watchers end
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the commands
    requests = socket.socket(fileno=os.dup(0))
    while True:
        said, descriptors, _, _ = socket.recv_fds(requests, REQUEST_BYTES, 4)
        if not said:
            sys.exit()
        if os.fork() == 0:
            requests.close()
            watch(json.loads(said), descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)


def watch(asked: dict[str, list[str] | dict[str, str] | str], descriptors: list[int]) -> None:
    """Fork the command, tell its process and how it ended, and end; returns in the command."""
    *standard, told = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid:
        for descriptor in (0, 1, 2, *standard):
            os.close(descriptor)
        os.write(told, b"%d\n" % pid)
        _, ended = os.waitpid(pid, 0)
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(ended))
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.close(told)
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)
    become(**asked)  # type: ignore[arg-type]  # as `forks.py` wrote it


def become(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Be a process that was started so."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(Path(sys.executable).with_name("rejoinder")), *arguments]
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))


if __name__ == "__main__":
    serve()
    from rejoinder.cli import main

    sys.exit(main())  # type: ignore[func-returns-value]  # as its script does
