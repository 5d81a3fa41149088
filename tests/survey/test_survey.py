"""The survey on real file systems: every kind of entry, and what becomes of it."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.survey import ReasonCount, Total
from policies.admission import AdmissionRules
from tests.survey.scene import Surveyed, run_survey, snapshot


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with one ordinary file in it."""
    root = tmp_path / "source"
    (root / "Album").mkdir(parents=True)
    (root / "Album" / "01.flac").write_bytes(b"sound")
    return root


@pytest.fixture
def deep_source(source: Path) -> Iterator[Path]:
    """A folder to dig deeper in than descriptors last.

    It is emptied afterwards, since pytest's own clean-up recurses.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    yield source
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    subprocess.run(["rm", "-rf", source / "d", source / ("d" * 199)], check=True)


def surveyed(source: Path) -> Surveyed:
    return run_survey(source, source.parent / "sheet.sqlite")


def test_an_ordinary_collection_is_admitted_and_its_folders_recorded(source: Path) -> None:
    found = surveyed(source)
    assert found.standings == {"Album": "recorded", "Album/01.flac": "in"}
    assert found.outcome.admitted == Total(1, 5)
    assert found.outcome.totals["recorded"] == Total(1, 0)
    assert found.outcome.reasons == ()
    assert not found.outcome.refused


def test_the_facts_of_each_entry_are_those_of_lstat(source: Path) -> None:
    os.utime(source / "Album/01.flac", ns=(1, -1_234_567_890_123_456_789))
    os.chmod(source / "Album/01.flac", 0o640)
    entry = surveyed(source).entries["Album/01.flac"]
    status = os.lstat(source / "Album/01.flac")
    assert entry.mtime_ns == -1_234_567_890_123_456_789
    assert (entry.size, entry.ctime_ns, entry.ino, entry.dev, entry.mode, entry.links) == (
        5, status.st_ctime_ns, status.st_ino, status.st_dev, 0o100640, 1,
    )  # fmt: skip


def test_entries_come_in_the_order_of_their_bytes(source: Path) -> None:
    for name in ("Album!", "Album.txt", "album", "Ä", "z", "Album/02", "😀", "\uffff"):
        (source / name).write_bytes(b"x")
    paths = [os.fsencode(path) for path in surveyed(source).entries]
    assert len(paths) == 10
    assert paths == sorted(paths)


@pytest.mark.parametrize("target", ["Album/01.flac", "Album", "nowhere", ".", "loop", "/"])
def test_a_symlink_of_any_kind_is_refused_with_its_target(source: Path, target: str) -> None:
    (source / "loop").symlink_to(target)
    found = surveyed(source)
    assert found.standings == {"Album": "recorded", "Album/01.flac": "in", "loop": "refused"}
    (reason,) = found.entries["loop"].reasons
    assert reason.sentence == f"a symbolic link to {target}"
    assert found.outcome.refused


def test_a_fifo_is_refused_and_never_opened(source: Path) -> None:
    os.mkfifo(source / "pipe")
    found = surveyed(source)  # would hang
    assert found.codes("pipe") == ["fifo"]
    assert found.outcome.refused


def test_a_socket_is_refused(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert surveyed(source).codes("socket") == ["socket"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
@pytest.mark.parametrize("kind", [0o020666, 0o060666], ids=["character", "block"])
def test_a_device_is_refused(source: Path, kind: int) -> None:
    try:
        os.mknod(source / "device", kind, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container makes no devices")
    assert surveyed(source).codes("device") == ["device"]


def test_every_offender_is_listed_not_only_the_first(source: Path) -> None:
    for number in range(50):
        (source / "Album" / f"link {number}").symlink_to("x")
    os.mkfifo(source / "pipe")
    found = surveyed(source)
    assert found.outcome.totals["refused"].entries == 51
    assert found.outcome.reasons == (
        ReasonCount("fifo", "refuse", 1),
        ReasonCount("symlink", "refuse", 50),
    )


def test_a_name_that_is_not_utf8_is_refused_with_its_bytes_shown(source: Path) -> None:
    folder = os.fsencode(source) + b"/M\xfcller"
    os.mkdir(folder)
    Path(os.fsdecode(folder + b"/caf\xe9.flac")).write_bytes(b"x")
    found = surveyed(source)
    path = os.fsdecode(b"M\xfcller/caf\xe9.flac")
    assert found.codes(path) == ["name-not-utf8"]
    assert found.codes(os.fsdecode(b"M\xfcller")) == ["name-not-utf8"]
    assert found.entries[path].reasons[0].sentence == "the name is not UTF-8: caf\\xE9.flac"


def test_normalisation_twins_are_refused_and_case_twins_warned_of(source: Path) -> None:
    for name in ("Ré.flac", "Re\u0301.flac", "Take", "take", "other"):
        (source / name).write_bytes(b"x")
    found = surveyed(source)
    assert found.codes("Ré.flac") == found.codes("Re\u0301.flac") == ["normalisation-twin"]
    assert found.codes("Take") == found.codes("take") == ["case-twin"]
    assert found.standings["Re\u0301.flac"] == "refused"
    assert found.standings["take"] == "in"
    assert found.codes("other") == []


def test_twin_folders_are_found_and_the_same_name_in_two_folders_is_no_twin(source: Path) -> None:
    for folder in ("Live", "live", "Deep/Live", "Album/a", "Album/A"):
        (source / folder).mkdir(parents=True)
        (source / folder / "01.flac").write_bytes(b"x")
    found = surveyed(source)
    twins = {path for path, entry in found.entries.items() if "case-twin" in entry.codes}
    assert twins == {"Live", "live", "Album/a", "Album/A"}


def test_a_twin_keeps_the_reasons_it_had_before(source: Path) -> None:
    (source / ".Take").write_bytes(b"")
    (source / ".take").write_bytes(b"x")
    assert surveyed(source).codes(".Take") == ["case-twin", "hidden", "zero-bytes"]


def test_more_twins_than_one_page_are_all_found(source: Path) -> None:
    for number in range(1_100):
        (source / f"t{number}").touch()
        (source / f"T{number}").touch()
    assert ReasonCount("case-twin", "warn", 2_200) in surveyed(source).outcome.reasons


def test_an_empty_folder_is_recorded_with_a_warning(source: Path) -> None:
    (source / "To do" / "empty").mkdir(parents=True)
    found = surveyed(source)
    assert found.standings["To do/empty"] == "recorded"
    assert found.codes("To do/empty") == ["empty-folder"]
    assert found.codes("To do") == []


def test_hard_links_sparse_files_and_odd_modes_come_in_and_are_noted(source: Path) -> None:
    os.link(source / "Album/01.flac", source / "again.flac")
    with open(source / "sparse.wav", "wb") as sparse:
        sparse.truncate(10 << 20)
    (source / "setuid").write_bytes(b"x")
    os.chmod(source / "setuid", 0o4755)
    (source / "open").write_bytes(b"x")
    os.chmod(source / "open", 0o666)
    (source / "nothing").touch()
    found = surveyed(source)
    assert found.codes("again.flac") == found.codes("Album/01.flac") == ["hard-link"]
    assert found.codes("sparse.wav") == ["sparse"]
    assert found.codes("setuid") == ["mode-setid"]
    assert found.codes("open") == ["mode-world-writable"]
    assert found.codes("nothing") == ["zero-bytes"]
    assert set(found.standings.values()) == {"in", "recorded"}
    assert found.outcome.admitted.bytes == 10 + (10 << 20) + 2


def test_the_policy_decides_what_keeps_a_source_out(source: Path) -> None:
    (source / ".DS_Store").write_bytes(b"x")
    rules = AdmissionRules.default({"system-file": "refuse"})
    found = run_survey(source, source.parent / "strict.sqlite", rules)
    assert found.standings[".DS_Store"] == "refused"
    assert not surveyed(source).outcome.refused


def test_a_tree_1500_levels_deep_is_surveyed_to_its_ground(deep_source: Path) -> None:
    fd = os.open(deep_source, os.O_RDONLY)
    for level in range(1_500):
        if level == 700:  # visited after all that is deeper, so reached again from the root
            os.mkdir("y", dir_fd=fd)
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=fd))
    os.mkdir("z", dir_fd=fd)
    os.close(os.open("z/file", os.O_WRONLY | os.O_CREAT, dir_fd=fd))
    os.close(fd)
    found = surveyed(deep_source)
    assert found.standings["/".join(["d"] * 1_500) + "/z/file"] == "in"
    assert "empty-folder" in found.codes("/".join(["d"] * 700) + "/y")
    assert len(found.entries) == 1_500 + 6
    assert not found.outcome.refused


def test_a_path_too_long_for_any_program_is_refused_and_not_followed(deep_source: Path) -> None:
    fd = os.open(deep_source, os.O_RDONLY)
    for _ in range(20):  # the 20th folder's path has 20 * 199 + 19 bytes
        os.mkdir("d" * 199, dir_fd=fd)
        below = os.open("d" * 199, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=fd))
    os.close(fd)
    found = surveyed(deep_source)
    assert list(found.standings.values()).count("refused") == 1
    assert found.codes("/".join(["d" * 199] * 20)) == ["path-too-long"]


def test_a_wide_folder_is_surveyed_in_several_bites(source: Path) -> None:
    for number in range(5_003):
        os.close(os.open(source / f"{number}", os.O_WRONLY | os.O_CREAT))
    found = surveyed(source)
    assert found.outcome.admitted.entries == 5_004


def test_the_survey_changes_nothing_in_the_source(source: Path) -> None:
    (source / "link").symlink_to("Album")
    (source / "empty").mkdir()
    os.mkfifo(source / "pipe")
    before = list(snapshot(str(source)))
    surveyed(source)
    assert list(snapshot(str(source))) == before


def test_not_even_access_times_change_for_the_owner(source: Path) -> None:
    old = (1_000_000_000, 2_000_000_000)
    for path in (source / "Album/01.flac", source / "Album", source):
        os.utime(path, ns=old)
    surveyed(source)
    assert [os.lstat(source / one).st_atime_ns for one in ("", "Album", "Album/01.flac")] == [
        1_000_000_000
    ] * 3


def test_no_descriptor_is_left_open(source: Path) -> None:
    (source / "a/b/c").mkdir(parents=True)
    before = os.listdir("/dev/fd")
    surveyed(source)
    assert os.listdir("/dev/fd") == before
