"""Which checks of a long history are shown when it is to be brief."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policies.brevity import Check, telling

_CHECKS = st.lists(st.tuples(st.sampled_from("abc"), st.booleans())).map(
    lambda drawn: [Check(seq, bag, sound) for seq, (bag, sound) in enumerate(drawn, 1)]
)


def shown(history: str) -> str:
    """Return the history of one bag (``.`` sound, ``X`` failed) with what is left out blank."""
    checks = [Check(seq, "a", letter == ".") for seq, letter in enumerate(history)]
    told = telling(checks)
    return "".join(letter if seq in told else " " for seq, letter in enumerate(history))


def test_the_first_the_failures_those_beside_them_and_the_newest_are_shown() -> None:
    assert shown("") == ""
    assert shown(".") == "."
    assert shown("......") == ".    ."
    assert shown("....X....") == ".  .X.  ."
    assert shown("X...XX...X") == "X. .XX. .X"


@given(_CHECKS)
def test_no_failure_is_ever_left_out_and_bags_do_not_touch_each_other(checks: list[Check]) -> None:
    told = telling(checks)
    assert {check.seq for check in checks if not check.sound} <= told
    for bag in "abc":
        own = [check for check in checks if check.bag == bag]
        assert telling(own) == {check.seq for check in own} & told


@given(_CHECKS)
def test_whatever_is_left_out_is_sound_and_lies_between_sound_checks(checks: list[Check]) -> None:
    told = telling(checks)
    for bag in "abc":
        own = [check for check in checks if check.bag == bag]
        for place, check in enumerate(own):
            if check.seq not in told:
                assert 0 < place < len(own) - 1
                assert all(beside.sound for beside in own[place - 1 : place + 2])
