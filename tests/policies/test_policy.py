"""Policy files: read whole or refused whole, with every mistake at once."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.admission import AdmissionRules
from policies.bases import BASES
from policies.codes import ADMISSION
from policies.policy import BUILTIN, MANIFEST_ALGORITHMS, PolicyMistakes, builtin, read_policy

SMALL = """
format = "audio-archiver/policy"
version = 1
name = "mine"
[packaging]
manifest-algorithms = ["sha256"]
[packaging.admission]
[rights]
bases = ["licence"]
"""


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
    found = only_mistake('version = 2\nunheard-of = true\nformat = "audio-archiver/policy"\n')
    assert found.startswith("version: 2 is newer than 1")


def test_an_earlier_version_never_was() -> None:
    assert only_mistake(SMALL.replace("version = 1", "version = 0")).startswith(
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
    assert places == [
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
    ]


def test_all_mistakes_stand_in_the_message_one_a_line() -> None:
    with pytest.raises(PolicyMistakes) as caught:
        read_policy(b"a = 1\nversion = 1")
    lines = str(caught.value).splitlines()
    assert lines[0] == "5 mistakes in the policy:"
    assert len(lines) == 6


def test_one_mistake_is_one_mistake() -> None:
    with pytest.raises(PolicyMistakes, match="1 mistake in the policy"):
        read_policy(b"")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"audio-archiver/policy"', '"recipe"', "format: 'recipe' is not known"),
        ("version = 1", "version = true", "version: Expected int, got bool"),
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
