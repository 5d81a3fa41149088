"""BagIt profiles and what they say of bags, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone

if TYPE_CHECKING:
    from archiver.profiles import Judge
    from policies.profiles import Profile

_NOT_JUDGED = "not judged by a profile: there is no bag here that could be looked into"


def judgement_records(bag: str, judge: Judge) -> Iterator[Record]:
    """Yield the JSON records of one bag: what was found, and a verdict for each profile."""
    if judge.judgement is None:
        for profile in judge.wanted.profiles:
            yield _verdict(bag, profile, "not-judged", 0)
        return
    for finding in judge.judgement.findings:
        yield finding_record(finding, bag=bag)
    for one in judge.judgement.verdicts:
        for finding in one.findings:
            yield finding_record(finding, bag=bag)
        yield _verdict(bag, one.profile, "met" if one.met else "not-met", len(one.findings))


def _verdict(bag: str, profile: Profile, verdict: str, findings: int) -> Record:
    return {
        "type": "profile-verdict",
        "bag": bag,
        "profile": profile.identifier,
        "version": profile.version,
        "verdict": verdict,
        "findings": findings,
    }


def judgement_lines(judge: Judge, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of one bag."""
    if judge.judgement is None:
        yield Line(f"  {_NOT_JUDGED}", Tone.BAD)
        return
    for one in judge.judgement.verdicts:
        name = f"the profile {one.profile.identifier} (version {one.profile.version})"
        if one.met:
            yield Line(f"  it meets {name}", Tone.GOOD)
        else:
            yield Line(f"  it does not meet {name}", Tone.BAD)
        yield from item_lines(map(of_finding, one.findings), every)
    yield from item_lines(map(of_finding, judge.judgement.findings), every)


def shipped_record(name: str, profile: Profile) -> Record:
    """Return the JSON record of one profile that the program comes with."""
    return {
        "type": "shipped-profile",
        "name": name,
        "identifier": profile.identifier,
        "version": profile.version,
        "organisation": profile.organisation,
        "description": profile.description,
    }


def shipped_lines(name: str, profile: Profile) -> Iterator[Line]:
    """Yield one profile that the program comes with."""
    yield Line(f"{name:10} {profile.description}")
    yield Line(f"{'':10}   {profile.identifier}", Tone.FAINT)


def checked_record(place: str, profile: Profile) -> Record:
    """Return the JSON record of a profile without mistakes."""
    return {
        "type": "profile-check",
        "place": place,
        "identifier": profile.identifier,
        "version": profile.version,
        "specification": profile.specification,
        "remarks": list(profile.remarks),
    }


def checked_lines(place: str, profile: Profile) -> Iterator[Line]:
    """Yield that a profile has no mistakes, and what is odd in it."""
    yield Line(f"no mistakes in {place}: {profile.description}", Tone.GOOD)
    yield Line(f"  {profile.identifier} (version {profile.version})")
    for remark in profile.remarks:
        yield Line(f"  note: {remark}", Tone.WARNING)
