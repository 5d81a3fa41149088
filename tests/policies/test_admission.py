"""Admission: what becomes of each kind of entry, and what a policy may change."""

from __future__ import annotations

import stat

import pytest

from policies.admission import AdmissionRules, judge_entry, judge_source, judge_twins
from policies.codes import ADMISSION, SOURCE, Level
from policies.facts import EntryFacts, SourceFacts
from policies.verdicts import EntryVerdict, Reason

RULES = AdmissionRules.default()
FILE = EntryFacts("Album/01 Track.flac", "file", 10_000, stat.S_IFREG | 0o644, 1, 12_288)
FOLDER = EntryFacts("Album", "directory", 4_096, stat.S_IFDIR | 0o755, 2, 4_096)
FIXED = [rule.code for rule in ADMISSION if rule.fixed]


def outcome(facts: EntryFacts, rules: AdmissionRules = RULES) -> tuple[str, list[tuple[str, str]]]:
    verdict = judge_entry(facts, rules)
    return verdict.standing, [(reason.code, reason.level) for reason in verdict.reasons]


def test_an_ordinary_file_is_in_and_there_is_nothing_to_say() -> None:
    verdict = judge_entry(FILE, RULES)
    assert verdict == EntryVerdict("in")
    assert verdict.code == "ordinary"


def test_an_ordinary_folder_is_recorded() -> None:
    assert judge_entry(FOLDER, RULES) == EntryVerdict("recorded")


ENTRIES = [
    (FILE._replace(path="a/.hidden"), "in", [("hidden", "in")]),
    (FILE._replace(path="a/desktop.ini"), "in", [("system-file", "in")]),
    (FILE._replace(links=2), "in", [("hard-link", "in")]),
    (FILE._replace(size=10_000_000), "in", [("sparse", "in")]),
    (FILE._replace(path="a/b\x1bc"), "in", [("name-control", "warn")]),
    (FILE._replace(path="a/b\u202ec"), "in", [("name-bidi", "warn")]),
    (FILE._replace(path="a/b\u2028c"), "in", [("name-line-look-alike", "warn")]),
    (FILE._replace(path="a/b "), "in", [("name-blank-end", "warn")]),
    (FILE._replace(path="a/b."), "in", [("name-dot-end", "warn")]),
    (FILE._replace(path="a/NUL.wav"), "in", [("name-windows-reserved", "warn")]),
    (FILE._replace(path="é" * 128), "in", [("name-long", "warn")]),
    (FILE._replace(path="abc/" * 60 + "a"), "in", [("path-long", "warn")]),
    (FILE._replace(path="éb/" * 80 + "a"), "in", [("path-long", "warn")]),
    (FILE._replace(path="abc/" * 950 + "a"), "refused", [("path-too-long", "refuse")]),
    (FILE._replace(size=0), "in", [("zero-bytes", "warn")]),
    (FILE._replace(mode=0o104755), "in", [("mode-setid", "warn")]),
    (FILE._replace(mode=0o102755), "in", [("mode-setid", "warn")]),
    (FILE._replace(mode=0o100646), "in", [("mode-world-writable", "warn")]),
    (FOLDER._replace(mode=0o41777), "recorded", [("mode-world-writable", "warn")]),
    (FOLDER._replace(empty=True), "recorded", [("empty-folder", "warn")]),
    (FILE._replace(path="a/b\udce9"), "refused", [("name-not-utf8", "refuse")]),
    (FILE._replace(kind="symlink", mode=0o120777), "refused", [("symlink", "refuse")]),
    (FILE._replace(kind="fifo"), "refused", [("fifo", "refuse")]),
    (FILE._replace(kind="socket"), "refused", [("socket", "refuse")]),
    (FILE._replace(kind="device"), "refused", [("device", "refuse")]),
    (FILE._replace(kind="unknown"), "refused", [("kind-unknown", "refuse")]),
    (FILE._replace(problem="unreadable"), "refused", [("unreadable-file", "refuse")]),
    (FOLDER._replace(problem="unreadable"), "refused", [("unreadable-folder", "refuse")]),
    (FILE._replace(problem="vanished", size=0), "refused", [("vanished", "refuse")]),
]


@pytest.mark.parametrize(("facts", "standing", "reasons"), ENTRIES)
def test_an_entry_falls_under_its_rule(
    facts: EntryFacts, standing: str, reasons: list[tuple[str, str]]
) -> None:
    assert outcome(facts) == (standing, reasons)


@pytest.mark.parametrize(
    "facts",
    [
        FILE._replace(path="a/b.hidden"),
        FILE._replace(path=".hidden/b"),  # the folder is the hidden one, and says so itself
        FILE._replace(path="a\udce9/b"),
        FILE._replace(size=12_288 + 4_095),
        FILE._replace(stored=None, size=1 << 40),
        FILE._replace(size=1),
        FILE._replace(mode=0o100775),
        FILE._replace(mode=0o101644),  # the sticky bit
        FILE._replace(path="abc/" * 59 + "abcd"),
        FILE._replace(path="é/" * 59 + "ab"),
        FILE._replace(path="é/" * 119 + "ab"),
        FILE._replace(path="a/b\rc\nd%0A"),
        FOLDER._replace(links=50, size=0, stored=0),
    ],
)
def test_an_entry_just_beside_a_rule_is_ordinary(facts: EntryFacts) -> None:
    assert judge_entry(facts, RULES).reasons == ()


def test_several_rules_each_give_a_reason_and_the_gravest_names_the_verdict() -> None:
    verdict = judge_entry(FILE._replace(path="a/.b\udce9 ", size=0, mode=0o106646), RULES)
    assert [reason.code for reason in verdict.reasons] == [
        "name-not-utf8",
        "hidden",
        "name-blank-end",
        "zero-bytes",
        "mode-setid",
        "mode-world-writable",
    ]
    assert verdict.code == "name-not-utf8"
    assert verdict.standing == "refused"


def test_a_reason_tells_what_it_saw_what_it_rests_on_and_what_to_do() -> None:
    link = FILE._replace(kind="symlink", target="/etc/\x1b[2Jpasswd")
    (reason,) = judge_entry(link, RULES).reasons
    assert reason.sentence == "a symbolic link to /etc/\\u001B[2Jpasswd"
    assert reason.clause == "RFC 8493 5"
    assert "package again" in reason.advice


def test_a_detail_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert Reason("symlink", "refuse", "{detail} {0}").sentence.endswith("to {detail} {0}")


@pytest.mark.parametrize("level", ["in", "warn", "refuse"])
def test_a_policy_changes_the_level_of_a_rule(level: Level) -> None:
    rules = AdmissionRules.default({"hidden": level, "empty-folder": level})
    refused = level == "refuse"
    hidden, empty = FILE._replace(path=".a"), FOLDER._replace(empty=True)
    assert outcome(hidden, rules) == ("refused" if refused else "in", [("hidden", level)])
    assert outcome(empty, rules) == (
        "refused" if refused else "recorded",
        [("empty-folder", level)],
    )


@pytest.mark.parametrize("code", FIXED)
@pytest.mark.parametrize("level", ["in", "warn"])
def test_no_policy_lets_what_is_fixed_pass(code: str, level: Level) -> None:
    with pytest.raises(ValueError, match=code):
        AdmissionRules.default({code: level})


def test_no_rules_means_no() -> None:
    assert outcome(FILE._replace(path=".a"), AdmissionRules({})) == (
        "refused",
        [("hidden", "refuse")],
    )


def test_a_verdict_holds_each_code_once_and_never_gets_milder() -> None:
    refused = judge_entry(FILE._replace(kind="fifo"), RULES)
    again = refused.also([Reason("fifo", "refuse"), Reason("case-twin", "warn", "x")])
    assert [reason.code for reason in again.reasons] == ["fifo", "case-twin"]
    assert again.standing == "refused"


def twins(*names: str) -> dict[str, list[tuple[str, str]]]:
    judged = judge_twins(names, RULES)
    return {
        name: [(reason.code, reason.detail) for reason in reasons]
        for name, reasons in judged.items()
    }


def test_names_without_twins_are_not_mentioned() -> None:
    assert twins("a", "b", "é", "ë") == {}


def test_each_of_two_case_twins_names_the_other() -> None:
    assert twins("Track", "track", "other") == {
        "Track": [("case-twin", "track")],
        "track": [("case-twin", "Track")],
    }


def test_each_of_two_normalisation_twins_names_the_other() -> None:
    assert twins("é", "e\u0301") == {
        "é": [("normalisation-twin", "e\u0301")],
        "e\u0301": [("normalisation-twin", "é")],
    }


def test_a_name_can_have_twins_of_both_kinds() -> None:
    found = twins("é", "e\u0301", "É")
    assert found["é"] == [("normalisation-twin", "e\u0301"), ("case-twin", "É")]
    assert found["É"] == [("case-twin", "e\u0301, é")]


def test_of_many_twins_three_are_named_and_the_rest_counted() -> None:
    assert twins("abc", "abC", "aBc", "Abc", "ABC", "aBC")["abc"] == [
        ("case-twin", "ABC, Abc, aBC and 2 more")
    ]


def test_a_hundred_thousand_spellings_of_one_name_are_judged_in_linear_time() -> None:
    bits = 16
    names = [
        "".join("aA"[number >> place & 1] for place in range(bits)) for number in range(1 << bits)
    ]
    assert len(judge_twins(names, RULES)) == 1 << bits


SOURCES: list[tuple[SourceFacts, list[str]]] = [
    (SourceFacts("directory"), []),
    (SourceFacts("directory", files=1), []),
    (SourceFacts("directory", files=0), ["empty-source"]),
    (SourceFacts("directory", has_bag_declaration=True), ["source-is-bag"]),
    (SourceFacts("directory", problem_text="no"), ["unreadable-folder"]),
    (SourceFacts("missing"), ["source-missing"]),
    (SourceFacts("symlink", "/music"), ["source-is-link"]),
    (SourceFacts("file"), ["source-not-a-folder"]),
    (SourceFacts("fifo"), ["source-not-a-folder"]),
]


@pytest.mark.parametrize(("facts", "expected"), SOURCES)
def test_a_source_falls_under_its_rule(facts: SourceFacts, expected: list[str]) -> None:
    reasons = judge_source(facts)
    assert [reason.code for reason in reasons] == expected
    assert all(reason.level == "refuse" for reason in reasons)


def test_a_bag_is_kept_whole_when_the_user_says_so() -> None:
    assert judge_source(SourceFacts("directory", has_bag_declaration=True), keep_bag=True) == ()


def test_a_link_as_source_is_refused_with_its_target() -> None:
    (reason,) = judge_source(SourceFacts("symlink", "/mnt/music"))
    assert reason.sentence == "the source is a symbolic link to /mnt/music"
    assert reason.advice == "Name the folder it points to."


def test_every_rule_about_entries_and_sources_has_a_trial() -> None:
    twins = judge_twins(["a", "A"], RULES), judge_twins(["\u00e9", "e\u0301"], RULES)
    tried = {reason.code for found in twins for reasons in found.values() for reason in reasons}
    tried |= {code for _, _, reasons in ENTRIES for code, _ in reasons}
    tried |= {code for _, codes in SOURCES for code in codes}
    assert tried == {rule.code for rule in (*ADMISSION, *SOURCE)}
