"""What a bag made here is: judged by others' tools, byte by byte."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3

from tests.packaging.scene import (
    BEYOND_BAGIT_PY,
    HOSTILE_NAMES,
    MTIME_NS,
    assert_books_agree,
    assert_valid,
    assert_valid_to_us,
    bag_of,
    content_of,
    make_source,
    new_archive,
    noise,
    run,
    snapshot,
)
from tests.tools import require_tool

MIB = 1 << 20
BORDER_SIZES = (
    0, 1, 4095, 4096, 4097, MIB - 1, MIB, MIB + 1, MIB + 4096, 4 * MIB - 1, 4 * MIB,
    4 * MIB + 1, 4 * MIB + 4095, 4 * MIB + 4096, 8 * MIB, 8 * MIB + 511,
)  # fmt: skip


@pytest.fixture(scope="module")
def border_bag(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A source with a file of each size at a border, and its bag."""
    place = tmp_path_factory.mktemp("borders")
    files = {f"{size:08}.bin": noise(size, size) for size in BORDER_SIZES}
    source = make_source(place / "source", files)
    return source, bag_of(run(new_archive(place / "archive"), source))


@pytest.fixture(scope="module")
def hostile_bag(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A source with every kind of hostile name in folders of such names, and its bag."""
    place = tmp_path_factory.mktemp("hostile")
    files = {name: name.encode() for name in HOSTILE_NAMES}
    files |= {f"folder {name}/{name}": b"below " + name.encode() for name in HOSTILE_NAMES[:16]}
    source = make_source(place / "source", files)
    return source, bag_of(run(new_archive(place / "archive"), source))


def test_a_bag_with_files_of_every_border_size_is_valid_and_byte_for_byte_the_source(
    border_bag: tuple[Path, Path],
) -> None:
    source, bag = border_bag
    assert content_of(bag / "data") == content_of(source)
    assert_valid(bag)


def test_a_bag_with_hostile_names_is_valid_and_byte_for_byte_the_source(
    hostile_bag: tuple[Path, Path],
) -> None:
    source, bag = hostile_bag
    assert content_of(bag / "data") == content_of(source)
    assert_valid_to_us(bag)


def test_bagit_py_agrees_with_a_bag_of_all_hostile_names_it_can_read(tmp_path: Path) -> None:
    names = HOSTILE_NAMES[BEYOND_BAGIT_PY:]
    files = {name: name.encode() for name in names} | {f"in {name}/{name}": b"x" for name in names}
    source = make_source(tmp_path / "source", files)
    assert_valid(bag_of(run(new_archive(tmp_path / "archive"), source)))


def test_b3sum_agrees_with_every_line_of_a_bag_with_hostile_names(
    hostile_bag: tuple[Path, Path],
) -> None:
    tool = require_tool("b3sum")
    _, bag = hostile_bag
    done = subprocess.run(
        [tool, "--check", "--quiet", "fixity/blake3.txt"], cwd=bag, capture_output=True, check=False
    )
    assert done.returncode == 0, done
    assert (bag / "fixity/blake3.txt").read_bytes().count(b"\n") == len(content_of(bag / "data"))


def test_sha512sum_agrees_with_every_name_that_needs_no_encoding(
    hostile_bag: tuple[Path, Path], tmp_path: Path
) -> None:
    tool = require_tool("sha512sum")
    _, bag = hostile_bag
    lines = (bag / "manifest-sha512.txt").read_bytes().split(b"\n")[:-1]
    plain = [line for line in lines if b"%" not in line]
    assert len(lines) - len(plain) == 6  # CR, LF and %, at the top and in a folder
    (tmp_path / "plain.txt").write_bytes(b"".join(line + b"\n" for line in plain))
    for listing in (tmp_path / "plain.txt", bag / "tagmanifest-sha512.txt"):
        done = subprocess.run(
            [tool, "--check", "--strict", "--quiet", listing], cwd=bag, capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done


def test_each_block_has_the_blake3_of_its_slice_and_the_last_one_is_shorter(
    border_bag: tuple[Path, Path],
) -> None:
    source, bag = border_bag
    lines = (bag / "fixity/blocks.jsonl").read_bytes().splitlines()
    records = {record["path"]: record for record in map(json.loads, lines)}
    assert list(records) == sorted(records)
    assert len(records) == len(BORDER_SIZES)
    for name, content in content_of(source).items():
        record = records[f"data/{name}"]
        slices = [content[start : start + MIB] for start in range(0, len(content), MIB)]
        assert record["size"] == len(content)
        assert record["block_size"] == MIB
        assert record["digests"] == [blake3(piece).hexdigest() for piece in slices]


def test_folders_nested_1100_deep_are_packaged_whole(tmp_path: Path) -> None:
    deep = "d/" * 1100 + "deepest.wav"
    source = tmp_path / "source"
    source.mkdir()
    fd = os.open(source, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    file = os.open("deepest.wav", os.O_WRONLY | os.O_CREAT, dir_fd=fd)
    os.write(file, b"far down")
    os.close(file)
    os.close(fd)
    archive = new_archive(tmp_path / "archive")
    bag = bag_of(run(archive, source))
    assert (bag / "data" / deep).read_bytes() == b"far down"
    assert f"data/{deep}" in (bag / "manifest-sha512.txt").read_text()
    assert os.listdir(archive.staging) == []


def test_folders_nested_200_deep_are_valid_to_everybody(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"a/" * 200 + "x.wav": noise(5000)})
    assert_valid(bag_of(run(new_archive(tmp_path / "archive"), source)))


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    files = {"a/one.wav": noise(3 * MIB), "a/b/two.txt": b"two", "empty": b""}
    source = make_source(tmp_path / "source", files)
    (source / "nothing here").mkdir()
    (source / "empty").chmod(0o4751)
    before = snapshot(source)
    outcome = run(new_archive(tmp_path / "archive"), source)
    assert bag_of(outcome).is_dir()
    assert snapshot(source) == before


def test_copies_keep_their_times_and_are_read_only_and_never_set_id(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"small": b"s", "large": noise(MIB + 1)})
    for number, name in enumerate(("small", "large")):
        os.utime(source / name, ns=(0, MTIME_NS + number))
        (source / name).chmod(0o6777)
    bag = bag_of(run(new_archive(tmp_path / "archive"), source))
    for number, name in enumerate(("small", "large")):
        copy = (bag / "data" / name).stat()
        assert copy.st_mtime_ns == MTIME_NS + number
        assert stat.S_IMODE(copy.st_mode) == 0o444
        assert copy.st_ino != (source / name).stat().st_ino
    tag_files = [path for path in bag.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tag_files} == {0o444}
    recorded = (bag / "metadata/source.jsonl").read_text()
    assert recorded.count('"mode":"6777"') == 2
    assert "2020-09-13T12:26:40.123456790Z" in recorded


@pytest.mark.parametrize("year", [-11, 1, 1669, 1969, 2038, 2300, 9999, 10_000, 34_000])
def test_times_of_any_year_are_kept_as_far_as_the_disk_holds_them(
    year: int, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "source", {"x.wav": b"x"})
    moment = (year - 1970) * 31_556_952 * 10**9 + 987_654_321
    os.utime(source / "x.wav", ns=(0, moment))
    archive = new_archive(tmp_path / "archive")
    bag = bag_of(run(archive, source))
    assert (bag / "data/x.wav").stat().st_mtime_ns == (source / "x.wav").stat().st_mtime_ns
    assert run(archive, source).already_held
    assert_books_agree(archive)


def test_hard_links_become_independent_files_and_holes_are_read_as_zeros(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"one": b"same"})
    os.link(source / "one", source / "other")
    with open(source / "sparse", "wb") as file:
        file.truncate(3 * MIB)
    bag = bag_of(run(new_archive(tmp_path / "archive"), source))
    one, other = (bag / "data" / name for name in ("one", "other"))
    assert one.stat().st_nlink == 1
    assert one.stat().st_ino != other.stat().st_ino
    assert (bag / "data/sparse").read_bytes() == bytes(3 * MIB)
    assert_valid(bag)


def test_every_manifest_the_policy_asks_for_is_there_and_valid(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive", "sha256", "md5")
    source = make_source(tmp_path / "source", {"a.wav": noise(MIB * 2 + 1), "b": b"b", "c": b""})
    bag = bag_of(run(archive, source))
    names = {path.name for path in bag.iterdir() if path.is_file()}
    assert {"manifest-sha256.txt", "manifest-md5.txt"} <= names
    assert "manifest-sha512.txt" not in names
    tags = {"tagmanifest-sha256.txt", "tagmanifest-md5.txt", "tagmanifest-sha512.txt"}
    assert tags <= names
    for listing in ("manifest-sha256.txt", "manifest-md5.txt", *tags):
        tool = require_tool(f"{listing.split('-')[1].removesuffix('.txt')}sum")
        done = subprocess.run([tool, "-c", "--strict", listing], cwd=bag, capture_output=True)  # noqa: PLW1510
        assert done.returncode == 0, done
    assert_valid(bag)


def test_what_the_user_says_of_the_bag_comes_first_and_in_order(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"x": b"12345"})
    info = (("Contact-Name", "A. Bee"), ("Title", "two\nlines"), ("Contact-Name", "C. Dee"))
    bag = bag_of(run(new_archive(tmp_path / "archive"), source, bag_id="tape-1", info=info))
    lines = (bag / "bag-info.txt").read_text().split("\n")
    assert lines[:4] == ["Contact-Name: A. Bee", "Title: two", " lines", "Contact-Name: C. Dee"]
    assert "External-Identifier: tape-1" in lines
    assert "Payload-Oxum: 5.1" in lines
    assert "Bagging-Date: 2026-01-02" in lines
    assert_valid(bag)


def test_a_name_that_is_not_utf8_may_be_the_sources_own(tmp_path: Path) -> None:
    place = os.path.join(os.fsencode(tmp_path), b"caf\xe9")
    os.mkdir(place)
    with open(os.path.join(place, b"x.wav"), "wb") as file:
        file.write(b"x")
    bag = bag_of(run(new_archive(tmp_path / "archive"), os.fsdecode(place)))
    assert json.loads((bag / "metadata/source.jsonl").read_bytes().split(b"\n")[0])["name"] == (
        "caf\\xe9"
    )
    assert_valid(bag)
