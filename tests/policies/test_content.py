"""Rules about contents: each has a file that it is about, and one that it just is not about."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.audio.formats import FORMATS
from policies.content import ContentRules, Depth, FileFacts, judge_bag, judge_file, judge_info
from policies.content_codes import CONTENT, PARAMETERS, PROTECTION
from policies.policy import BUILTIN, builtin, read_policy
from policies.vocabulary import FORMAT_IDS
from tests.policies.contents import CASES, policy_of, wave, with_facts, with_record

UNSAFE = {chr(point) for point in (*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2028)}
OF_THE_BAG = {"bag-too-large", "bag-info-missing", "bag-info-recommended"}


def codes(facts: FileFacts, rules: ContentRules) -> set[str]:
    return {reason.code for reason in judge_file(facts, rules)}


@cache
def rules_of(name: str) -> ContentRules:
    return ContentRules.of(read_policy(builtin(name)))


def test_every_rule_about_contents_has_a_fixture() -> None:
    assert CASES.keys() | OF_THE_BAG == {rule.code for rule in CONTENT}
    assert PARAMETERS.keys() <= {rule.code for rule in CONTENT}


@pytest.mark.parametrize("code", CASES)
def test_a_rule_is_about_the_one_file_and_not_about_the_other(code: str) -> None:
    case = CASES[code]
    found = {reason.code: reason for reason in judge_file(case.hits, case.rules)}
    assert found[code].detail == case.detail
    assert found[code].clause
    assert found[code].advice
    assert code not in codes(case.misses, case.rules)


@pytest.mark.parametrize("code", sorted(CASES.keys() - {rule.code for rule in PROTECTION}))
def test_a_rule_that_is_not_in_force_is_not_asked(code: str) -> None:
    assert code not in codes(CASES[code].hits, ContentRules.of(read_policy(policy_of())))


def test_a_rule_has_the_level_that_the_policy_gives_it() -> None:
    text = policy_of('accepted = ["wav"]\n[formats.rules]\nformat-not-accepted = "in"')
    (reason,) = judge_file(FileFacts("a.mp3", 1, "mp3"), ContentRules.of(read_policy(text)))
    assert (reason.code, reason.level) == ("format-not-accepted", "in")


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ("", "empty"),
        (" \r\n", "empty"),
        ("A=PCM,F=96000\nA=PCM", "row 1 does not end in CR LF"),
        ("PCM 96 kHz", "row 1 is not of the form A=,F=,W=,M=,T=: 'PCM 96 kHz'"),
        ("A=PCM,F=96000,W=24\r\nF=96000", "row 2 is not of the form A=,F=,W=,M=,T=: 'F=96000'"),
        ("A=PCM,F=96000,W=16", "the last row says W=16, the sound has 24 bit"),
    ],
)  # fmt: skip
def test_a_coding_history_is_read_row_by_row(history: str, words: str) -> None:
    rules = CASES["bext-coding-history"].rules
    (reason,) = judge_file(wave(coding_history=history), rules)
    assert reason.detail == words


def test_a_coding_history_may_say_less_or_be_too_long_to_be_read() -> None:
    rules = CASES["bext-coding-history"].rules
    for history in ("A=PCM,M=mono,", {"size": 1, "blake3": "0"}):
        assert judge_file(wave(coding_history=history), rules) == ()
    assert [one.detail for one in judge_file(wave(coding_history=None), rules)] == ["empty"]


@pytest.mark.parametrize("text", ["", "x" * 32, "FRPHO0000000000012X0000123456789"])
def test_what_is_no_unique_source_identifier_is_none(text: str) -> None:
    assert judge_file(wave(originator_reference=text), CASES["bext-reference-r99"].rules) != ()


@pytest.mark.parametrize(
    ("changes", "code", "detail"),
    [
        ({"codec": None, "mode": None}, "master-lossy", "wav, of a coding not known"),
        ({"codec": "wavpack", "mode": "hybrid"}, "master-lossy", "wavpack (hybrid)"),
        ({"sample_rate": None}, "master-sample-rate", "not known"),
        ({"bit_depth": None}, "master-bit-depth", "not known"),
        ({"channels": None}, "master-channels", "not known"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_met(changes: Any, code: str, detail: str) -> None:
    found = {one.code: one.detail for one in judge_file(with_facts(**changes), CASES[code].rules)}
    assert found[code] == detail


def test_only_masters_are_held_to_what_masters_must_be() -> None:
    text = policy_of(
        'accepted = ["any"]\n[formats.master]\nfiles = ["Masters/**"]\nlossless = true\n'
        '[formats.rules]\nbext-time = "warn"\nstructure = "warn"'
    )
    rules = ContentRules.of(read_policy(text))
    lossy = with_record(
        wave(origination_time=""),
        facts={"codec": "mp3"},
        findings=[{"code": "audio-structure", "message": "odd"}],
    )
    assert codes(replace(lossy, path="Masters/x/a.wav"), rules) == {
        "master-lossy", "bext-time", "structure",
    }  # fmt: skip
    assert codes(replace(lossy, path="Copies/a.wav"), rules) == {"structure"}


def test_wma_inside_another_container_is_closed_too() -> None:
    rules = CASES["format-closed"].rules
    assert codes(with_facts(codec="wma2"), rules) == {"format-closed"}
    in_asf = FileFacts("a.wma", 1, "asf", record={"facts": {"codec": "wma2"}})
    assert [one.code for one in judge_file(in_asf, rules)] == ["format-closed"]


def test_flac_without_a_streaminfo_is_said_nothing_of() -> None:
    for code in ("flac-md5-missing", "flac-not-subset"):
        assert judge_file(FileFacts("a.flac", 1, "flac", record={}), CASES[code].rules) == ()


def test_a_missing_title_says_so_where_the_tags_could_not_be_read() -> None:
    facts = with_record(wave(), view=None, problem={"code": "tags-refused", "message": "64 MiB"})
    (reason,) = judge_file(facts, CASES["metadata-missing"].rules)
    assert reason.detail == "title, creator (it cannot be read)"


def test_several_identifiers_in_one_value_are_looked_at_one_by_one() -> None:
    one = "0f2b7e1c-3c1a-4d6e-9d8f-0123456789ab"
    rules = CASES["musicbrainz-malformed"].rules
    for text, fine in ((f"{one}/{one}", True), (f"{one}; x", False)):
        facts = wave(view={"musicbrainz": {"musicbrainz_artistid": text}})
        assert (judge_file(facts, rules) == ()) is fine


def test_values_in_info_that_are_no_text_are_passed_over() -> None:
    tags = [
        {"system": "riff-info", "key": "ICRD", "values": [{"base64": "AA=="}]},
        {"system": "id3v2.4", "key": "ICMT", "values": ["two\nlines"]},
    ]
    assert judge_file(with_record(wave(), tags=tags), CASES["info-icmt"].rules) == ()


def test_a_bag_may_be_as_large_as_allowed_and_no_larger() -> None:
    rules = ContentRules.of(read_policy(policy_of(packaging='largest-bag = "2 kB"')))
    assert judge_bag(2_000, rules) == ()
    (reason,) = judge_bag(2_001, rules)
    assert (reason.code, reason.level) == ("bag-too-large", "refuse")
    assert reason.detail == "2,001 bytes, 2 kB are allowed"
    assert judge_bag(1 << 60, rules_of("library")) == ()


def test_labels_that_are_wanted_are_missed_whatever_their_case() -> None:
    wanted = 'bag-required = ["Source-Organization"]\nbag-recommended = ["Contact-Name"]'
    rules = ContentRules.of(read_policy(policy_of(metadata=wanted)))
    assert [(one.code, one.level, one.detail) for one in judge_info([], rules)] == [
        ("bag-info-missing", "refuse", "Source-Organization"),
        ("bag-info-recommended", "warn", "Contact-Name"),
    ]
    assert judge_info(["source-organization", "CONTACT-NAME"], rules) == ()


@pytest.mark.parametrize("name", BUILTIN)
def test_what_a_built_in_policy_makes_us_read(name: str) -> None:
    shallow = {"library": Depth.MARKS, "aptrust": Depth.MARKS, "home": Depth.HEAD}
    assert rules_of(name).depth is shallow.get(name, Depth.RECORD)


@pytest.mark.parametrize("name", ["fadgi", "iasa-tc04", "radio"])
def test_a_master_without_fault_has_nothing_against_it(name: str) -> None:
    assert codes(wave(), rules_of(name)) == set()


def test_the_formats_a_policy_can_name_are_those_that_are_told_apart() -> None:
    assert set(FORMAT_IDS) == set(FORMATS)


@given(st.sampled_from(sorted(CASES)), st.sampled_from(BUILTIN))
def test_a_further_rule_never_takes_a_reason_away(code: str, name: str) -> None:
    rules, case = rules_of(name), CASES[code]
    more = replace(rules, levels={**case.rules.levels, **rules.levels})
    assert codes(case.hits, rules) <= codes(case.hits, more)


@given(st.sampled_from(BUILTIN), st.text(max_size=40), st.text(max_size=20), st.text(max_size=60))
def test_any_text_in_a_field_is_judged_and_shown_safely(
    name: str, first: str, second: str, third: str
) -> None:
    facts = wave(
        description=first, originator=second, originator_reference=third,
        origination_date=second, origination_time=second, coding_history=third,
        info={"IARL": first, "ICRD": second, "ICMT": third},
        view={"isrc": [first], "musicbrainz": {second: third}},
    )  # fmt: skip
    for reason in judge_file(facts, rules_of(name)):
        assert not UNSAFE & set(reason.sentence)
    assert judge_file(facts, rules_of(name)) == judge_file(facts, rules_of(name))
