"""``package`` as a whole: the same bag each time, its events, its progress, its memory."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.errors import BusyError, EnvironmentUnusable
from archiver.events import EventLog, LogBrokenError
from archiver.packaging.folders import remove_tree
from archiver.state import State
from archiver.verify import Depth, verify_bag
from tests.conftest import write_tone
from tests.packaging.conftest import _no_tags, real_tags, tmp_path
from tests.packaging.scene import (
    CLOCK,
    HOSTILE_NAMES,
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    content_of,
    make_source,
    new_archive,
    noise,
    run,
    staged,
    visible,
)

__all__ = ["_no_tags", "real_tags", "tmp_path"]

MIB = 1 << 20
FILES = {
    "big.wav": noise(9 * MIB + 1),
    "next.wav": noise(MIB + 4096, 2),
    **{f"few/{name}": name.encode() * 99 for name in HOSTILE_NAMES},
    **{f"many/{n:03}": noise(n, n) for n in range(600)},
}


@pytest.mark.usefixtures("real_tags")
def test_the_same_source_clock_and_id_make_the_same_bag_whatever_the_workers(
    tmp_path: Path,
) -> None:
    source = make_source(tmp_path / "Album", {**FILES, "few/e": b""})
    write_tone(source / "tone.wav")
    (source / "nothing").mkdir()
    bags = [
        content_of(
            bag_of(run(new_archive(tmp_path / f"archive-{workers}"), source, workers=workers))
        )
        for workers in (1, 2, 5)
    ]
    assert bags[0] == bags[1] == bags[2]
    audio = bags[0]["metadata/audio.jsonl"]
    assert audio.count(b"\n") == len(FILES) + 2


def test_a_bag_taken_up_after_a_crash_is_the_same_as_an_undisturbed_one(tmp_path: Path) -> None:
    source = make_source(tmp_path / "Album", FILES)
    disturbed = new_archive(tmp_path / "disturbed")
    child = os.fork()
    if child == 0:
        try:
            _die_while_describing(disturbed, source)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert visible(disturbed) == []
    assert len(staged(disturbed)) == 1
    watcher = _Watcher()
    outcome = run(disturbed, source, progress=watcher)
    assert tuple(watcher.done["copying"]) == watcher.totals["copying"] != (0, 0)
    undisturbed = bag_of(run(new_archive(tmp_path / "undisturbed"), source))
    assert content_of(bag_of(outcome)) == content_of(undisturbed)
    assert staged(disturbed) == []
    assert_books_agree(disturbed)


def _die_while_describing(archive: Archive, source: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archiver.packaging.production.describe_bag", lambda *_: os._exit(9))
        run(archive, source)


def test_the_events_say_what_the_bag_says_and_the_catalogue_is_what_rebuild_would_make(
    tmp_path: Path,
) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "Album", {"a.wav": noise(MIB * 2), "b": b""})
    bag = bag_of(run(archive, source, bag_id="tape-1"))
    tag_manifest = (bag / "tagmanifest-sha512.txt").read_bytes()
    first, packaged, sealed = EventLog(archive.log, CLOCK).read()
    assert (first.type, packaged.type, sealed.type) == ("init", "package", "seal")
    common = {
        "payload_bytes": MIB * 2,
        "payload_digest": blake3((bag / "fixity/blake3.txt").read_bytes()).hexdigest(),
        "payload_files": 2,
        "policy_digest": hashlib.sha256(archive.policy_path.read_bytes()).hexdigest(),
        "source_name": "Album",
    }
    answers = [{"count": 1, "number": number, "statements": ["R-1"]} for number in (0, 1)]
    rights = {"answers": answers, "as_of": "2026-01-02", "rights_file_sha256": None}
    assert packaged.detail == {**common, "rights": rights, "warnings": {"zero-bytes": 1}}
    assert sealed.detail == {
        **common,
        "bag_version": "1.0",
        "basis": "own-production",
        "read_back": sealed.detail["read_back"],
        "tag_manifest_digest": hashlib.sha512(tag_manifest).hexdigest(),
    }
    assert sum(sealed.detail["read_back"].values()) == 2
    assert (packaged.bag, sealed.bag, sealed.outcome) == ("tape-1", "tape-1", "success")
    assert sealed.agent.user == "ann"
    with Catalogue.open(archive.catalogue_url) as catalogue:
        row = catalogue.bag("tape-1")
        assert row is not None
        assert (row.payload_files, row.payload_bytes, row.basis) == (2, MIB * 2, "own-production")
    assert_books_agree(archive)


class _Watcher:
    """Adds up what progress says, by phase."""

    def __init__(self) -> None:
        self.totals: dict[str, tuple[int | None, int | None]] = {}
        self.done: dict[str, list[int]] = {}
        self.open: list[str] = []
        self._guard = threading.Lock()

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        self.totals[phase] = (total_bytes, total_files)
        self.done[phase] = [0, 0]
        self.open.append(phase)

    def advance(self, n_bytes: int, n_files: int) -> None:
        with self._guard:
            self.done[self.open[-1]][0] += n_bytes
            self.done[self.open[-1]][1] += n_files

    def end(self) -> None:
        self.open.pop()


def test_progress_adds_up_to_its_totals(tmp_path: Path) -> None:
    archive, source = new_archive(tmp_path / "archive"), make_source(tmp_path / "Album", FILES)
    total = (sum(map(len, FILES.values())), len(FILES))
    watcher = _Watcher()
    run(archive, source, progress=watcher)
    assert watcher.totals["copying"] == total
    assert tuple(watcher.done["copying"]) == total
    assert watcher.done["examining recordings"][1] == len(FILES)
    assert watcher.open == []
    again = _Watcher()
    run(archive, source, progress=again)
    assert tuple(again.done["comparing"]) == total == again.totals["comparing"]
    assert again.open == []


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_tree_of_any_names_is_packaged_byte_for_byte(
    tmp_path: Path, data: st.DataObject
) -> None:
    names = st.text("aB9%\n\r\\\"'\u2028\x85\x0b\t *~$.-é\U0001f3b5\u202e", min_size=1, max_size=12)
    names = names.filter(lambda name: name not in (".", ".."))
    files = data.draw(
        st.dictionaries(
            st.lists(names, min_size=1, max_size=4).map("/".join),
            st.binary(max_size=40) | st.just(noise(MIB + 1)),
            min_size=1, max_size=12,
        )
    )  # fmt: skip
    place = Path(tempfile.mkdtemp(dir=tmp_path))
    try:
        source = make_source(place / "source", _without_clashes(files))
        outcome = run(new_archive(place / "archive"), source)
        assert outcome.state is State.SOUND, outcome
        bag = bag_of(outcome)
        assert content_of(bag / "data") == content_of(source)
        assert verify_bag(bag, depth=Depth.FULL).verdict == "valid"
        assert verify_bag(bag, depth=Depth.BLAKE3).verdict == "sound-by-blake3"
    finally:
        remove_tree(place)


def _without_clashes(files: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out files whose name is a folder's too."""
    return {
        name: content
        for name, content in files.items()
        if not any(other.startswith(f"{name}/") for other in files)
    }


_MEASURE = """
import resource, sys
from pathlib import Path
from archiver.archive import open_archive
from tests.packaging.conftest import NoTags
import archiver.packaging.examining
from tests.packaging.scene import run
archiver.packaging.examining.TagReader = NoTags
run(open_archive(sys.argv[1]), sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    peaks = []
    for number in (300, 6_000):
        source = tmp_path / f"source-{number}"
        source.mkdir()
        for n in range(number):
            (source / f"{n:06} a name of ordinary length.wav").write_bytes(b"%d" % n)
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, archive.root, source],
            cwd=Path(__file__).parent.parent, capture_output=True, check=True, text=True,
        )  # fmt: skip
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 40 * 1024, peaks


def test_a_log_that_is_damaged_stops_the_run_before_anything_is_copied(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "Album", {"x": b"x"})
    (log,) = archive.log.glob("0*.jsonl")
    log.write_bytes(log.read_bytes().replace(b"init", b"inIt"))
    with pytest.raises(LogBrokenError):
        run(archive, source)
    assert (visible(archive), staged(archive)) == ([], [])


def test_while_another_run_holds_the_archive_nothing_is_done(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "Album", {"x": b"x"})
    with archive.writer_lock("test", CLOCK()), pytest.raises(BusyError):
        run(archive, source)
    assert (visible(archive), staged(archive)) == ([], [])


def test_a_process_out_of_descriptors_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "Album", {f"{n}/x": b"x" for n in range(5)})

    def too_many(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr("archiver.packaging.staging.Tree", too_many)
        with pytest.raises(EnvironmentUnusable, match="Too many open files"):
            run(archive, source)
    assert (visible(archive), staged(archive)) == ([], [])


@pytest.mark.usefixtures("real_tags")
def test_tags_are_read_from_the_copy_and_a_broken_file_is_only_a_finding(
    tmp_path: Path,
) -> None:
    source = make_source(tmp_path / "Album", {"broken.flac": b"fLaC" + b"\xff" * 99})
    write_tone(source / "tone.wav")
    outcome = run(new_archive(tmp_path / "archive"), source)
    assert outcome.state is State.SOUND
    lines = (bag_of(outcome) / "metadata/audio.jsonl").read_bytes().splitlines()
    records = {record["path"]: record for record in map(json.loads, lines)}
    assert records["data/tone.wav"]["format"]
    assert records["data/broken.flac"]["problem"]["code"] in codes(outcome)
    assert {finding.path for finding in outcome.findings} == {"broken.flac"}
    assert_valid(bag_of(outcome))
