"""Reading, sorting, walking and joining keep their order and stay small."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archiver
from archiver.bagit.reading import listing as listing_module
from archiver.bagit.reading import text as text_module
from archiver.bagit.reading.align import align
from archiver.bagit.reading.listing import Listing, Role
from archiver.bagit.reading.manifest_lines import ManifestLines
from archiver.bagit.reading.ordering import sort_on_disk
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.bagit.reading.text import OVERLONG, UNDECODABLE, TextBlocks, codec_of
from archiver.bagit.reading.walk import LINK, SPECIAL, walk
from archiver.tree import Tree


def _lines(folder: Path, content: bytes, codec: str = "utf-8") -> list[str]:
    (folder / "f").write_bytes(content)
    with Tree(folder) as tree:
        return "".join(TextBlocks(tree, "f", codec)).split("\n")[:-1]


@pytest.mark.parametrize("portion", [1, 2, 3, 7])
def test_lines_are_the_same_wherever_the_portions_end(
    portion: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "BLOCK_BYTES", portion)
    content = "a\r\nb\rc\n\n\rd\u00e9\u2028e\x85f\x0bg\x0ch\r".encode()
    wanted = ["a", "b", "c", "", "", "d\u00e9\u2028e\x85f\x0bg\x0ch"]
    assert _lines(tmp_path, content) == wanted


def test_a_line_beyond_the_cap_is_replaced_and_the_next_one_read(tmp_path: Path) -> None:
    content = b"a\n" + b"x" * 3_000_000 + b"\nb\n" + b"y" * 3_000_000
    assert _lines(tmp_path, content) == ["a", OVERLONG, "b", OVERLONG]


def test_bytes_of_another_encoding_are_kept_apart(tmp_path: Path) -> None:
    assert _lines(tmp_path, b"a\n\xff\nb\n") == ["a", "\udcff", "b"]
    assert _lines(tmp_path, "a\n".encode("utf-16-le") + b"\x00\xd8", "utf-16-le")[-1] == UNDECODABLE


@pytest.mark.parametrize(
    "encoding",
    ["rot13", "zlib", "idna", "unicode_escape", "utf-7", "base64", "", "UTF-8\0", "mbcs"],
)
def test_only_text_encodings_on_the_list_are_accepted(encoding: str) -> None:
    assert codec_of(encoding) is None


ENTRIES = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.text("ab")))


@settings(max_examples=100)
@given(ENTRIES)
def test_sorting_on_disk_equals_sorting_in_memory(entries: list[tuple[str, str]]) -> None:
    assert list(sort_on_disk(iter(entries), run_entries=3)) == sorted(entries)


def test_the_walk_yields_whole_paths_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    chosen = random.Random(5)
    for _ in range(300):
        names = [
            "".join(chosen.choices("ab+- 0\u00e9\uffee\U0001f3b5", k=chosen.randint(1, 3)))
            for _ in range(3)
        ]
        place = tmp_path.joinpath(*names[:2])
        try:
            place.mkdir(parents=True, exist_ok=True)
            for folder in (place, place.parent):
                (folder / (names[2] + chosen.choice("+-"))).write_bytes(b"1")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue
    with Tree(tmp_path) as tree:
        found = [path for path, _ in walk(tree, "", Report())]
    expected = [
        os.path.relpath(os.path.join(top, name), tmp_path)
        for top, _, names in os.walk(tmp_path)
        for name in names
    ]
    assert found == sorted(expected, key=os.fsencode)
    assert len(found) > 100


def test_the_walk_follows_no_link_and_opens_no_pipe(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    os.mkfifo(tmp_path / "pipe")
    with Tree(tmp_path) as tree:
        assert list(walk(tree, "", Report())) == [("link", LINK), ("pipe", SPECIAL)]


def test_the_walk_goes_deeper_than_any_stack_or_path_limit(tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)
    depth = 1100
    for _ in range(depth):
        os.mkdir("deep", dir_fd=fd)
        below = os.open("deep", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(os.open("end", os.O_CREAT | os.O_WRONLY, dir_fd=fd))
    os.close(fd)
    try:
        with Tree(tmp_path) as tree:
            found = list(walk(tree, "", Report()))
        assert found == [("deep/" * depth + "end", 0)]
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "deep"], check=True)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)),
    st.lists(st.dictionaries(st.sampled_from("abcdef"), st.text("xy")), max_size=3),
)
def test_the_join_says_of_each_path_what_every_side_says(
    found: dict[str, int], lists: list[dict[str, str]]
) -> None:
    rows = align(sorted(found.items()), [sorted(one.items()) for one in lists], _never)
    wanted = [
        (path, found.get(path), [one.get(path) for one in lists])
        for path in sorted(set(found).union(*lists))
    ]
    assert [(path, size, list(values)) for path, size, values in rows] == wanted


@pytest.mark.parametrize("held", [1, 3, 100])
def test_a_list_comes_in_order_whatever_its_own_order_and_length(
    held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_module, "HELD_ENTRIES", held)
    monkeypatch.setattr(text_module, "BLOCK_BYTES", 90)  # two lines, so order breaks between blocks
    for order in ("abcdefgh", "efghabcd", "hgfedcba", "badcfehg"):
        lines = "".join(f"{ord(name):032x}  data/{name}\n" for name in order)
        (tmp_path / "m").write_text(lines)
        rules, report = Rules("1.0"), Report()
        parser = ManifestLines("m", rules, payload=True, digest_bytes=16)
        with Tree(tmp_path) as tree:
            listing = Listing(tree, "m", parser, "utf-8", role=Role.MANIFEST, algorithm="md5")
            listing.survey(report, rules)
            wanted = [(f"data/{name}", f"{ord(name):032x}") for name in "abcdefgh"]
            assert list(listing) == wanted, order
        assert report.in_path_order() == ()


def _never(*said: object) -> None:
    raise AssertionError(f"nothing is listed twice, but: {said}")


MEASURE = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from archiver.bagit.reading.listing import Listing, Role
from archiver.bagit.reading.manifest_lines import ManifestLines
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.tree import Tree

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = peak()
rules, report = Rules("1.0"), Report()
lines = ManifestLines("m.txt", rules, payload=True, digest_bytes=64)
with Tree(sys.argv[1]) as tree:
    listing = Listing(tree, "m.txt", lines, "utf-8", role=Role.MANIFEST, algorithm="sha512")
    listing.survey(report, rules)
    last, count = "", 0
    for path, _ in listing:
        assert last < path
        last, count = path, count + 1
print(count, peak() - before, len(report.in_path_order()))
"""


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_manifest_of_200_000_lines_is_read_in_order_in_little_memory(
    shuffled: bool, tmp_path: Path
) -> None:
    order = list(range(200_000))
    if shuffled:
        random.Random(1).shuffle(order)
    with open(tmp_path / "m.txt", "w") as stream:
        for number in order:
            stream.write(f"{number:0128x}  data/Some Album {number // 20:06}/{number:08}.flac\n")
    program = Path(archiver.__file__).parents[1]
    command = [sys.executable, "-c", MEASURE, os.fspath(tmp_path), os.fspath(program)]
    measured = subprocess.run(command, capture_output=True, text=True, check=True)
    count, kilobytes, findings = map(int, measured.stdout.split())
    assert (count, findings) == (200_000, 0)
    assert kilobytes < 100_000
