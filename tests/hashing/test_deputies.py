from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from blake3 import blake3

from archiver.hashing import ReadJob, ReadResult, engine, read_all
from archiver.hashing.deputies import Deputies
from archiver.progress import Silence
from archiver.tree import Tree
from tests.hashing.scene import (
    Counting,
    children_of,
    content,
    end_with_its_children,
    jobs_for,
    read,
)

_NAMES = [f"file {number}" for number in range(1000)]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    for name in _NAMES:
        (tmp_path / name).write_bytes(content(100, name))
    return tmp_path


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "DEPUTIES_AFTER", 0)
    monkeypatch.setattr(engine, "cores", lambda: 3)


@pytest.fixture
def delegated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the lots that deputies read."""
    read_here = Deputies.read
    sizes: list[int] = []

    def counting(self: Deputies, lot: Sequence[ReadJob]) -> list[ReadResult] | None:
        results = read_here(self, lot)
        sizes.append(len(results or ()))
        return results

    monkeypatch.setattr(Deputies, "read", counting)
    return sizes


@pytest.mark.parametrize("from_medium", [False, True])
def test_deputies_answer_as_threads_do(
    many: Path, delegated: list[int], monkeypatch: pytest.MonkeyPatch, from_medium: bool
) -> None:
    jobs = jobs_for(many, _NAMES)
    results = read(many, jobs, from_medium=from_medium)
    assert sum(delegated) > 0
    assert [one.job for one in results] == jobs
    assert [one.digests[0] for one in results] == [
        blake3(content(100, name)).digest() for name in _NAMES
    ]
    monkeypatch.setattr(engine, "DEPUTIES_AFTER", sys.maxsize)
    here = read(many, jobs, from_medium=from_medium)
    assert [(one.size, one.digests) for one in results] == [(one.size, one.digests) for one in here]


def test_trouble_and_strange_names_come_through_the_pipe_unharmed(
    many: Path, delegated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = ["new\nline", "tab\t", 'quote"', "back\\slash", "é", os.fsdecode(b"\xff\xfe")]
    for name in strange:
        (many / name).write_bytes(content(50, repr(name)))
    (many / "link").symlink_to("new\nline")
    paths = [*strange, "link", "nobody", "a\0b", "half-\ud800"] * 10
    jobs = [ReadJob(path, 50, ("md5", "sha512"), token=object()) for path in paths]
    results = read(many, jobs)
    assert sum(delegated) == len(jobs)
    codes = [one.trouble and one.trouble.code for one in results[:10]]
    assert codes == [None] * 6 + ["not-a-file", "missing", "missing", "missing"]
    monkeypatch.setattr(engine, "DEPUTIES_AFTER", sys.maxsize)
    assert results == read(many, jobs)


def test_progress_counts_what_deputies_read(many: Path, delegated: list[int]) -> None:
    watching = Counting()
    with Tree(many) as tree:
        jobs = jobs_for(many, _NAMES)
        for _ in read_all(tree, jobs, workers=3, from_medium=False, progress=watching):
            pass
    assert sum(delegated) > 0
    assert (watching.bytes, watching.files) == (100 * len(_NAMES), len(_NAMES))


def test_a_deputy_that_dies_costs_no_result(many: Path, delegated: list[int]) -> None:
    results = []
    with Tree(many) as tree:
        jobs = jobs_for(many, _NAMES * 30)
        before = children_of(os.getpid())
        for one in read_all(tree, jobs, workers=3, from_medium=False, progress=Silence()):
            results.append(one)
            if len(results) == 1000:
                for pid in children_of(os.getpid()) - before:
                    os.kill(pid, signal.SIGKILL)
    assert sum(delegated) > 0
    assert [one.job for one in results] == jobs
    assert all(one.trouble is None for one in results)


def test_an_algorithm_nobody_knows_is_an_error_in_a_deputy_too(many: Path) -> None:
    with pytest.raises(KeyError):
        read(many, [ReadJob(name, 100, ("sha513",)) for name in _NAMES])


def test_where_no_process_can_be_started_threads_do_it(
    many: Path, delegated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    results = read(many, jobs_for(many, _NAMES))
    assert sum(delegated) == 0
    assert all(one.trouble is None for one in results)


def test_nothing_that_lies_in_the_folder_read_is_ever_imported(
    many: Path, delegated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "blake3", "hashlib", "archiver", "encodings", "sitecustomize"):
        (many / f"{name}.py").write_text(f"open('{many}/imported-{name}', 'w')")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    read(many, jobs_for(many, _NAMES))
    assert sum(delegated) > 0
    assert not [path for path in many.iterdir() if path.name.startswith("imported")]


@pytest.mark.parametrize("ending", ["used up", "left early", "an exception"])
def test_no_deputy_is_left_behind(many: Path, ending: str) -> None:
    before = children_of(os.getpid()), len(os.listdir("/proc/self/fd"))

    def jobs() -> Iterator[ReadJob]:
        yield from jobs_for(many, _NAMES * 10)
        if ending == "an exception":
            raise ZeroDivisionError

    with Tree(many) as tree:
        results = read_all(tree, jobs(), workers=3, from_medium=False, progress=Silence())
        try:
            for count, _ in enumerate(results):
                if ending == "left early" and count == 1000:
                    break
        except ZeroDivisionError:
            assert ending == "an exception"
        results.close()  # type: ignore[attr-defined]
    assert (children_of(os.getpid()), len(os.listdir("/proc/self/fd"))) == before
    assert not [one for one in threading.enumerate() if one.name.startswith("reading")]


_ENDLESS = """
import itertools, sys
from archiver.hashing import ReadJob, engine, read_all
from archiver.progress import Silence
from archiver.tree import Tree
engine.DEPUTIES_AFTER = 0
engine.cores = lambda: 3
jobs = (ReadJob(f"file {n % 1000}", 100, ("blake3",)) for n in itertools.count())
results = read_all(Tree(sys.argv[1]), jobs, workers=3, from_medium=False, progress=Silence())
for count, _ in enumerate(results):
    if count == 20_000:
        print("under way", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_deputies_end_with_whoever_started_them(many: Path, number: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(many)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"under way\n"
    complaint = end_with_its_children(owner, number)
    if number == signal.SIGINT:
        assert complaint.count(b"Traceback") == 1
        assert complaint.rstrip().endswith(b"KeyboardInterrupt")
    else:
        assert complaint == b""
