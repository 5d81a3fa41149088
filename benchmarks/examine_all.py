"""``python -m benchmarks.examine_all read|examine FOLDER``: what is done to each file.

``read`` reads every byte. ``examine`` looks at every file as packaging does, with worker
processes and all: facts, tags, checksums, digests of the sound.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.recordings import files_below


def read(folder: str) -> int:
    """Read every file; return how many there are."""
    count, buffer = 0, bytearray(1 << 20)
    for path in files_below(Path(folder)):
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
        count += 1
    return count


def examine(folder: str) -> int:
    """Examine every file; return how many are recordings."""
    from archiver.audio.tags import TagReader

    with TagReader(2) as reader:
        places = ((None, str(path.resolve())) for path in files_below(Path(folder)))
        return sum(found.essence is not None for _, found in reader.examine_many(places))


if __name__ == "__main__":
    sys.stdout.write(f"{ {'read': read, 'examine': examine}[sys.argv[1]](sys.argv[2]) }\n")
