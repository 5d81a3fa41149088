"""What changes from one policy to another, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.differences import differences
from policies.policy import BUILTIN, builtin, read_policy
from tests.policies.contents import policy_of

POLICIES = {name: read_policy(builtin(name)) for name in BUILTIN}


def sentences(old: bytes, new: bytes) -> list[str]:
    return [one.sentence for one in differences(read_policy(old), read_policy(new))]


@pytest.mark.parametrize("name", BUILTIN)
def test_nothing_changes_from_a_policy_to_itself(name: str) -> None:
    assert sentences(builtin(name), builtin(name)) == []


def test_lists_values_and_rules_are_told_in_words() -> None:
    old = policy_of(
        'accepted = ["wav", "mp3"]\n[formats.rules]\nbext-time = "warn"\nbext-date = "refuse"',
        packaging='admission.hidden = "warn"',
    ).replace(b"admission = {}\n", b"")
    new = policy_of(
        'accepted = ["wav", "flac"]\n[formats.master]\nlossless = true\nbit-depths = [24]\n'
        '[formats.rules]\nbext-date = "warn"\nstructure = "in"'
    )
    assert sentences(old, new) == [
        "formats.accepted: with flac and without mp3",
        "formats.master.lossless: yes instead of no",
        "formats.master.bit-depths: with 24",
        "bext-date (bext OriginationDate is no day YYYY-MM-DD): warns instead of refuses",
        "bext-time (bext OriginationTime is no time HH:MM:SS): no longer asked (it warns now)",
        "master-bit-depth (the bit depth of a master): asked from now on, and warns",
        "master-lossy (a master must be lossless): asked from now on, and refuses",
        "structure (not built as its format demands): asked from now on, and notes",
        "hidden (hidden: the name begins with a dot): notes instead of warns",
    ]


def test_promises_are_told_apart_from_what_acts() -> None:
    old = policy_of().replace(b"[fixity]", b'[fixity]\nbudget-time = "8 hours"\n[fixity.cadence]\n'
                              b'default = "1 year"\ntape = "1 year"')  # fmt: skip
    new = old.replace(b'tape = "1 year"', b'disk = "90 days"').replace(
        b'budget-time = "8 hours"', b""
    )
    found = differences(read_policy(old), read_policy(new))
    assert [(one.sentence, one.acts) for one in found] == [
        ("fixity.cadence.tape: nothing instead of 1 year", False),
        ("fixity.budget-time: nothing instead of 8 hours", False),
        ("fixity.cadence.disk: 90 days instead of nothing", False),
    ]


def test_another_order_is_a_difference_too() -> None:
    old = policy_of().replace(b'["sha512"]', b'["sha512", "sha256"]')
    new = policy_of().replace(b'["sha512"]', b'["sha256", "sha512"]')
    assert sentences(old, new) == ["packaging.manifest-algorithms: in the order sha256, sha512"]


@given(st.sampled_from(BUILTIN), st.sampled_from(BUILTIN))
def test_the_way_back_changes_the_same_keys(one: str, other: str) -> None:
    there = {row.key for row in differences(POLICIES[one], POLICIES[other])}
    back = {row.key for row in differences(POLICIES[other], POLICIES[one])}
    assert there == back
    assert bool(there) == (one != other)
