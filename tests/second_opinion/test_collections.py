"""Two hundred collections with hostile names: what we package, both judges call sound."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.archive import Archive
from tests.bagit.bags import check
from tests.bagit.test_names import CHARACTERS
from tests.packaging import scene
from tests.packaging.conftest import NoTags
from tests.second_opinion.test_opinion import opinion_on

NAMES = st.text(CHARACTERS, min_size=1, max_size=12).filter(lambda name: name.strip("."))
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
COLLECTIONS = st.dictionaries(PATHS, st.binary(max_size=9), min_size=1, max_size=4)
_numbers = count()


@pytest.fixture(scope="module")
def archive() -> Iterator[Archive]:
    """One archive for all collections."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = tempfile.TemporaryDirectory(dir=memory)
    with folder as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr("archiver.packaging.examining.TagReader", NoTags)
        yield scene.new_archive(Path(place) / "archive")


def _laid_out(folder: Path, collection: dict[str, bytes], number: int) -> Path:
    """Write the collection, as much of it as can be in one folder, and a file no other has."""
    folder.mkdir()
    (folder / "number").write_text(str(number))
    for path, content in collection.items():
        with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return folder


def test_both_agree_but_for_the_listed_defects(archive: Archive) -> None:
    agreed: Counter[bool] = Counter()

    @settings(max_examples=200, derandomize=True, deadline=None, database=None)
    @given(collection=COLLECTIONS)
    def both(collection: dict[str, bytes]) -> None:
        number = next(_numbers)
        source = archive.root.parent / f"source-{number}"
        bag = scene.bag_of(scene.run(archive, _laid_out(source, collection, number)))
        assert check(bag).verdict == "valid"
        found = opinion_on(bag)
        assert found.agrees or found.explained_by, found.said
        agreed[found.agrees] += 1

    both()
    assert agreed.total() >= 200
    assert min(agreed[True], agreed[False]) > 20, "names too tame, or too wild, to show anything"
