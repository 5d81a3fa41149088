"""The child: imports the program once behind the steps, then forks a fresh run for each job.

``python -m tests.crash.driver`` reads one job a line from standard input (JSON, see
:class:`tests.crash.program.Program`), runs ``archiver ARGUMENTS`` in a fork of itself and
answers with one line: how the run ended. A fork costs a hundredth of a second where a new
interpreter costs half of one, and everything else is as in life: own process, own session,
killed by a real ``SIGKILL``.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import sys
import time
from dataclasses import asdict
from types import ModuleType
from typing import Any

from tests.crash.between import obey, stand_between
from tests.crash.mutants import MUTANTS
from tests.crash.steps import Rule

#: Imported before the forks, whole, so that none of them pays for it.
WARM = ("archiver", "cli", "policies")

#: How long a helper process may outlive the run it belongs to: it must notice by itself.
ORPHAN_SECONDS = 20.0
_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Serve jobs until standard input ends."""
    stand_between()
    _adopt_orphans()
    for name in WARM:
        _import_all(importlib.import_module(name))
    gc.freeze()  # a fork must not copy every page only to collect no garbage
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(job)
        print(json.dumps(_attend(child, job)), flush=True)  # noqa: T201 - the answer


def _import_all(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)


def _adopt_orphans() -> None:
    """Become the parent of every process that a dead run leaves behind (``prctl(2)``)."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("prctl refused")


def _attend(child: int, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for the run; kill it when its hour has come, or when it hangs."""
    begun = time.monotonic()
    patience = job["kill_after"] if job["kill_after"] is not None else job["timeout"]
    ended = _ends_within(child, patience)
    if not ended:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "hung": not ended and job["kill_after"] is None,
        "seconds": time.monotonic() - begun,
        "survivors": _survivors(),
    }


def _ends_within(pid: int, seconds: float) -> bool:
    handle = os.pidfd_open(pid)
    ended, _, _ = select.select([handle], [], [], seconds)
    os.close(handle)
    return bool(ended)


def _survivors() -> int:
    """Wait for the processes that the run left behind; return how many had to be killed."""
    survivors = 0
    while orphans := _children():
        for pid in orphans:
            if not _ends_within(pid, ORPHAN_SECONDS):
                os.kill(pid, signal.SIGKILL)
                survivors += 1
            os.waitpid(pid, 0)
    return survivors


def _children() -> list[int]:
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(word) for word in file.read().split()]


def _run(job: dict[str, Any]) -> None:
    """Become ``archiver ARGUMENTS``; never returns."""
    os.setsid()
    os.environ.update(job["env"])
    os.chdir(job["folder"])
    for fd, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, job["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, job["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, fd)
        os.close(opened)
    if job["mutant"]:
        MUTANTS[job["mutant"]]()
    rule = job["rule"]
    steps = obey(Rule(**rule | {"names": frozenset(rule["names"])}))
    sys.argv = ["archiver", *job["arguments"]]
    try:
        runpy.run_module("cli", run_name="__main__", alter_sys=True)
    finally:
        with open(job["steps"], "w") as file:
            json.dump([asdict(step) for step in steps], file)
    raise SystemExit(0)


if __name__ == "__main__":
    main()
