from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3

from archiver.hashing import ReadJob, engine, read_all, suggested_workers
from archiver.progress import Silence
from archiver.tree import Tree
from tests.hashing.scene import BORDERS, BOTH, Counting, content, jobs_for, read, write_synced
from tests.tools import require_tool


@pytest.mark.parametrize("from_medium", [False, True])
def test_sizes_around_every_border_give_the_right_digests(
    tmp_path: Path, from_medium: bool
) -> None:
    for size in BORDERS:
        write_synced(tmp_path / f"{size}", content(size))
    results = read(
        tmp_path, jobs_for(tmp_path, [str(size) for size in BORDERS]), from_medium=from_medium
    )
    for size, result in zip(BORDERS, results, strict=True):
        data = content(size)
        assert result.trouble is None
        assert result.size == size
        assert result.digests == (blake3(data).digest(), hashlib.sha512(data).digest())


@pytest.mark.parametrize("tool", ["b3sum", "sha512sum"])
def test_an_independent_program_agrees_on_every_file(tmp_path: Path, tool: str) -> None:
    algorithm = {"b3sum": "blake3", "sha512sum": "sha512"}[tool]
    for size in BORDERS:
        (tmp_path / f"file-{size}").write_bytes(content(size))
    names = [f"file-{size}" for size in BORDERS]
    said = subprocess.run(
        [require_tool(tool), *names], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    jobs = [ReadJob(name, 0, (algorithm,)) for name in names]
    ours = [f"{one.digests[0].hex()}  {one.job.path}" for one in read(tmp_path, jobs)]
    assert ours == said


def test_results_come_in_the_order_of_the_jobs_however_uneven_the_files(tmp_path: Path) -> None:
    sizes = [3 << 20, 10, 20, 2 << 20, *range(500), 5 << 20, 1]
    for number, size in enumerate(sizes):
        (tmp_path / f"{number}").write_bytes(content(size, str(number)))
    jobs = jobs_for(tmp_path, [str(number) for number in range(len(sizes))])
    results = read(tmp_path, jobs)
    assert [one.job for one in results] == jobs
    assert [one.job.token for one in results] == [str(number) for number in range(len(sizes))]
    for number, one in enumerate(results):
        assert one.digests[0] == blake3(content(sizes[number], str(number))).digest()


@pytest.mark.parametrize("hint", [0, 1, 1 << 40])
def test_a_wrong_hint_of_the_size_does_not_change_the_answer(tmp_path: Path, hint: int) -> None:
    data = content(3 << 20)
    (tmp_path / "file").write_bytes(data)
    (one,) = read(tmp_path, [ReadJob("file", hint, ("sha512",))])
    assert (one.size, one.digests) == (len(data), (hashlib.sha512(data).digest(),))


def test_jobs_are_taken_lazily_and_only_in_the_calling_thread(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    taken: list[int] = []

    def endless() -> Iterator[ReadJob]:
        while True:
            taken.append(threading.get_ident())
            yield ReadJob("file", 1, ("blake3",))

    with Tree(tmp_path) as tree:
        results = read_all(tree, endless(), workers=2, from_medium=False, progress=Silence())
        for got in range(1, 10_000):
            next(results)
            assert len(taken) <= got + engine.READ_AHEAD + engine.LOT_FILES
        results.close()  # type: ignore[attr-defined]
    assert set(taken) == {threading.get_ident()}


def test_leaving_early_leaves_no_thread_and_no_descriptor(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)  # sparse: to read it to its end would take many minutes
    (tmp_path / "small").write_bytes(b"x")
    open_before = len(os.listdir("/proc/self/fd"))
    threads_before = threading.active_count()
    with Tree(tmp_path) as tree:
        jobs = jobs_for(tmp_path, ["small", "large", "large"])
        results = read_all(tree, jobs, workers=3, from_medium=False, progress=Silence())
        assert next(results).job.path == "small"
        results.close()  # type: ignore[attr-defined]
    assert threading.active_count() == threads_before
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_progress_adds_up_to_every_byte_and_file_without_a_call_each(tmp_path: Path) -> None:
    sizes = [30 << 20, *([7] * 1000)]
    for number, size in enumerate(sizes):
        (tmp_path / f"{number}").write_bytes(bytes(size))
    watching = Counting()
    jobs = jobs_for(tmp_path, [str(number) for number in range(len(sizes))])
    with Tree(tmp_path) as tree:
        for _ in read_all(tree, jobs, workers=2, from_medium=False, progress=watching):
            pass
    assert (watching.bytes, watching.files) == (sum(sizes), len(sizes))
    assert watching.calls < 20


def test_no_jobs_give_no_results(tmp_path: Path) -> None:
    assert read(tmp_path, []) == []


def test_an_algorithm_nobody_knows_is_an_error_and_no_result(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(KeyError):
        read(tmp_path, [ReadJob("file", 1, ("sha513",))])


def test_more_files_are_read_at_a_time_from_a_disk_than_from_memory() -> None:
    assert 2 <= suggested_workers(from_medium=False) <= suggested_workers(from_medium=True)


def test_lots_keep_the_order_and_no_lot_grows_beyond_its_bounds() -> None:
    sizes = [5, 2 << 20, *([100] * 600), 1 << 20, *([900_000] * 20), 3]
    jobs = [ReadJob(str(number), size, BOTH) for number, size in enumerate(sizes)]
    lots = list(engine.cut_into_lots(jobs))
    assert [job for lot in lots for job in lot] == jobs
    assert max(len(lot) for lot in lots) == engine.LOT_FILES
    for lot in lots:
        assert len(lot) == 1 or all(job.size < engine.LARGE for job in lot)
        assert sum(job.size for job in lot[:-1]) < engine.LOT_BYTES
