"""Policy files: read whole or refused whole, with every mistake at once."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.admission import AdmissionRules
from policies.bases import BASES
from policies.codes import ADMISSION
from policies.mistakes import suggested
from policies.model import SECTIONS, Fixity, Metadata
from policies.policy import BUILTIN, MANIFEST_ALGORITHMS, PolicyMistakes, builtin, read_policy

HEAD = """
format = "audio-archiver/policy"
version = 2
name = "mine"
[packaging]
manifest-algorithms = ["sha256"]
[packaging.admission]
"""
REST = """
[rights]
bases = ["licence"]
[formats]
accepted = ["any"]
[metadata]
[fixity]
[replicas]
[retention]
[notification]
"""
SMALL = HEAD + REST
FIRST = HEAD.replace("version = 2", "version = 1") + '[rights]\nbases = ["licence"]\n'


def mistakes(text: str | bytes) -> list[str]:
    with pytest.raises(PolicyMistakes) as caught:
        read_policy(text.encode() if isinstance(text, str) else text)
    return [str(mistake) for mistake in caught.value.mistakes]


def only_mistake(text: str | bytes) -> str:
    (found,) = mistakes(text)
    return found


@pytest.mark.parametrize("name", BUILTIN)
def test_a_built_in_policy_has_no_mistakes(name: str) -> None:
    assert read_policy(builtin(name)).name == name


def test_the_library_policy_writes_down_every_rule_at_its_default() -> None:
    written = tomllib.loads(builtin("library").decode())["packaging"]["admission"]
    assert written == {rule.code: rule.level for rule in ADMISSION}


def test_the_library_policy_accepts_every_basis_and_makes_sha512_manifests() -> None:
    policy = read_policy(builtin("library"))
    assert policy.rights.bases == tuple(BASES)
    assert policy.packaging.manifest_algorithms == ("sha512",)
    assert policy.packaging.admission == AdmissionRules.default()


def test_a_policy_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        builtin("../policy")


def test_a_rule_the_policy_does_not_name_keeps_its_default() -> None:
    policy = read_policy(SMALL.replace("[rights]", 'hidden = "refuse"\n[rights]').encode())
    assert policy.packaging.admission == AdmissionRules.default({"hidden": "refuse"})
    assert policy.rights.bases == ("licence",)


def test_an_empty_policy_is_a_mistake_because_no_rules_means_no() -> None:
    assert "no rules means no" in only_mistake("")
    assert "no rules means no" in only_mistake("# nothing but a comment\n")


def test_a_policy_for_a_later_version_says_so_and_nothing_else() -> None:
    found = only_mistake('version = 3\nunheard-of = true\nformat = "audio-archiver/policy"\n')
    assert found.startswith("version: 3 is newer than 2")


def test_an_earlier_version_never_was() -> None:
    assert only_mistake(SMALL.replace("version = 2", "version = 0")).startswith(
        "version: there is no version 0"
    )


def test_a_dozen_mistakes_are_reported_as_a_dozen() -> None:
    text = """
formt = "audio-archiver/policy"
version = "1"
name = ""
[packaging]
manifest-algorithms = ["md5", "sha1", "md5", "blake3"]
[packaging.admission]
hiden = "in"
hidden = "maybe"
sparse = 3
symlink = "in"
[rights]
bases = "licence"
"""
    places = [line.split(":")[0] for line in mistakes(text)]
    assert sorted(places) == sorted([
        "formt",
        "format",
        "version",
        "name",
        "packaging.manifest-algorithms",
        "packaging.manifest-algorithms",
        "packaging.manifest-algorithms",
        "packaging.admission.hiden",
        "packaging.admission.hidden",
        "packaging.admission.sparse",
        "packaging.admission.symlink",
        "rights.bases",
    ])  # fmt: skip


def test_all_mistakes_stand_in_the_message_one_a_line() -> None:
    with pytest.raises(PolicyMistakes) as caught:
        read_policy(b"a = 1\nversion = 1")
    lines = str(caught.value).splitlines()
    assert lines[0] == "5 mistakes in the policy:"
    assert len(lines) == 6
    assert lines[1].startswith("line 1: a: there is no such key")


def test_one_mistake_is_one_mistake() -> None:
    with pytest.raises(PolicyMistakes, match="1 mistake in the policy"):
        read_policy(b"")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"audio-archiver/policy"', '"recipe"', "format: 'recipe' is not known"),
        ("version = 2", "version = true", "version: Expected int, got bool"),
        ('name = "mine"', "name = 1", "name: Expected str, got int"),
        ('name = "mine"', "", "name: this key is missing"),
        ("[rights]", "[right]", "right: there is no such key (did you mean rights?)"),
        ('["sha256"]', "[]", "packaging.manifest-algorithms: neither sha512 nor sha256"),
        ('["sha256"]', "[1]", "packaging.manifest-algorithms: Expected str, got int - at $[0]"),
        ('["sha256"]', '["sha256", "sha256"]', "packaging.manifest-algorithms: 'sha256' stands"),
        ('["sha256"]', '["sha256", "sha-1"]', "packaging.manifest-algorithms: 'sha-1' is not"),
        ('["licence"]', '["license"]', "rights.bases: 'license' is not known (did you mean"),
        ("[packaging.admission]", "admission = 3", "packaging.admission: must be a table"),
        ("[packaging.admission]", "", "packaging.admission: this table is missing"),
    ],
)
def test_a_mistake_is_named_by_its_place(old: str, new: str, expected: str) -> None:
    assert any(line.startswith(expected) for line in mistakes(SMALL.replace(old, new)))


@pytest.mark.parametrize("rule", [rule for rule in ADMISSION if rule.fixed], ids=lambda r: r.code)
def test_a_fixed_rule_may_be_written_down_but_not_changed(rule: object) -> None:
    code = getattr(rule, "code")  # noqa: B009
    kept = SMALL.replace("[rights]", f'{code} = "refuse"\n[rights]')
    assert read_policy(kept.encode()).packaging.admission == AdmissionRules.default()
    changed = only_mistake(SMALL.replace("[rights]", f'{code} = "warn"\n[rights]'))
    assert changed.startswith(f"packaging.admission.{code}: this rule cannot be changed")


def test_every_manifest_algorithm_offered_is_accepted() -> None:
    names = ", ".join(f'"{name}"' for name in MANIFEST_ALGORITHMS)
    policy = read_policy(SMALL.replace('"sha256"', names).encode())
    assert policy.packaging.manifest_algorithms == MANIFEST_ALGORITHMS


def test_blake3_is_no_manifest_algorithm() -> None:
    found = mistakes(SMALL.replace('"sha256"', '"sha256", "blake3"'))
    assert found[0].startswith("packaging.manifest-algorithms: 'blake3' is not known")


def test_a_policy_of_version_1_reads_as_it_did_when_it_was_written() -> None:
    policy = read_policy(FIRST.encode())
    assert policy.version == 1
    assert policy.packaging.manifest_algorithms == ("sha256",)
    assert policy.packaging.admission == AdmissionRules.default()
    assert policy.rights.bases == ("licence",)
    assert policy.formats.accepted == ("any",)
    assert (policy.formats.rules, policy.metadata, policy.fixity) == ({}, Metadata(), Fixity())


@pytest.mark.parametrize(
    ("more", "key"),
    [("[formats]", "formats"), ('[fixity.cadence]\ndefault = "1 year"', "fixity"),
     ("[packaging.rules]", "packaging.rules")],
)  # fmt: skip
def test_version_1_with_later_keys_is_told_what_to_write(more: str, key: str) -> None:
    found = mistakes(FIRST + more)
    assert any(
        line.startswith(f"{key}: version 1 has no such") and "write version = 2" in line
        for line in found
    )


def test_version_1_does_not_hide_other_mistakes() -> None:
    found = mistakes(FIRST.replace("[rights]", "rest-on = []\n[right]") + "[notification]")
    assert len(found) == 4
    assert mistakes("version = 1\npackaging = 3")[0] != ""


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_must_stand_in_a_policy_of_version_2(section: str) -> None:
    text = builtin("library").decode()
    document = tomllib.loads(text)
    del document[section]
    lines, keep = [], True
    for line in text.splitlines():
        if line.startswith("["):
            keep = line.strip("[]").split(".")[0] != section
        lines += [line] if keep else []
    assert tomllib.loads("\n".join(lines)) == document
    assert only_mistake("\n".join(lines)).startswith(f"{section}: this table is missing (add [")


CONTRADICTIONS = {
    "accepted = []": "formats.accepted: no format at all",
    'accepted = ["any", "wav"]': "formats.accepted: 'any' stands beside others",
    'accepted = ["wav"]\nrefused = ["wav"]': "formats.refused: 'wav' is both accepted and refused",
    'accepted = ["wav"]\npreferred = ["flac"]': "formats.preferred: 'flac' is not accepted",
    'accepted = ["any"]\nrefused = ["mp3"]\npreferred = ["mp3"]': "formats.preferred: 'mp3' is not",
    'accepted = ["any"]\n[formats.rules]\nmaster-lossy = "warn"': "formats.rules.master-lossy: "
    "this rule has nothing to go by (set formats.master.lossless)",
    'accepted = ["any"]\n[formats.rules]\nformat-not-accepted = "in"': "formats.rules.format-not-",
}


@pytest.mark.parametrize("text", CONTRADICTIONS)
def test_formats_that_contradict_each_other_are_a_mistake(text: str) -> None:
    found = only_mistake(SMALL.replace('accepted = ["any"]', text))
    assert found.startswith(CONTRADICTIONS[text])


@pytest.mark.parametrize(
    ("section", "content", "expected"),
    [
        ("packaging", 'largest-bag = "5 tons"', 'packaging.largest-bag: must be a size such as "5'),
        ("packaging", 'bag-unit = "album"', "packaging.bag-unit: 'album' is not known (known are"),
        ("packaging", 'folders = [""]', "packaging.folders: item 1: Expected str of length >= 1"),
        ("packaging", 'rules = {bag-too-large = "warn"}', "packaging.rules.bag-too-large: this r"),
        ("formats", 'rules = {bext-dat = "warn"}', "formats.rules.bext-dat: there is no such key"),
        ("formats", "master = {bit-depths = [24, 0]}", "formats.master.bit-depths: item 2: must"),
        ("formats", 'master = {files = ["/x"]}', "formats.master.files: item 1: must be a pattern"),
        ("metadata", 'required = ["titel"]', "metadata.required: 'titel' is not known (did you m"),
        ("metadata", 'rules = {sidecar-alone = "warn"}', "metadata.rules.sidecar-alone: this rul"),
        ("fixity", 'cadence = {disk = "90 days"}', "fixity.cadence: there is no default"),
        ("fixity", 'cadence = {default = "soon"}', "fixity.cadence.default: must be a length of "),
        ("fixity", 'cadence = {Default = "1 year"}', "fixity.cadence.Default: a name must be sma"),
        ("fixity", "cadence = 3", "fixity.cadence: must be a table"),
        ("fixity", 'budget-time = "4 days"', "fixity.budget-time: must be a length of time such "),
        ("fixity", "sample = 101", "fixity.sample: must be at most 100"),
        (
            "fixity",
            'blackouts = {default = ["mon 07:00-19:00"]}',
            "fixity.blackouts: nothing says whose hours these are",
        ),
        (
            "fixity",
            'time-zone = "UTC"\nblackouts = {tape = ["2026-02-30"]}',
            "fixity.blackouts.tape: '2026-02-30' is no time there is",
        ),
        (
            "fixity",
            'time-zone = "UTC"\nblackouts = {tape = ["often"]}',
            "fixity.blackouts.tape: item 1: must be days and hours",
        ),
        ("fixity", 'deep-check = "1 day"\ncadence = {default = "1 w"}', "fixity.deep-check: more"),
        ("replicas", "copies = 1\nplaces = 2", "replicas.places: 2 places for 1 copies cannot be"),
        ("replicas", 'media = ["disk", "tape"]', "replicas.media: 2 media for 1 copies cannot be"),
        ("retention", 'keep = "always"', 'retention.keep: must be "for-ever" or a length of time'),
        ("retention", 'deletion = "now"', "retention.deletion: 'now' is not known"),
        ("notification", 'mail = ["ann"]', "notification.mail: item 1: must be a mail address"),
        ("notification", 'on = ["damages"]', "notification.on: 'damages' is not known (did you m"),
    ],
)  # fmt: skip
def test_a_mistake_in_any_section_is_told_in_words(
    section: str, content: str, expected: str
) -> None:
    found = mistakes(SMALL.replace(f"[{section}]", f"[{section}]\n{content}"))
    assert any(line.startswith(expected) for line in found), found


def test_mistakes_are_told_with_their_lines() -> None:
    text = SMALL.replace("[fixity]", '[fixity]\nbudget-tme = "4 h"').replace("[metadata]", "")
    with pytest.raises(PolicyMistakes) as caught:
        read_policy(text.encode())
    line = text.splitlines().index('budget-tme = "4 h"') + 1
    missing, tme = sorted(caught.value.mistakes, key=lambda one: one.line)
    assert (missing.line, missing.placed) == (0, str(missing))
    assert tme.placed == (
        f"line {line}: fixity.budget-tme: there is no such key (did you mean budget-time?)"
    )


def test_a_file_that_is_no_toml_is_one_mistake() -> None:
    assert only_mistake("name = ").startswith("not TOML: ")
    assert only_mistake(b"name = '\xff'").startswith("not UTF-8 at byte 8")
    assert only_mistake("a = " + "[" * 100_000).startswith("not TOML a person would write")
    assert only_mistake("#" * ((1 << 20) + 1)).startswith("the file has 1,048,577 bytes")


def test_a_key_cannot_smuggle_escapes_into_the_message() -> None:
    assert any("\\u001B" in line for line in mistakes('"a\\u001b[2J" = 1\nversion = 1'))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_a_list_of_mistakes(data: bytes) -> None:
    try:
        read_policy(data)
    except PolicyMistakes as caught:
        assert caught.mistakes


def test_a_suggestion_is_a_sentence_of_its_own() -> None:
    assert suggested("librari", ["library", "radio"]) == "Did you mean library?"
    assert suggested("xyz", ["library", "radio"]) == "Known are: library, radio."
