"""A fire drill: every harm is done to a copy alone, and is noticed and told, or that is said."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from mutagen.id3 import TIT2
from mutagen.wave import WAVE

from archiver.archive import open_archive
from archiver.drill.harms import HARMS, Done
from archiver.drill.run import FIRED, MISSED, Drill, Heard, Result, judged
from archiver.rebuild import check_catalogue
from archiver.state import State
from tests.cli.workbench import Said, package, run
from tests.conftest import write_tone
from tests.packaging.scene import snapshot
from tests.reverify.scene import spoil
from tests.telling.servers import mail_server, web_server
from tests.tools import require_tool

NAMES = [harm.name for harm in HARMS]


def make_archive(place: Path) -> Path:
    """An archive of a bag of two recordings with titles, and one of a text."""
    for name, hertz in (("01.wav", 440), ("02.wav", 523)):
        write_tone(place / "album" / name, hertz, seconds=1.0)
        recording: Any = WAVE(place / "album" / name)  # type: ignore[no-untyped-call]
        recording.add_tags()
        recording.tags.add(TIT2(encoding=3, text=[f"tone of {hertz}"]))  # type: ignore[no-untyped-call]
        recording.save()
    (place / "text").mkdir()
    (place / "text" / "only.txt").write_text("words\n")
    for name in ("album", "text"):
        assert package(place / name, place / "archive", "--id", name).code == 0
    return place / "archive"


@dataclass
class Held:
    """A whole drill that was held, and what was there before and heard of it."""

    archive: Path
    before: dict[str, Any]
    said: Said
    letters: list[tuple[list[str], Message, bool]]
    pings: list[tuple[str, str]]
    hooked: list[dict[str, Any]]
    left: list[str]
    figures: str

    def harms(self) -> dict[str, dict[str, Any]]:
        """What was said of each harm."""
        return {one["harm"]: one for one in self.said.records("drill-harm")}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """Hold one drill with all ways of telling."""
    place = tmp_path_factory.mktemp("drill")
    archive, room = make_archive(place), place / "room"
    room.mkdir()
    script, figures = place / "hook.py", place / "archive.prom"
    script.write_text(f"import sys; open({str(place / 'hooked')!r}, 'a').write(sys.stdin.read())")
    figures.write_text("figures of the real archive\n")
    before = snapshot(archive / "bags")
    with mail_server() as (server, box), web_server() as (url, told):
        said = run(
            "drill", "-a", archive, "--in", room, "--json", "--mail-to", "a@example.org",
            "--smtp", server, "--hook", f"'{sys.executable}' '{script}'", "--ping", url,
            "--textfile", figures, no_proxy="*", ARCHIVER_SMTP="",
        )  # fmt: skip
    hooked = [json.loads(line) for line in (place / "hooked").read_text().splitlines()]
    left = [*os.listdir(room), *(one.name for one in place.glob("*.prom"))]
    yield Held(archive, before, said, box.letters, told, hooked, left, figures.read_text())


def test_every_harm_is_found_reported_told_and_ends_in_its_own_exit_code(held: Held) -> None:
    assert held.said.code == 0, held.said.text
    harms = held.harms()
    assert list(harms) == NAMES
    assert {one["outcome"] for one in harms.values()} == {"fired"}, harms
    assert {name: one["exit"] for name, one in harms.items()} == {
        "flip": 3, "truncate": 3, "delete": 3, "swap": 3, "retag": 7, "unreadable": 4,
        "unmount": 4, "nothing": 0,
    }  # fmt: skip
    assert harms["unmount"]["codes"] == ["store-offline"]
    assert harms["unreadable"]["codes"] == ["unreadable"]
    assert len(harms["swap"]["paths"]) == 2
    assert all(one["told"] == ["mail", "hook", "ping", "textfile"] for one in harms.values())


def test_nobody_can_take_what_is_told_for_real(held: Held) -> None:
    assert len(held.letters) == len(held.hooked) == len(NAMES)
    for _, letter, _ in held.letters:
        assert str(letter["subject"]).startswith("[DRILL] ")
        assert letter.get_content().startswith("[DRILL] This is a fire drill")  # type: ignore[attr-defined]
    endings = [body for path, body in held.pings if not path.endswith("/start")]
    assert all(body.startswith("[DRILL] ") for body in endings)
    assert [path for path, _ in held.pings][-1] == "/ping/abc"  # the last word is: all is well
    assert all(record["drill"] is True for record in held.hooked)


def test_the_bags_are_as_they_were_and_nothing_is_left_of_the_drill(held: Held) -> None:
    assert snapshot(held.archive / "bags") == held.before
    assert held.left == ["archive.prom"]
    assert held.figures == "figures of the real archive\n"
    archive = open_archive(held.archive)
    assert not archive.is_drill
    assert check_catalogue(archive).findings == ()


def test_the_drill_is_an_event_that_history_status_and_watch_tell(held: Held) -> None:
    last = run("history", "-a", held.archive, "--json").records("history")[-1]
    assert (last["event"], last["bag"], last["outcome"]) == ("drill", None, "passed")
    assert last["detail"]["bag"] == "album"
    assert last["detail"]["harms"] == dict.fromkeys(NAMES, "fired")
    assert last["detail"]["channels"] == ["mail", "hook", "ping", "textfile"]
    told = run("history", "-a", held.archive).out
    assert "fire drill on a copy of album: passed, 8 of 8 fired; told by mail, hook" in told
    for command in ("status", "watch"):
        drill = run(command, "-a", held.archive, "--json").record(command)["drill"]
        assert (drill["last"]["outcome"], drill["overdue"]) == ("passed", False)
        assert re.search(r"fire drill:? +20..-..-..: passed", run(command, "-a", held.archive).out)


def test_a_drill_that_the_policy_wants_is_asked_for_in_time(held: Held) -> None:
    policy = held.archive / "policy.toml"
    text = policy.read_text()
    policy.write_text(text.replace("\n[fixity]\n", '\n[fixity]\ndrill = "1 year"\n'))
    late = {"ARCHIVER_CLOCK": "2099-01-01T00:00:00Z"}
    assert "one is due: archiver drill" in run("status", "-a", held.archive, **late).out
    assert run("status", "-a", held.archive, "--json").record("status")["drill"]["overdue"] is False
    policy.write_text(text)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive on which no whole drill is held."""
    return make_archive(tmp_path_factory.mktemp("quiet"))


def drills(archive: Path) -> list[str]:
    """How the drills in the log ended."""
    events = run("history", "-a", archive, "--json").records("history")
    return [one["outcome"] for one in events if one["event"] == "drill"]


def test_of_the_archives_bags_no_file_is_ever_opened_for_writing(
    archive: Path, tmp_path: Path
) -> None:
    tool, trace = require_tool("strace"), tmp_path / "trace"
    watched = [tool, "-f", "-qq", "-y", "-s", "4096", "-e", "trace=%file", "-o", str(trace)]
    drill = [sys.executable, "-P", "-m", "cli", "drill", "-a", str(archive), "--harm", "swap"]
    done = subprocess.run([*watched, *drill, "--no-notify"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    place = f"{archive}/bags/"
    touched = [line for line in trace.read_text(errors="replace").splitlines() if place in line]
    opened = [line for line in touched if " open" in line]
    assert any("/data/" in line for line in opened)  # the copy was made of it
    assert [line for line in opened if re.search("O_(WRONLY|RDWR|CREAT|TRUNC)", line)] == []
    changing = re.compile(r" (unlink|rename|chmod|fchmodat|chown|truncate|utime|mkdir|rmdir|link)")
    assert [line for line in touched if changing.search(line)] == []


def test_when_nobody_would_be_told_that_is_said_loudly_and_a_dry_run_does_nothing(
    archive: Path,
) -> None:
    before = drills(archive)
    said = run("drill", "-a", archive, "--dry-run")
    assert said.code == 0
    assert "NOBODY WOULD BE TOLD" in said.err
    assert "never the bag itself" in said.err
    assert drills(archive) == before


def test_a_whole_drill_of_which_nobody_heard_is_incomplete() -> None:
    results = (Result(FLIP, FIRED),)
    whole, part = (Drill("a", results, (), part, 1.0) for part in (False, True))
    assert (whole.outcome, whole.state) == ("incomplete", State.INCOMPLETE)
    assert (part.outcome, part.state) == ("partial", State.SOUND)
    assert Drill("a", results, ("mail",), False, 1.0).outcome == "passed"


def test_a_part_of_a_drill_is_kept_in_the_log_and_counts_as_none(archive: Path) -> None:
    before = run("status", "-a", archive, "--json").record("status")["drill"]
    assert run("drill", "-a", archive, "--harm", "unmount", "--no-notify").code == 0
    assert drills(archive)[-1] == "partial"
    assert run("status", "-a", archive, "--json").record("status")["drill"] == before


def test_a_way_of_telling_that_fails_fails_the_drill(archive: Path) -> None:
    said = run("drill", "-a", archive, "--harm", "nothing", "--hook", "false", "--json")
    (result,) = said.records("drill-harm")
    assert (said.code, result["outcome"], result["not_told"]) == (3, "missed", ["hook"])
    assert result["amiss"] == ["not told by hook"]
    assert drills(archive)[-1] == "failed"


def test_a_text_file_that_no_collector_reads_is_not_mended_for_the_drill(
    archive: Path, tmp_path: Path
) -> None:
    figures = tmp_path / "archive.txt"
    said = run("drill", "-a", archive, "--harm", "nothing", "--textfile", figures, "--json")
    (result,) = said.records("drill-harm")
    assert (said.code, result["not_told"], list(tmp_path.iterdir())) == (3, ["textfile"], [])


def test_what_cannot_be_tried_does_not_count_as_passed(archive: Path) -> None:
    words = ("drill", "-a", archive, "--bag", "text", "--harm", "swap", "--harm", "retag")
    said = run(*words, "--no-notify", "--json")
    assert said.code == 4
    assert [one["outcome"] for one in said.records("drill-harm")] == ["not-tried", "not-tried"]
    assert drills(archive)[-1] == "incomplete"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--in", "{archive}/log"), "lies in the archive"),
        (("--in", "{archive}"), "lies in the archive"),
        (("--in", "/nowhere/at all"), "is no folder"),
        (("--bag", "nobody"), "holds no bag"),
        (("--max-size", "3"), "there is no bag of at most 3 bytes"),
        (("--no-notify", "--hook", "true"), "contradicts"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_done(
    archive: Path, words: tuple[str, ...], why: str
) -> None:
    before = drills(archive)
    said = run("drill", "-a", archive, *(word.format(archive=archive) for word in words))
    assert (said.code, drills(archive)) == (2, before)
    assert why in said.err


def test_a_bag_that_is_not_sound_is_no_bag_to_harm(tmp_path: Path) -> None:
    archive = make_archive(tmp_path)
    (file,) = archive.glob("bags/*/album/data/01.wav")
    spoil(file, 100)
    said = run("drill", "-a", archive, "--in", tmp_path, "--bag", "album")
    assert said.code == 3
    assert "not sound before any harm" in said.err
    assert list(tmp_path.glob("archiver-drill-*")) == []


FLIP = next(harm for harm in HARMS if harm.name == "flip")
OFFLINE = next(harm for harm in HARMS if harm.name == "unmount")
NOTHING = next(harm for harm in HARMS if harm.name == "nothing")
FOUND = {"type": "finding", "code": "mismatch", "path": "data/a"}
RUN = {"type": "run", "state": "unsound"}
TOLD = {"type": "told", "ways": ["mail"]}
RIGHT = Heard(3, (FOUND, RUN, TOLD))


@pytest.mark.parametrize(
    ("heard", "amiss"),
    [
        (RIGHT, ""),
        (replace(RIGHT, exit=0), "exit code 0, not 3"),
        (replace(RIGHT, records=(RUN, TOLD)), "data/a was not found mismatch"),
        (replace(RIGHT, records=({**FOUND, "path": "data/b"}, RUN, TOLD)), "data/a was not found"),
        (replace(RIGHT, records=(FOUND, {**RUN, "state": "sound"}, TOLD)), "the report says sound"),
        (replace(RIGHT, records=(FOUND, TOLD), said="it broke"), "the report says nothing: it bro"),
        (replace(RIGHT, records=(FOUND, RUN)), "not told by mail"),
    ],
)
def test_a_chain_that_is_silent_in_any_part_is_found_out(heard: Heard, amiss: str) -> None:
    result = judged(FLIP, Done(("data/a",)), heard, ["mail"], 3)
    assert result.outcome == (MISSED if amiss else FIRED)
    assert amiss in "; ".join(result.amiss)
    assert result.state is (State.UNSOUND if amiss else State.SOUND)


def test_an_alarm_about_nothing_and_many_about_one_thing_are_found_out() -> None:
    alarm = Heard(0, ({**FOUND, "code": "transient"}, {**RUN, "state": "sound"}))
    assert judged(NOTHING, Done(()), alarm, [], 0).amiss == ("an alarm about nothing: transient",)
    offline = {"type": "finding", "code": "store-offline", "path": "bags"}
    many = Heard(4, (offline, offline, {**RUN, "state": "incomplete"}))
    assert judged(OFFLINE, Done(("bags",)), many, [], 4).amiss == ("2 findings for one thing",)
