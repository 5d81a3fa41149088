"""Damage from before the archive: one mechanism for every witness."""

from __future__ import annotations

import pytest

from archiver.audio import codes as _audio  # noqa: F401 - registers the codes looked up below
from archiver.audio.examination import AudioExamination
from archiver.findings import Finding, state_of
from archiver.packaging.damage import weighed
from archiver.packaging.recordings_tally import RecordingsTally
from archiver.sidecars import report as _sidecars  # noqa: F401 - registers the codes, too
from archiver.state import State


@pytest.mark.parametrize("code", ["prior-mismatch", "audio-damaged"])
def test_damage_refuses_until_it_is_accepted_and_then_carries_the_reason(code: str) -> None:
    found = [Finding(code, "it is not as it was", "one.flac", detail={"places": 1})]
    assert state_of(weighed(found, None)) is State.REFUSED
    (taken,) = weighed(found, "the only copy")
    assert taken.state is State.SOUND
    assert taken.code == f"{code}-accepted"
    assert taken.detail == {"places": 1, "accepted": "the only copy"}


def test_nothing_but_damage_can_be_accepted() -> None:
    found = [Finding("prior-unread", "gone", "a"), Finding("audio-structure", "odd", "b")]
    assert weighed(found, "all there is") == found


def test_of_thousands_of_findings_a_thousand_are_told_and_the_rest_is_counted() -> None:
    tally = RecordingsTally()
    odd = {"code": "audio-structure", "message": "odd"}
    for number in range(1_234):
        tally.take(f"{number}.wav", AudioExamination({"format": "wav"}, None, "structure", (odd,)))
    told = list(tally.findings())
    assert len(told) == 1_001
    assert told[-1].message == "234 more recordings"
    assert tally.verdicts == {"structure": 1_234}


def test_what_is_no_recording_is_not_counted_among_them() -> None:
    tally = RecordingsTally()
    tally.take("notes.txt", AudioExamination({"format": None}, None, "not-checkable", ()))
    assert tally.verdicts == {}
