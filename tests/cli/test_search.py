"""``search`` and ``duplicates`` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audio import sounds
from tests.cli.workbench import package, run
from tests.conftest import write_tone


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bags: an album with tags, and a folder that holds some of it again."""
    root = tmp_path_factory.mktemp("search")
    first, second = root / "src" / "First", root / "src" / "Second"
    write_tone(first / "01 A.wav", 440)
    second.mkdir(parents=True)
    (second / "copy of A.wav").write_bytes((first / "01 A.wav").read_bytes())
    song = sounds.mp3()
    named = sounds.id3(sounds.title("Lied \x1b[2J"), sounds.id3_frame(b"TSRC", b"\x03DEA128700001"))
    (first / "song.mp3").write_bytes(named + song)
    (second / "song.mp3").write_bytes(sounds.id3(sounds.title("Chanson")) + song)
    (second / "Lied.txt").write_text("words\n")
    place = root / "archive"
    assert package(root / "src", place, "--each").code == 0
    return place


def test_a_recording_is_found_by_its_title_and_a_text_by_its_name(archive: Path) -> None:
    done = run("search", "lied", "-a", archive)
    first, said, second, _ = done.out.splitlines()
    assert done.code == 0
    assert first.endswith("/data/song.mp3")
    assert said.startswith("  Lied \\x1b[2J · mp3, 0:00.5")
    assert second.endswith("/data/Lied.txt")


def test_what_a_hit_names_can_be_shown(archive: Path) -> None:
    place = run("search", "chanson", "-a", archive).out.splitlines()[0]
    shown = run("show", place, "-a", archive, "--tags", "--chunks")
    assert shown.code == 0
    assert shown.out.splitlines()[0] == place
    assert "title         Chanson" in shown.out
    assert "TIT2" in shown.out
    assert "ID3v2" in shown.out
    record = run("show", place, "-a", archive, "--json").record("recording")
    assert (record["bag"], record["path"]) == tuple(place.split("/", 1))


def test_a_bag_is_shown_with_what_its_recordings_come_to(archive: Path) -> None:
    bag = run("list", "-a", archive, "--json").records("bag")[0]["id"]
    done = run("show", bag, "-a", archive)
    assert "2 recordings" in done.out
    summed = run("show", bag, "-a", archive, "--json").record("recordings")
    assert summed["formats"] == {"wav": 1, "mp3": 1}
    assert summed["rights"]["basis"] == "own-production"
    alone = run("show", next(archive.glob(f"bags/*/{bag}")))
    assert "Bagging-Date" in alone.out


def test_a_file_outside_any_bag_is_probed(tmp_path: Path) -> None:
    write_tone(tmp_path / "loose.wav")
    done = run("show", tmp_path / "loose.wav")
    assert (done.code, "WAVE" in done.out) == (0, True)


def test_a_bag_whose_records_are_gone_is_shown_as_far_as_it_is_known(
    tone_folder: Path, tmp_path: Path
) -> None:
    assert package(tone_folder, tmp_path / "archive").code == 0
    (bag,) = (tmp_path / "archive").glob("bags/*/*")
    (bag / "metadata").chmod(0o755)
    (bag / "metadata/audio.jsonl").unlink()
    done = run("show", bag.name, "-a", tmp_path / "archive")
    assert (done.code, "payload" in done.out) == (4, True)
    assert "audio.jsonl cannot be read" in done.err


def test_every_hit_is_a_record_and_the_last_tells_how_many(archive: Path) -> None:
    done = run("search", "song", "--limit", "1", "--json", "-a", archive)
    (hit,) = done.records("hit")
    assert (hit["path"], hit["isrc"], hit["media_format"]) == (
        "data/song.mp3",
        "DEA128700001",
        "mp3",
    )
    assert done.record("search") == {"type": "search", "hits": 1, "more": True}
    done = run("search", "song", "--limit", "0", "--json", "-a", archive)
    assert done.record("search") == {"type": "search", "hits": 2, "more": False}


def test_fields_narrow_the_search(archive: Path) -> None:
    assert len(run("search", "--isrc", "de-a12-87-00001", "-a", archive).out.splitlines()) == 2
    found = run("search", "--format", "wav", "--name", "copy", "--json", "-a", archive)
    assert [hit["path"] for hit in found.records("hit")] == ["data/copy of A.wav"]
    (bag,) = {hit["bag"] for hit in found.records("hit")}
    assert (
        len(run("search", "--name", "a", "--bag", bag, "--json", "-a", archive).records("hit")) == 1
    )


def test_nothing_found_is_an_answer_and_says_what_finds_more(archive: Path) -> None:
    done = run("search", "zither", "-a", archive)
    hint = "  Whole words are looked for; 'zither*' finds longer ones, too.\n"
    assert (done.code, done.out, done.err) == (0, "", f"nothing found\n{hint}")
    assert run("search", "zither*", "-a", archive).err == "nothing found\n"


@pytest.mark.parametrize("words", [[], ["--", "***"], ["song", "--bag", "none"]])
def test_a_search_for_nothing_or_nowhere_is_refused(words: list[str], archive: Path) -> None:
    assert run("search", "-a", archive, *words).code == 2


def test_duplicates_are_told_level_by_level_and_nothing_is_deleted(archive: Path) -> None:
    done = run("duplicates", "-a", archive)
    assert done.code == 0
    assert "every byte" not in done.out
    heads = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert heads == [
        "The same file, byte for byte",
        "The same coded sound in files that differ (tags, container)",
    ]
    assert "Nothing was deleted" in done.err
    assert "song.mp3" in done.out


def test_duplicates_are_records_too(archive: Path) -> None:
    done = run("duplicates", "-a", archive, "--level", "file", "--json")
    group = done.record("group")
    assert (group["by"], group["files"], group["bags"]) == ("blake3", 2, 2)
    assert [row["path"] for row in done.records("file")] == ["data/01 A.wav", "data/copy of A.wav"]
    assert done.record("duplicates")["extra_bytes"] == group["extra_bytes"] == 1644
    assert run("duplicates", "-a", archive, "--bag", "none").code == 2


def test_groups_beyond_the_limit_are_counted(archive: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        for hertz in (300, 400, 500):
            write_tone(tmp_path / "src" / name / f"{hertz}.wav", hertz)
    assert package(tmp_path / "src", tmp_path / "archive").code == 0
    done = run("duplicates", "-a", tmp_path / "archive", "--limit", "2")
    assert done.out.count("2 files") == 2
    assert "1 groups not shown" in done.err
    assert run("duplicates", "-a", archive, "-q", "--level", "isrc").text == ""
