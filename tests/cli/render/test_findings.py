"""Findings as people read them: grouped, gravest first, never a flood."""

from __future__ import annotations

import pytest

from archiver.findings import CODES, Code, Finding, Severity
from archiver.packaging.outcome import Remark
from cli.render.findings import finding_record, item_lines, of_finding, of_remark, remark_record
from policies.verdicts import Reason


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    for severity in (Severity.DAMAGE, Severity.WARNING):
        code = Code(f"some-{severity.value}", severity, "It is so.", "Do this.\nThen that.")
        monkeypatch.setitem(CODES, code.name, code)


def _shown(findings: list[Finding], **how: object) -> list[str]:
    items = map(of_finding, findings)
    return [line.rendered(colour=False) for line in item_lines(items, **how)]  # type: ignore[arg-type]


def test_damage_comes_first_and_each_code_says_what_to_do() -> None:
    lines = _shown(
        [
            Finding("some-warning", "odd", "a"),
            Finding("some-damage", "broken", "b\x1b", "RFC 8493 3"),
        ]
    )
    assert lines == [
        "  damage: some-damage: It is so. [RFC 8493 3]",
        "    b\\x1b: broken",
        "    Do this.",
        "    Then that.",
        "  warning: some-warning: It is so.",
        "    a: odd",
        "    Do this.",
        "    Then that.",
    ]


def test_ten_thousand_warnings_are_a_few_lines_with_their_number() -> None:
    findings = [Finding("some-warning", "", f"{n}.wav") for n in range(10_000)]
    lines = _shown(findings)
    assert lines[0] == "  warning: some-warning (10,000 times): It is so."
    assert lines[1:5] == [
        "    0.wav",
        "    1.wav",
        "    2.wav",
        "    and 9,997 more (--all shows more)",
    ]
    assert len(_shown(findings, every=True)) == 10_003


def test_damage_is_named_place_by_place() -> None:
    lines = _shown([Finding("some-damage", "", f"{n}.wav") for n in range(100)])
    assert all(f"    {n}.wav" in lines for n in range(100))


def test_totals_count_what_was_not_handed_over() -> None:
    lines = _shown([Finding("some-warning", "", "a")], totals={"some-warning": 7})
    assert lines[0].startswith("  warning: some-warning (7 times)")
    assert lines[2] == "    and 6 more"


def test_a_reason_of_the_policy_reads_like_a_finding() -> None:
    remark = Remark("bell\x07", Reason("name-control", "warn", "U+0007"))
    head, place, *_ = (line.rendered(colour=False) for line in item_lines([of_remark(remark)]))
    assert head.startswith("  warning: name-control: control characters in the name")
    assert place == "    bell\\x07: U+0007"
    assert remark_record(remark, source="s")["severity"] == "warning"


def test_records_of_findings_and_reasons_have_the_same_keys() -> None:
    remark = remark_record(Remark("p", Reason("symlink", "refuse", "/etc")), source="s")
    finding = finding_record(Finding("some-damage", "broken", "p"), source="s")
    assert remark.keys() == finding.keys()
    assert remark["severity"] == "refusal"


def test_a_policys_sentence_stands_without_the_gap_for_its_detail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, meaning in (("gap", "it claims: {detail}"), ("gap-inside", "{detail} is odd")):
        monkeypatch.setitem(CODES, name, Code(name, Severity.WARNING, meaning, "Look."))
    lines = _shown([Finding("gap", "it claims: much", "a"), Finding("gap-inside", "b is odd", "b")])
    assert "  warning: gap: it claims" in lines
    assert "  warning: gap-inside: … is odd" in lines
