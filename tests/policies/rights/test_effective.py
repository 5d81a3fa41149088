"""Effective rights: the same answer for each file of a group, worked out once."""

from __future__ import annotations

from policies.rights import RightsBook
from policies.rights.effective import Answering, Effective
from policies.rights.model import ALLOW, DISALLOW, Case, Grant
from tests.policies.rights.scene import TODAY, granting, on_condition, statement


def test_files_with_the_same_answers_are_one_group() -> None:
    book = RightsBook((granting("replicate", paths=("a/**",)), granting("use", name="R-2")))
    answering = Answering(book, TODAY)
    first = answering.group("a/1.wav")
    assert answering.group("a/2.wav") is first
    other = [answering.group(path) for path in ("a/cover.jpg", "b/1.wav", "b/2.wav")]
    assert [group.number for group in other] == [1, 2, 2]
    assert answering.groups == (first, other[0], other[1])
    assert first.keeping.allowed
    assert not other[1].keeping.allowed
    assert not answering.needs_isrc


def test_a_group_says_of_each_act_what_holds_and_who_decided() -> None:
    one = statement(
        acts={
            "replicate": ALLOW,
            "use": on_condition(note="ask"),
            "modify": Grant("disallow", (Case("public"),)),
            "disseminate": on_condition(audience="onsite"),
            "delete": DISALLOW,
        }
    )
    more = granting("modify", name="R-2")
    acts = Answering(RightsBook((one, more)), TODAY).group("x.txt").acts
    assert acts == {
        "replicate": Effective("allow", "R-1"),
        "migrate": Effective("disallow", "R-1", "rights-act-not-granted"),
        "modify": Effective("conditional", "R-1"),
        "use": Effective("conditional", "R-1"),
        "disseminate": Effective("conditional", "R-1"),
        "delete": Effective("disallow", "R-1", "rights-deletion-not-granted"),
        "distribute": Effective("disallow", "R-1", "rights-share-not-granted"),
    }


def test_pictures_and_isrcs_make_groups_of_their_own() -> None:
    book = RightsBook((granting("replicate", paths=(), isrc_prefixes=("FRX01",)),))
    answering = Answering(book, TODAY)
    assert answering.needs_isrc
    assert answering.group("a.mp3", ["FRX012600001"], 1).layers[-1] == "artwork"
    assert not answering.group("a.mp3").keeping.allowed


def test_many_files_under_a_few_statements_are_a_few_groups() -> None:
    book = RightsBook(
        tuple(granting("replicate", name=f"R-{n}", paths=(f"l{n}/**",)) for n in range(20))
    )
    answering = Answering(book, TODAY)
    for number in range(2_000):
        assert answering.group(f"l{number % 20}/disc/{number}.flac").keeping.allowed
    assert len(answering.groups) == 20
