"""Restoring gives back what came in, and nothing that is not what it was."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from archiver.archive import Archive
from archiver.errors import ArchiverError, BusyError, EnvironmentUnusable, UsageError
from archiver.hashing.reader import Reader
from archiver.restore import Restored, foresee_restore, restore
from archiver.state import State
from archiver.verify import Sealed
from tests.bagit.bags import PAYLOAD, bag_files, seal, write
from tests.packaging.scene import HOSTILE_NAMES, bag_of, make_source, new_archive, run

Facts = dict[str, tuple[int, int, bytes]]


def _facts(folder: Path) -> Facts:
    """Mode, modification time and bytes of everything in a tree, and of the tree itself."""
    facts = {}
    for where, folders, names in os.walk(folder):
        for name in [*folders, *names, "."]:
            place = Path(where, name)
            now = place.lstat()
            content = place.read_bytes() if stat.S_ISREG(now.st_mode) else b""
            facts[os.path.relpath(place, folder)] = (now.st_mode, now.st_mtime_ns, content)
    return facts


def _codes(found: Restored) -> set[str]:
    return {finding.code for finding in found.findings}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {f"disc/{name}": name.encode() for name in HOSTILE_NAMES}
    folder = make_source(tmp_path / "source", {**files, "top.txt": b"x" * 3_000_000, "empty": b""})
    (folder / "nothing" / "in here").mkdir(parents=True)
    (folder / "top.txt").chmod(0o400)
    (folder / "disc").chmod(0o555)
    os.utime(folder / "nothing", ns=(1, 987_654_321_012_345_678))
    os.utime(folder, ns=(1, -5_000_000_001))
    return folder


@pytest.fixture
def bag(archive: Archive, source: Path) -> Path:
    return bag_of(run(archive, source))


def test_what_comes_back_is_what_came_in_to_the_last_nanosecond(
    bag: Path, source: Path, tmp_path: Path
) -> None:
    found = restore(str(bag), str(tmp_path / "back"))
    assert (found.state, found.exact, _codes(found)) == (State.SOUND, True, {"risky-path"})
    assert _facts(tmp_path / "back") == _facts(source)
    assert (found.files, found.bytes) == (
        len(HOSTILE_NAMES) + 2,
        3_000_000 + sum(len(name.encode()) for name in HOSTILE_NAMES),
    )
    assert os.listdir(tmp_path) and not list(tmp_path.glob(".*"))


_NAMES = st.text(
    st.one_of(
        st.sampled_from("a%\n\r\t\\ ~*\"'.\u2028\u0085\u202e\u0301é\U0001f3b5-"),
        st.characters(codec="utf-8", exclude_characters="/\0"),
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200)
_TIMES = st.integers(-(2**31) * 10**9, (2**33) * 10**9)
_FILES = st.dictionaries(
    st.lists(_NAMES, min_size=1, max_size=3).map("/".join),
    st.tuples(st.binary(max_size=40), _TIMES, st.sampled_from((0o644, 0o600, 0o755, 0o444, 0o666))),
    min_size=1,
    max_size=5,
)


def _lay_out(folder: Path, files: dict[str, tuple[bytes, int, int]], empty: list[str]) -> None:
    """Make a collection; names that cannot stand beside each other are left out."""
    folder.mkdir()
    for path, (content, moment, mode) in files.items():
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.write(content)
        except OSError:
            continue
        place.chmod(mode)
        os.utime(place, ns=(moment, moment))
    for name in empty:
        if not os.path.lexists(folder / name):
            (folder / name).mkdir()
            os.utime(folder / name, ns=(7, 1_234_567_891))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=_FILES, empty=st.lists(_NAMES, max_size=2))
def test_restoring_undoes_packaging_whatever_the_names(
    tmp_path: Path, files: dict[str, tuple[bytes, int, int]], empty: list[str]
) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as room:
        source, back = Path(room, "source"), Path(room, "back")
        _lay_out(source, files, empty)
        before = _facts(source)
        outcome = run(new_archive(Path(room, "archive")), source)
        assume(outcome.state is State.SOUND)  # a policy may refuse names; then there is no bag
        found = restore(str(bag_of(outcome)), str(back))
        assert (found.state, found.exact) == (State.SOUND, True), found.findings
        assert _facts(back) == before


def test_a_damaged_file_is_named_and_left_out_and_the_rest_comes_back(
    bag: Path, source: Path, tmp_path: Path
) -> None:
    victim = bag / "data" / "top.txt"
    victim.chmod(0o644)
    with victim.open("r+b") as file:
        file.seek(1_500_000)
        file.write(b"y")
    found = restore(str(bag), str(tmp_path / "back"))
    assert found.state is State.UNSOUND
    assert ("mismatch", "data/top.txt") in {(one.code, one.path) for one in found.findings}
    assert not (tmp_path / "back" / "top.txt").exists()
    expected = _facts(source)
    del expected["top.txt"]
    assert _facts(tmp_path / "back") == expected
    assert found.files == len(HOSTILE_NAMES) + 1
    assert found.bytes == sum(len(name.encode()) for name in HOSTILE_NAMES)


def test_files_that_are_missing_or_nobody_listed_are_named_and_not_given(
    bag: Path, tmp_path: Path
) -> None:
    (bag / "data" / "empty").unlink()
    (bag / "data" / "stray").write_text("not of the collection")
    (bag / "data" / "link").symlink_to("/etc/passwd")
    found = restore(str(bag), str(tmp_path / "back"))
    assert found.state is State.UNSOUND
    assert {"missing", "unexpected", "link-in-bag"} <= _codes(found)
    there = os.listdir(tmp_path / "back")
    assert not {"empty", "stray", "link"} & set(there)
    assert "top.txt" in there


def test_a_bag_of_another_tool_comes_back_with_the_times_of_its_files(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files(algorithms=("md5", "sha256"))))
    os.utime(bag / "data" / "a.txt", ns=(5, 123_456_789_012_345_678))
    found = restore(str(bag), str(tmp_path / "back"))
    assert (found.state, found.exact, _codes(found)) == (
        State.SOUND, False, {"no-source-record"},
    )  # fmt: skip
    back = _facts(tmp_path / "back")
    assert back["a.txt"][1:] == (123_456_789_012_345_678, PAYLOAD["data/a.txt"])
    assert stat.S_IMODE(back["."][0]) == 0o755
    assert {name for name in back if name != "."} == {"a.txt", "sub", "sub/b.txt", "empty"}


@pytest.mark.parametrize(
    "lines",
    [
        b"not json\n",
        b'{"kind":"source","mode":"0755","mtime":"@1.000000000"}\n{"kind":"directory",'
        b'"mode":"0755","mtime":"@1.000000000","path":"../outside","standing":"recorded"}\n',
        b'{"kind":"source","mode":"0755","mtime":"@1.000000000"}\n{"kind":"directory",'
        b'"mode":"0755","mtime":"@1.000000000","path":"/tmp/outside","standing":"recorded"}\n',
        b"[" * 100_000,
    ],
)
def test_a_hostile_record_of_the_source_makes_nothing_outside(tmp_path: Path, lines: bytes) -> None:
    files = {**bag_files(), "metadata/source.jsonl": lines}
    bag = write(tmp_path / "bag", seal(files))
    found = restore(str(bag), str(tmp_path / "back"))
    assert (found.state, found.exact) == (State.SOUND, False)
    assert _codes(found) == {"source-record-unusable"}
    assert sorted(os.listdir(tmp_path)) == ["back", "bag"]
    assert (tmp_path / "back" / "a.txt").read_bytes() == b"alpha"


def test_a_record_nobody_vouches_for_is_not_followed(bag: Path, tmp_path: Path) -> None:
    record = bag / "metadata" / "source.jsonl"
    record.chmod(0o644)
    record.write_bytes(record.read_bytes().replace(b'"mode":"0400"', b'"mode":"0777"'))
    found = restore(str(bag), str(tmp_path / "back"))
    assert found.state is State.UNSOUND
    assert "source-record-unusable" in _codes(found)
    assert stat.S_IMODE((tmp_path / "back" / "top.txt").stat().st_mode) == 0o644


def test_set_id_bits_never_come_back(archive: Archive, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"tool": b"x"})
    (source / "tool").chmod(0o6755)
    found = restore(str(bag_of(run(archive, source))), str(tmp_path / "back"))
    assert _codes(found) == {"mode-not-restored"}
    assert stat.S_IMODE((tmp_path / "back" / "tool").stat().st_mode) == 0o755


def test_nothing_that_is_there_is_overwritten(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    before = _facts(tmp_path)
    for name in ("file", "full", "link", "no/such/place"):
        with pytest.raises(UsageError):
            restore(str(bag), str(tmp_path / name))
    assert _facts(tmp_path) == before


def test_an_empty_folder_may_be_restored_into(bag: Path, source: Path, tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    restore(str(bag), str(tmp_path / "back"))
    assert _facts(tmp_path / "back") == _facts(source)


def test_a_place_taken_meanwhile_is_left_as_it_is(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, really = tmp_path / "back", os.rmdir

    def somebody_was_quicker(path: str, **more: int) -> None:
        if str(path) == str(place):
            (place / "theirs").write_text("theirs")
        really(path, **more)

    place.mkdir()
    monkeypatch.setattr(os, "rmdir", somebody_was_quicker)
    with pytest.raises(UsageError):
        restore(str(bag), str(place))
    assert _facts(place)["theirs"][2] == b"theirs"
    assert not list(tmp_path.glob(".*"))


def test_what_a_dead_run_left_is_replaced_and_a_living_one_is_let_be(
    bag: Path, source: Path, tmp_path: Path
) -> None:
    left = tmp_path / ".back.restoring"
    (left / "half" / "made").mkdir(parents=True)
    (left / "half" / "made" / "file").write_text("half")
    (left / "half" / "out").symlink_to(source)
    fd = os.open(left, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    with pytest.raises(BusyError):
        restore(str(bag), str(tmp_path / "back"))
    assert (left / "half" / "made" / "file").exists()
    os.close(fd)
    before = _facts(source)
    restore(str(bag), str(tmp_path / "back"))
    assert _facts(tmp_path / "back") == _facts(source) == before
    assert not left.exists()


def test_a_failure_leaves_nothing_behind(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archiver.restoring.copying.write_all", full)
    with pytest.raises(EnvironmentUnusable, match="No space left"):
        restore(str(bag), str(tmp_path / "back"))
    assert sorted(os.listdir(tmp_path)) == ["archive", "source"]


def test_a_payload_larger_than_the_disk_is_not_begun(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(EnvironmentUnusable, match="1,000 bytes free"):
        restore(str(bag), str(tmp_path / "back"))


def test_a_bag_that_is_not_the_sealed_one_is_called_so(bag: Path, tmp_path: Path) -> None:
    found = restore(str(bag), str(tmp_path / "back"), expected=Sealed("00" * 64, 1, 1))
    assert found.state is State.UNSOUND
    assert "not-the-sealed-bag" in _codes(found)


def test_a_dry_run_says_what_would_come_back_and_writes_nothing(bag: Path, tmp_path: Path) -> None:
    before = _facts(tmp_path)
    found = foresee_restore(str(bag), str(tmp_path / "back"))
    assert _facts(tmp_path) == before
    assert (found.dry_run, found.files, found.exact) == (True, len(HOSTILE_NAMES) + 2, True)
    with pytest.raises(UsageError):
        foresee_restore(str(bag), str(tmp_path / "source"))


def test_what_is_no_bag_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    found = restore(str(tmp_path / "folder"), str(tmp_path / "back"))
    assert (found.path, found.state) == (None, State.UNSOUND)
    assert os.listdir(tmp_path) == ["folder"]
    with pytest.raises(ArchiverError):
        restore(str(tmp_path / "nothing"), str(tmp_path / "back"))


def test_each_payload_byte_is_read_once(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "read", None)  # the other way to read is not taken
    seen: list[int] = []
    really = os.readv

    def counted(fd: int, parts: list[memoryview]) -> int:
        count = really(fd, parts)
        seen.append(count)
        return count

    monkeypatch.setattr("archiver.restoring.copying.os.readv", counted)
    restore(str(bag), str(tmp_path / "back"))
    size = sum(file.stat().st_size for file in bag.rglob("*") if file.is_file())
    size -= sum(file.stat().st_size for file in bag.glob("tagmanifest-*"))
    assert sum(seen) == size


def test_the_record_of_a_bag_we_made_is_understood_line_by_line(bag: Path) -> None:
    from archiver.restoring.recorded import recorded
    from archiver.tree import Tree

    with Tree(bag) as tree:
        entries = list(recorded(tree))
    lines = (bag / "metadata" / "source.jsonl").read_bytes().splitlines()
    assert [entry.path for entry in entries[1:]] == [json.loads(line)["path"] for line in lines[1:]]
