"""The judgement on one file's content: every rule in force is asked, every reason given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from policies.content import broadcast, formats, masters, metadata
from policies.content.facts import FileFacts
from policies.content.formats import Observation
from policies.content.rules import ContentRules
from policies.globs import matches
from policies.model import Policy
from policies.names import shown
from policies.quantities import size_in_bytes
from policies.verdicts import Reason


@dataclass(frozen=True, slots=True)
class _Check:
    """One way of looking; it is not asked when none of its rules is in force."""

    look: Callable[[FileFacts, Policy], Iterator[Observation]]
    begins: tuple[str, ...]
    masters_only: bool = False


_OF_RECORDINGS = (
    _Check(formats.by_record, ("structure", "riff-chunk", "flac-", "format-closed")),
    _Check(masters.by_sound, ("master-",), masters_only=True),
    _Check(broadcast.by_chunks, ("wave-", "bext-", "info-"), masters_only=True),
    _Check(metadata.by_tags, ("metadata-", "isrc-", "musicbrainz-")),
)


def judge_file(facts: FileFacts, rules: ContentRules) -> tuple[Reason, ...]:
    """Return every reason that the rules in force give about a file, each code once."""
    found: dict[str, str] = {}
    for code, detail in _observed(facts, rules):
        if code in rules.levels:
            found.setdefault(code, detail)
    return tuple(rules.reason(code, detail) for code, detail in found.items())


def _observed(facts: FileFacts, rules: ContentRules) -> Iterator[Observation]:
    policy = rules.policy
    yield from _place(facts, policy)
    yield from formats.by_head(facts, policy)
    yield from metadata.by_sidecar(facts, policy)
    if facts.format is None or facts.record is None:
        return
    is_master = matches(facts.path, policy.formats.master.files)
    for check in _asked(rules.codes):
        if is_master or not check.masters_only:
            yield from check.look(facts, policy)


@lru_cache(maxsize=16)
def _asked(codes: frozenset[str]) -> tuple[_Check, ...]:
    """Return the checks that have a rule among ``codes``."""
    return tuple(
        check for check in _OF_RECORDINGS if any(code.startswith(check.begins) for code in codes)
    )


def _place(facts: FileFacts, policy: Policy) -> Iterator[Observation]:
    folders = policy.packaging.folders
    top, slash, _ = facts.path.partition("/")
    if folders and slash and top not in folders:
        yield "folder-not-foreseen", shown(top)


def judge_bag(n_bytes: int, rules: ContentRules) -> tuple[Reason, ...]:
    """Return what stands against a bag of ``n_bytes`` of payload."""
    limit = rules.policy.packaging.largest_bag
    if not limit or n_bytes <= size_in_bytes(limit):
        return ()
    return (rules.reason("bag-too-large", f"{n_bytes:,} bytes, {limit} are allowed"),)


def judge_info(labels: Iterable[str], rules: ContentRules) -> tuple[Reason, ...]:
    """Return what the ``bag-info.txt`` with these labels lacks, one reason for each code."""
    given, wanted = {label.lower() for label in labels}, rules.policy.metadata
    reasons = []
    for code, needed in (
        ("bag-info-missing", wanted.bag_required),
        ("bag-info-recommended", wanted.bag_recommended),
    ):
        if missing := [label for label in needed if label.lower() not in given]:
            reasons.append(rules.reason(code, shown(", ".join(missing))))
    return tuple(reasons)
