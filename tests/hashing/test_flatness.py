from __future__ import annotations

from pathlib import Path

from tests.hashing.scene import said_by

_PROGRAM = """
import resource, sys
from archiver.hashing import ReadJob, read_all
from archiver.progress import Silence
from archiver.tree import Tree

def peak_after(count):
    jobs = (ReadJob("file", 1, ("blake3",), token=str(n)) for n in range(count))
    got = 0
    with Tree(sys.argv[1]) as tree:
        for one in read_all(tree, jobs, workers=2, from_medium=False, progress=Silence()):
            assert one.trouble is None and one.job.token == str(got)
            got += 1
    assert got == count
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

first = peak_after(20_000)
print(peak_after(200_000) - first)
"""


def test_two_hundred_thousand_jobs_need_no_more_memory_than_twenty_thousand(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    said = said_by(_PROGRAM, tmp_path)
    # KiB. Keeping the results alone would take some 80 MiB.
    assert int(said) < 8 << 10
