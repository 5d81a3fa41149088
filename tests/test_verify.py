"""Verification as a whole: nothing slips through, nothing is accused, nothing is changed."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import archiver
from archiver.errors import ArchiverError, UsageError
from archiver.hashing import ReadJob, ReadResult, Trouble
from archiver.hashing import read_all as really_read_all
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import Depth, Sealed, verify_bag
from tests.bagit.bags import (
    PAYLOAD,
    Files,
    bag_files,
    check,
    codes,
    line_of,
    manifest,
    named,
    seal,
    write,
)
from tests.tools import require_tool


def _sealed(files: Files) -> Sealed:
    payload = [content for path, content in files.items() if path.startswith("data/")]
    digest = hashlib.sha512(files["tagmanifest-sha512.txt"]).hexdigest()
    return Sealed(digest, len(payload), sum(map(len, payload)))


def test_a_thousand_single_bit_flips_are_all_found_and_named_and_no_other_file_accused(
    tmp_path: Path,
) -> None:
    chosen = random.Random(8493)
    files = seal(bag_files({**PAYLOAD, "data/\u00e9": bytes(range(256))}, blocks=True))
    root, sealed = write(tmp_path, files), _sealed(files)
    places = [path for path in sorted(files) if files[path]]
    for turn in range(1000):
        path = places[turn % len(places)]
        content = bytearray(files[path])
        bit = chosen.randrange(8 * len(content))
        content[bit // 8] ^= 1 << bit % 8
        (root / path).write_bytes(content)
        found = verify_bag(root, depth=Depth.FULL, workers=1, expected=sealed)
        assert found.state is State.UNSOUND, (path, bit)
        assert path in {finding.path for finding in found.findings}, (path, bit)
        assert named(found, "mismatch") <= {path}, (path, bit)
        (root / path).write_bytes(files[path])
    assert verify_bag(root, depth=Depth.FULL, expected=sealed).findings == ()


def _varied(chosen: random.Random) -> Files:
    alphabet = "ab \u00e9%\n\r\\*~.\u2028"
    names = {"".join(chosen.choices(alphabet, k=chosen.randint(1, 6))) for _ in range(4)} - {
        ".",
        "..",
    }
    payload = {f"data/{name}": chosen.randbytes(chosen.randint(0, 40)) for name in names}
    algorithms = chosen.sample(["md5", "sha1", "sha256", "sha512"], k=chosen.randint(1, 3))
    files = bag_files(payload, algorithms=algorithms, blocks=True)
    return seal(files, ["sha512", algorithms[0]])


def test_a_thousand_checks_of_sound_bags_raise_no_alarm(tmp_path: Path) -> None:
    chosen = random.Random(1)
    verdicts = {Depth.FAST: "complete", Depth.BLAKE3: "sound-by-blake3", Depth.FULL: "valid"}
    for turn in range(340):
        files = _varied(chosen)
        root = write(tmp_path / str(turn), files)
        for depth, verdict in verdicts.items():
            found = check(root, depth)
            alarms = codes(found) - {"look-alike-names", "risky-path"}
            assert (found.verdict, alarms) == (verdict, set()), files


def _snapshot(root: Path) -> list[tuple[object, ...]]:
    return [
        (
            path,
            facts.st_mode,
            facts.st_size,
            facts.st_mtime_ns,
            facts.st_ctime_ns,
            facts.st_ino,
            None if path.is_dir() or path.is_symlink() else path.read_bytes(),
        )
        for path in sorted([root, *root.rglob("*")])
        for facts in [path.lstat()]
    ]


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("damaged", [False, True])
def test_verification_changes_nothing(depth: Depth, damaged: bool, tmp_path: Path) -> None:
    root = write(tmp_path / "bag", seal(bag_files(blocks=True)))
    if damaged:
        (root / "data/a.txt").write_bytes(b"other")
        (root / "data/new").symlink_to("/etc/passwd")
        (root / "bagit.txt").unlink()
    before = _snapshot(tmp_path)
    check(root, depth)
    assert _snapshot(tmp_path) == before


def test_nothing_outside_the_bag_is_ever_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    opened: list[str] = []
    for method in ("open_known", "folder"):  # all opening goes through these two
        real = getattr(Tree, method)

        def watched(self: Tree, path: str, *more: int, _real: Any = real) -> Any:
            opened.append(path)
            return _real(self, path, *more)

        monkeypatch.setattr(Tree, method, watched)
    files = bag_files()
    outside = ("../secret", "data/../../secret", "/etc/passwd", "data/%2e%2e/%2e%2e/secret")
    for path in outside:
        files["manifest-sha512.txt"] += line_of(path, b"x")
    seal(files)
    for path in outside:
        files["tagmanifest-sha512.txt"] += line_of(path, b"x")
    files["fetch.txt"] = b"file:///etc/passwd - data/../../secret\n"
    found = check(write(tmp_path / "bag", files))
    assert found.verdict == "invalid"
    assert opened
    assert not [path for path in opened if path.startswith("/") or ".." in path.split("/")]


def test_fast_says_complete_and_reads_no_payload(tmp_path: Path) -> None:
    files = seal(bag_files())
    files["data/a.txt"] = b"ALPHA"
    found = check(write(tmp_path, files), Depth.FAST)
    assert (found.verdict, found.state, found.findings) == ("complete", State.SOUND, ())
    assert (found.checked_files, found.checked_bytes, found.listed_files) == (0, 0, 3)
    assert found.algorithms_checked == ()


@pytest.mark.parametrize("depth", Depth)
def test_missing_and_unexpected_files_are_found_at_every_depth(
    depth: Depth, tmp_path: Path
) -> None:
    files = seal(bag_files(blocks=True))
    del files["data/a.txt"]
    files["data/new"] = b"12345"
    found = check(write(tmp_path, files), depth)
    assert named(found, "missing") == {"data/a.txt"}
    assert named(found, "unexpected") == {"data/new"}


def test_the_blake3_list_vouches_for_the_payload_without_the_manifests(tmp_path: Path) -> None:
    files = seal(bag_files(blocks=True))
    root = write(tmp_path, files)
    found = check(root, Depth.BLAKE3)
    assert (found.verdict, found.findings, found.checked_files) == ("sound-by-blake3", (), 3)
    assert found.algorithms_checked == ("blake3",)
    (root / "data/a.txt").write_bytes(b"alphA")
    found = check(root, Depth.BLAKE3)
    assert named(found, "mismatch") == {"data/a.txt"}
    assert found.findings[0].detail["algorithm"] == "blake3"


def test_without_a_blake3_list_that_check_is_not_made(tmp_path: Path) -> None:
    found = check(write(tmp_path, seal(bag_files())), Depth.BLAKE3)
    assert (found.verdict, found.state) == ("not-checked", State.INCOMPLETE)
    assert found.checked_files == 0


def test_a_blake3_list_nobody_vouches_for_is_not_used(tmp_path: Path) -> None:
    files = bag_files(blocks=True)
    tags = {path: files[path] for path in files if "/" not in path}
    files["tagmanifest-sha512.txt"] = manifest(tags, "sha512")
    found = check(write(tmp_path, files), Depth.BLAKE3)
    assert (found.verdict, found.checked_files) == ("not-checked", 0)
    assert codes(found) == {"no-blake3-list", "tag-file-not-listed"}


def test_the_blake3_list_of_an_old_bag_lists_no_file_alone(tmp_path: Path) -> None:
    files = bag_files(version="0.97", blocks=True)
    lines = files["manifest-sha512.txt"].splitlines(keepends=True)
    files["manifest-sha512.txt"] = b"".join(lines[1:])
    bag = write(tmp_path, seal(files))
    for depth in (Depth.FULL, Depth.BLAKE3):
        assert "unexpected" in codes(check(bag, depth)), depth


@pytest.mark.parametrize("lacking", ["blake3", "manifest"])
def test_blake3_list_and_manifests_must_list_the_same_files(lacking: str, tmp_path: Path) -> None:
    files = bag_files(blocks=True)
    name = "fixity/blake3.txt" if lacking == "blake3" else "manifest-sha512.txt"
    lines = files[name].splitlines(keepends=True)
    files[name] = b"".join(line for line in lines if not line.endswith(b"data/a.txt\n"))
    found = check(write(tmp_path, seal(files)), Depth.BLAKE3)
    code = "not-in-blake3-list" if lacking == "blake3" else "not-in-every-manifest"
    assert (named(found, code), found.verdict) == ({"data/a.txt"}, "invalid")


def test_a_damaged_manifest_does_not_turn_sound_files_into_damaged_ones(tmp_path: Path) -> None:
    files = seal(bag_files())
    broken = bytearray(files["manifest-sha512.txt"])
    broken[0] = ord("0") if broken[0] != ord("0") else ord("1")
    files["manifest-sha512.txt"] = bytes(broken)
    found = check(write(tmp_path, files))
    assert named(found, "mismatch") == {"manifest-sha512.txt"}
    assert named(found, "mismatch-by-damaged-manifest") == {"data/a.txt"}


def test_a_sound_bag_that_is_not_the_sealed_one_is_recognised(tmp_path: Path) -> None:
    original = _sealed(seal(bag_files()))
    other = seal(bag_files({"data/a.txt": b"alpha"}))
    found = verify_bag(write(tmp_path, other), depth=Depth.FULL, expected=original)
    assert (codes(found), found.verdict) == ({"not-the-sealed-bag"}, "invalid")
    assert named(found, "not-the-sealed-bag") == {"data", "tagmanifest-sha512.txt"}
    same = verify_bag(tmp_path, depth=Depth.FAST, expected=_sealed(other))
    assert (same.findings, same.tag_manifest_digest) == ((), _sealed(other).tag_manifest_digest)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Paths put into this set fail with an I/O error when they are opened."""
    paths: set[str] = set()
    real = Tree.open_known

    def open_known(self: Tree, path: str, extra_flags: int = 0) -> tuple[int, os.stat_result]:
        if path in paths:
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return real(self, path, extra_flags)

    monkeypatch.setattr(Tree, "open_known", open_known)
    yield paths


ALONE = ["data/a.txt", "bag-info.txt", "bagit.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt"]


@pytest.mark.parametrize("path", ALONE)
def test_an_io_error_is_unreadable_and_accuses_nothing_of_damage(
    path: str, failing: set[str], tmp_path: Path
) -> None:
    failing.add(path)
    found = check(write(tmp_path, seal(bag_files())))
    assert codes(found) == {"unreadable"}
    assert named(found, "unreadable") == {path}
    assert (found.verdict, found.state) == ("unreadable", State.INCOMPLETE)


def test_a_manifest_that_cannot_be_read_is_not_said_to_lack_files(
    failing: set[str], tmp_path: Path
) -> None:
    failing.add("manifest-sha256.txt")
    found = check(write(tmp_path, seal(bag_files(algorithms=["sha256", "sha512"]))))
    assert (codes(found), found.checked_files) == ({"unreadable"}, 3)


def test_damage_outranks_what_could_not_be_read(failing: set[str], tmp_path: Path) -> None:
    failing.add("data/a.txt")
    files = seal(bag_files())
    files["data/sub/b.txt"] = b"atem"
    found = check(write(tmp_path, files))
    assert codes(found) == {"unreadable", "mismatch"}
    assert (found.verdict, found.state, found.checked_files) == ("invalid", State.UNSOUND, 2)


@pytest.mark.parametrize(
    ("trouble", "code", "state"),
    [
        ("missing", "missing", State.UNSOUND),
        ("unreadable", "unreadable", State.INCOMPLETE),
        ("not-a-file", "special-file-in-bag", State.UNSOUND),
        ("changed-while-reading", "changed-during-verification", State.INCOMPLETE),
    ],
)
def test_each_trouble_with_reading_has_its_own_code(
    trouble: str, code: str, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_all(tree: Tree, jobs: Iterable[ReadJob], **how: object) -> Iterator[ReadResult]:
        for result in really_read_all(tree, jobs, **how):  # type: ignore[arg-type]
            if result.job.path == "data/a.txt":
                result = result._replace(trouble=Trouble(trouble, "is in trouble", None, 3))
            yield result

    monkeypatch.setattr("archiver.verify.read_all", read_all)
    found = check(write(tmp_path, seal(bag_files())))
    assert (named(found, code), found.state) == ({"data/a.txt"}, state)
    assert found.findings[0].detail == {"offset": 3}
    assert found.checked_files == 2


UNPRIVILEGED = """
import sys
sys.path.insert(0, sys.argv[1])
from archiver.verify import Depth, verify_bag
found = verify_bag(".", depth=Depth[sys.argv[2]])
print(found.verdict, found.state.value, *[f"{one.code}:{one.path}" for one in found.findings])
"""


def _without_privileges(root: Path, depth: str = "FULL") -> list[str]:
    """Verify in a process that must keep to permissions; return what it says."""
    # From within, for a folder above may be closed to whoever has no privileges.
    program = os.fspath(Path(archiver.__file__).parents[1])
    command = [sys.executable, "-P", "-c", UNPRIVILEGED, program, depth]
    if os.geteuid() == 0:
        command = [require_tool("setpriv"), "--reuid=65534", "--clear-groups", *command]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "forbidden", ["data/sub", "data/a.txt", "manifest-sha512.txt", "fixity", "data"]
)
def test_what_may_not_be_read_is_unreadable_and_not_missing(forbidden: str, tmp_path: Path) -> None:
    root = write(tmp_path / "bag", seal(bag_files(blocks=True)))
    (root / forbidden).chmod(0)
    said = _without_privileges(root)
    assert said == ["unreadable", "incomplete", f"unreadable:{forbidden}"]


def test_a_folder_that_may_be_listed_but_not_entered_is_unreadable(tmp_path: Path) -> None:
    root = write(tmp_path / "bag", seal(bag_files()))
    (root / "data/sub").chmod(0o644)
    for depth in ("FULL", "FAST"):
        said = _without_privileges(root, depth)
        assert said == ["unreadable", "incomplete", "unreadable:data/sub/b.txt"]


def test_what_is_no_folder_is_a_usage_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name in ("file", "nothing"):
        with pytest.raises(UsageError) as raised:
            check(tmp_path / name)
        assert raised.value.advice


def test_an_empty_folder_is_no_bag(tmp_path: Path) -> None:
    found = check(tmp_path)
    assert found.verdict == "invalid"
    assert {"no-declaration", "no-payload-manifest", "no-payload-folder"} <= codes(found)


def test_findings_come_in_path_order(tmp_path: Path) -> None:
    files = seal(bag_files({f"data/{n}": b"x" for n in range(30)}))
    for path in [path for path in files if path.startswith("data/")]:
        files[path] = b"y"
    paths = [finding.path for finding in check(write(tmp_path, files)).findings]
    assert paths == sorted(f"data/{n}" for n in range(30))


def test_counts_that_do_not_add_up_are_an_internal_error_and_not_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.verify.read_all", lambda _, jobs, **__: iter(list(jobs)[:0]))
    with pytest.raises(ArchiverError, match="Internal error"):
        check(write(tmp_path, seal(bag_files())))


class _Watcher:
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        self.calls.append((phase, total_bytes, total_files))

    def advance(self, n_bytes: int, n_files: int) -> None:
        self.calls.append((n_bytes, n_files))

    def end(self) -> None:
        self.calls.append(("end",))


def test_progress_knows_the_totals_from_the_payload_oxum(tmp_path: Path) -> None:
    watcher = _Watcher()
    verify_bag(write(tmp_path, seal(bag_files())), depth=Depth.FULL, progress=watcher)
    assert watcher.calls[0] == ("verifying", 9, 3)
    assert watcher.calls[-1] == ("end",)
    assert len(watcher.calls) > 2
