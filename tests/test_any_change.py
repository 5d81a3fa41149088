"""Whatever single thing is changed in a sealed bag, verification names the place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.state import State
from archiver.verify import Depth, Sealed, verify_bag
from tests.packaging.scene import bag_of, make_source, new_archive, run

_FILES = {
    "side a/01 opening.wav": b"first sound " * 500,
    "side a/02 song.wav": b"second sound " * 700,
    "side b/01 finale.flac": b"third sound " * 300,
    "cover.jpg": b"picture" * 90,
    "empty.txt": b"",
    "100% live\n.cue": b"FILE x WAVE\r\n",
}
_NAMES = st.text(st.characters(blacklist_characters="/\0", codec="utf-8"), min_size=1, max_size=9)


@pytest.fixture(scope="module")
def sealed() -> Iterator[tuple[Path, Sealed]]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        outcome = run(new_archive(place / "archive"), make_source(place / "Tape", _FILES))
        bag = bag_of(outcome)
        digest = verify_bag(bag, depth=Depth.FULL).tag_manifest_digest
        assert digest is not None
        yield bag, Sealed(digest, outcome.files, outcome.bytes)


def _files(bag: Path) -> list[str]:
    return sorted(str(path.relative_to(bag)) for path in bag.rglob("*") if path.is_file())


def _change_bytes(place: Path, data: st.DataObject) -> None:
    content = bytearray(place.read_bytes())
    kind = data.draw(
        st.sampled_from(("flip", "cut", "append", "insert") if content else ("append",))
    )
    at = data.draw(st.integers(0, max(0, len(content) - 1)))
    if kind == "flip":
        content[at] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del content[at:]
    elif kind == "append":
        content += data.draw(st.binary(min_size=1, max_size=20))
    else:
        content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
    place.chmod(0o644)
    place.write_bytes(content)


def _replace_by_link(place: Path) -> None:
    elsewhere = place.with_name("elsewhere")
    place.rename(elsewhere)
    place.symlink_to(elsewhere.name)


@given(data=st.data())
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_single_change_to_a_bag_is_found_where_it_is(
    sealed: tuple[Path, Sealed], data: st.DataObject
) -> None:
    original, expected = sealed
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(shutil.copytree(original, Path(folder) / original.name))
        target = data.draw(st.sampled_from(_files(bag)))
        kind = data.draw(st.sampled_from(("bytes", "remove", "rename", "link")))
        if kind == "bytes":
            _change_bytes(bag / target, data)
        elif kind == "remove":
            (bag / target).unlink()
        elif kind == "link":
            _replace_by_link(bag / target)
        else:
            _rename(bag / target, data)
        found = verify_bag(bag, depth=Depth.FULL, expected=expected)
    assert found.state is State.UNSOUND
    assert target in {finding.path for finding in found.findings}


def _rename(place: Path, data: st.DataObject) -> None:
    name = data.draw(_NAMES.filter(lambda name: name not in (".", "..")))
    if not os.path.lexists(place.with_name(name)):
        place.rename(place.with_name(name))
    else:
        place.unlink()


@given(name=_NAMES.filter(lambda name: name not in (".", "..")), depth=st.integers(0, 2))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_slipped_into_the_payload_is_found(
    sealed: tuple[Path, Sealed], name: str, depth: int
) -> None:
    original, expected = sealed
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(shutil.copytree(original, Path(folder) / original.name))
        place = bag / "data" / "/".join(["new"] * depth) / name
        if os.path.lexists(place):
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"")
        found = verify_bag(bag, depth=Depth.FULL, expected=expected)
    assert found.state is State.UNSOUND
    slipped_in = str(place.relative_to(bag))
    assert [finding.code for finding in found.findings if finding.path == slipped_in] == [
        "unexpected"
    ]
