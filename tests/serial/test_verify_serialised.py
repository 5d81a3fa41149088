"""A bag in a tar or zip is judged as the folder would be; what attacks is refused and named."""

from __future__ import annotations

import gzip
import io
import os
import random
import stat
import struct
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from archiver.errors import ArchiverError, IncompleteError, UsageError
from archiver.export import Form, export
from archiver.serial.reading.model import Caps
from archiver.state import State
from archiver.verify import BagVerification, Depth
from archiver.verify_serial import verify_serialised
from tests.bagit.bags import bag_files, check, seal, write
from tests.packaging.scene import HOSTILE_NAMES, bag_of, make_source, new_archive, run
from tests.serial.hostile import (
    BAG,
    OUTSIDE,
    entry,
    in_directory,
    lying_size,
    overlapping,
    tar,
    with_mode,
    zipped,
)
from tests.tools import require_tool


def _look(tmp_path: Path, data: bytes, *, caps: Caps | None = None) -> BagVerification:
    """Verify ``data`` as a file; nothing may appear beside it."""
    place = tmp_path / "inner" / "file"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    found = verify_serialised(str(place), depth=Depth.FULL, caps=caps)
    assert os.listdir(tmp_path) == ["inner"]
    assert os.listdir(tmp_path / "inner") == ["file"]
    return found


def _codes(found: BagVerification) -> set[str]:
    return {finding.code for finding in found.findings}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    files = {f"disc/{name}": name.encode() for name in HOSTILE_NAMES}
    source = make_source(tmp_path / "source", {**files, "top.wav": b"x" * 3_000_000, "empty": b""})
    return bag_of(run(new_archive(tmp_path / "archive"), source))


@pytest.mark.parametrize("form", tuple(Form))
@pytest.mark.parametrize("depth", tuple(Depth))
def test_what_we_export_is_judged_as_the_folder_is(
    bag: Path, tmp_path: Path, form: Form, depth: Depth
) -> None:
    export(str(bag), str(tmp_path / "file"), form)
    found = verify_serialised(str(tmp_path / "file"), depth=depth)
    folder = check(bag, depth)
    for name in BagVerification.__slots__:
        if name not in ("path", "from_medium"):
            assert getattr(found, name) == getattr(folder, name), name


def _damages(bag: Path) -> None:
    for path in (*bag.rglob("*"), bag):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with (bag / "data" / "top.wav").open("r+b") as file:
        file.seek(2_000_000)
        file.write(b"y")
    (bag / "data" / "empty").unlink()
    (bag / "data" / "stray").write_bytes(b"stray")
    (bag / "README.txt").write_bytes(b"other")


@pytest.mark.parametrize("kind", ["w:", "w:gz", "zip"])
def test_damage_is_named_and_located_as_in_the_folder(bag: Path, tmp_path: Path, kind: str) -> None:
    _damages(bag)
    place = tmp_path / "file"
    if kind == "zip":
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(bag.rglob("*")):
                archive.write(path, f"{bag.name}/{path.relative_to(bag)}")
    else:
        with tarfile.open(place, kind) as archive_file:  # type: ignore[call-overload]
            archive_file.add(bag, bag.name)
    found, folder = verify_serialised(str(place), depth=Depth.FULL), check(bag)
    assert found.state is State.UNSOUND
    assert found.findings == folder.findings
    (located,) = [one for one in found.findings if one.path == "data/top.wav"]
    assert located.detail["blocks"] == "1 of 3"


@pytest.mark.parametrize(
    "command",
    [
        ["tar", "--format=gnu", "-cf"],
        ["tar", "--format=v7", "-cf"],
        ["tar", "--format=ustar", "-cf"],
        ["tar", "--format=posix", "-cf"],
        ["tar", "-czf"],
        ["zip", "-qr"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", ["bag", "./bag"])
def test_files_of_other_tools_are_read(tmp_path: Path, command: list[str], name: str) -> None:
    payload = {f"data/{'d' * 40}/{number}": bytes([number]) * 1000 for number in range(20)}
    write(tmp_path / "bag", seal(bag_files(payload)))
    words = [require_tool(command[0]), *command[1:], "file.zip", name]
    subprocess.run(words, cwd=tmp_path, check=True)
    found = verify_serialised(str(tmp_path / "file.zip"), depth=Depth.FULL)
    assert (found.verdict, found.checked_files) == ("valid", 20)


def test_gnu_tars_long_names_are_followed(tmp_path: Path) -> None:
    payload = {
        "data/" + "/".join("n" * 90 + str(n) for n in range(4)): b"x",
        "data/é" + "x" * 150: b"",
    }
    files = {f"bag/{path}": data for path, data in seal(bag_files(payload)).items()}
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert _look(tmp_path, tar(files, form=form)).verdict == "valid"


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    for data in (tar({**BAG, name: b"evil"}), zipped([*BAG.items(), (name, b"evil")])):
        found = _look(tmp_path, data)
        assert (found.state, _codes(found)) == (State.UNSOUND, {"archive-unsafe-name"})
    assert not os.path.exists("/tmp/evil")


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        b"S",
        b"V",
    ],
)
def test_whatever_is_neither_file_nor_folder_is_refused(tmp_path: Path, kind: bytes) -> None:
    found = _look(tmp_path, tar(BAG, [entry("bag/data/x", kind, "/etc/passwd")]))
    assert (found.state, _codes(found)) == (State.UNSOUND, {"archive-not-a-file"})


def test_a_chain_of_links_leads_nowhere(tmp_path: Path) -> None:
    links = [
        entry("bag/data/up", tarfile.SYMTYPE, ".."),
        entry("bag/data/up/up", tarfile.SYMTYPE, ".."),
    ]
    found = _look(tmp_path, tar(BAG, [*links, entry("bag/data/up/up/evil")]))
    assert "archive-not-a-file" in _codes(found)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_in_a_zip_are_refused(tmp_path: Path, mode: int) -> None:
    found = _look(tmp_path, with_mode("bag/data/x", mode | 0o777))
    assert (found.state, _codes(found)) == (State.UNSOUND, {"archive-not-a-file"})


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    name = "bag/data/a.txt"
    twice = tar(BAG)[:-1024].rstrip(b"\0")
    twice += bytes(-len(twice) % 512) + tar({name: BAG[name]})
    with pytest.warns(UserWarning, match="Duplicate"):
        twins = zipped([*BAG.items(), (name, BAG[name])])
    for data in (twice, twins, tar({**BAG, f"{name}/below": b""})):
        found = _look(tmp_path, data)
        assert (found.state, _codes(found)) == (State.UNSOUND, {"archive-duplicate"})


def test_a_member_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    data = zipped([*BAG.items(), ("bag/data/x", bytes(3_000_000))])
    for size in (10, 2_999_999, 3_000_001):
        found = _look(tmp_path, lying_size(data, size))  # listed nowhere, so it is not even read
        assert (found.state, _codes(found)) == (State.UNSOUND, {"unexpected", "oxum-mismatch"})
    cut = tar(BAG).rstrip(b"\0")[:-100]
    assert "archive-damaged" in _codes(_look(tmp_path, cut))
    larger = tar(BAG, [entry("bag/data/x", size=str(1 << 29))])
    assert "archive-damaged" in _codes(_look(tmp_path, larger))


def test_a_lie_about_a_listed_file_is_named(tmp_path: Path) -> None:
    content = bytes(3_000_000)
    files = seal(bag_files({"data/x": content}))
    members = [(f"bag/{path}", data) for path, data in files.items() if path != "data/x"]
    found = _look(tmp_path, lying_size(zipped([*members, ("bag/data/x", content)]), 100))
    assert found.state is State.UNSOUND
    assert {"archive-damaged", "unreadable"} <= _codes(found)


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    assert "archive-damaged" in _codes(_look(tmp_path, overlapping()))


def test_directory_and_header_that_contradict_are_refused(tmp_path: Path) -> None:
    def rename(data: bytearray, at: int) -> None:
        data[at + 46] ^= 1

    def elsewhere(data: bytearray, at: int) -> None:
        data[at + 42 : at + 46] = struct.pack("<I", 0)

    for change in (rename, elsewhere):
        found = _look(tmp_path, in_directory(zipped(BAG.items()), change))
        assert (found.state, _codes(found)) == (State.UNSOUND, {"archive-damaged"})


def test_bytes_behind_the_end_are_named(tmp_path: Path) -> None:
    for data in (tar(BAG) + b"more", zipped(BAG.items()) + b"more", tar(BAG) + tar({"x": b""})):
        found = _look(tmp_path, data)
        assert (found.state, _codes(found)) == (State.UNSOUND, {"archive-damaged"})


def test_bombs_are_let_be(tmp_path: Path) -> None:
    caps = Caps(free_bytes=1 << 20, ratio=10)
    zeros = {"bag/data/x": bytes(50 << 20)}
    bombs = (
        gzip.compress(tar(zeros)),
        zipped(zeros.items()),
        gzip.compress(gzip.compress(tar(zeros))),
    )
    for data in bombs[:2]:
        found = _look(tmp_path, data, caps=caps)
        assert (found.state, _codes(found)) == (State.INCOMPLETE, {"archive-too-large"})
    assert _look(tmp_path, bombs[2], caps=caps).state is not State.SOUND


def test_too_many_members_or_too_long_a_header_is_not_read_on(tmp_path: Path) -> None:
    many = {f"bag/data/{number}": b"" for number in range(200)}
    for data in (tar(many), zipped(many.items())):
        found = _look(tmp_path, data, caps=Caps(members=100))
        assert (found.state, _codes(found)) == (State.INCOMPLETE, {"archive-too-large"})
    long_header = tar(BAG, [entry("bag/data/x", comment="c" * 3_000_000)])
    assert _codes(_look(tmp_path, long_header)) == {"archive-too-large"}


def test_reading_a_structure_ends_in_time(tmp_path: Path) -> None:
    caps = Caps(seconds=-1.0, bytes_per_second=1 << 60)
    for data in (tar(BAG), zipped(BAG.items()), gzip.compress(tar(BAG))):
        assert _codes(_look(tmp_path, data, caps=caps)) == {"archive-too-large"}


def test_what_is_encrypted_or_packed_oddly_is_not_called_damaged(tmp_path: Path) -> None:
    def encrypted(data: bytearray, at: int) -> None:
        data[at + 8] |= 1

    def imploded(data: bytearray, at: int) -> None:
        data[at + 10] = 6

    for change in (encrypted, imploded):
        found = _look(tmp_path, in_directory(zipped(BAG.items()), change))
        assert (found.state, _codes(found)) == (State.INCOMPLETE, {"archive-not-readable"})


def test_a_header_for_all_members_renames_none(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", pax_headers={"path": "../evil"}) as archive:
        archive.addfile(entry("bag/bagit.txt"))
    assert _codes(_look(tmp_path, out.getvalue())) == {"archive-damaged"}


def test_exactly_one_folder_stands_at_the_top(tmp_path: Path) -> None:
    bare = {path.removeprefix("bag/"): data for path, data in BAG.items()}
    for files in (bare, {**BAG, "other/x": b""}, {**BAG, "__MACOSX/x": b""}, {"bag": b""}):
        found = _look(tmp_path, tar(files))
        assert found.state is State.UNSOUND and "archive-not-one-bag" in _codes(found)
    assert _codes(_look(tmp_path, tar(bare))) == {"archive-not-one-bag"}


def test_what_is_no_archive_file_is_a_usage_error(tmp_path: Path) -> None:
    for data in (b"", b"text\n" * 1000, b"RIFF" + bytes(600)):
        (tmp_path / "file").write_bytes(data)
        with pytest.raises(UsageError):
            verify_serialised(str(tmp_path / "file"), depth=Depth.FULL)
    (tmp_path / "file.tar").write_bytes(b"\0bag" + bytes(2000))  # its name says what it was
    assert _codes(verify_serialised(str(tmp_path / "file.tar"), depth=Depth.FULL)) == {
        "archive-damaged"
    }
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError):
        verify_serialised(str(tmp_path / "pipe"), depth=Depth.FULL)
    with pytest.raises(IncompleteError):
        verify_serialised(str(tmp_path / "none"), depth=Depth.FULL)


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_whatever_bytes_are_changed_no_other_error_than_ours_comes_out(
    tmp_path: Path, kind: str
) -> None:
    sound = zipped(BAG.items()) if kind == "zip" else tar(BAG)
    sound = gzip.compress(sound, mtime=0) if kind == "tar.gz" else sound
    chosen = random.Random(kind)
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chosen.randint(1, 4)):
            data[chosen.randrange(len(data))] = chosen.choice((0, 1, 0xFF, chosen.randrange(256)))
        if chosen.random() < 0.2:
            del data[chosen.randrange(len(data)) :]
        try:
            _look(tmp_path, bytes(data), caps=Caps(free_bytes=1 << 22))
        except ArchiverError:
            continue


def test_every_payload_byte_that_changes_is_found(tmp_path: Path) -> None:
    sound = tar(BAG)
    at = sound.index(b"alpha")
    for offset in range(5):
        data = bytearray(sound)
        data[at + offset] ^= 1
        found = _look(tmp_path, bytes(data))
        assert ("mismatch", "data/a.txt") in {(one.code, one.path) for one in found.findings}
