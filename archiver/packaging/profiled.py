"""Bags made by BagIt profiles: what a profile asks is met where we can, and foreseen where not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import msgspec

from archiver.errors import UsageError
from archiver.findings import Finding, Severity
from archiver.packaging.foreseen import WE_WRITE, foreseen_tag_files, tag_algorithms
from archiver.packaging.given_files import GivenFile, read_given
from archiver.packaging.request import PackageRequest
from archiver.packaging.rights import rights_of
from archiver.sidecars import any_sidecar
from archiver.survey import SurveyOutcome, Worksheet
from archiver.tree import Tree
from policies.policy import Policy
from policies.profiles import BagFacts, PayloadJudge, Profile, identifiers_in, judge
from policies.profiles.judging import IDENTIFIER, tag_file_reasons
from policies.verdicts import EntryVerdict, Reason
from policies.vocabulary import MANIFEST_ALGORITHMS

_PAGE = 500
_LABELS = (*WE_WRITE, "External-Identifier", "Rights-Statement")
_PRIOR = "metadata/prior-fixity.jsonl"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request and a policy with what the profiles ask for put into them.

    ``request`` gives the profiles' identifiers for ``bag-info.txt``, ``policy`` has the algorithms
    of the manifests that they require, ``tag_algorithms`` are those of the tag manifests.
    ``given`` are the tag files that somebody wants in the bag besides.
    """

    request: PackageRequest
    policy: Policy
    profiles: tuple[Profile, ...]
    tag_algorithms: tuple[str, ...]
    given: tuple[GivenFile, ...]

    def foreseen(self) -> Iterator[Reason]:
        """Yield all that the profiles say of the bag to be made, before its source is looked at.

        Values that are worked out from the bag are not judged here: see :func:`require_met`.
        """
        if not self.profiles:
            return
        facts = BagFacts(
            version="1.0",
            info=(*self.request.info, *((label, "") for label in _LABELS)),
            manifests=self.policy.packaging.manifest_algorithms,
            tag_manifests=self.tag_algorithms,
            tag_files=self._tag_files(),
        )
        for profile in self.profiles:
            for reason in judge(_without_values_of_ours(profile), facts):
                yield _for_later(reason) if reason.code == "profile-form" else reason

    def _tag_files(self) -> tuple[str, ...]:
        names = foreseen_tag_files(
            self.policy.packaging.manifest_algorithms,
            self.tag_algorithms,
            self.policy.packaging.documents,
            rights_of(self.request),
            log_checkpoint=self.policy.packaging.log_checkpoint,
        )
        return (*names, *(file.name for file in self.given))

    def judge_payload(self, seen: SurveyOutcome, worksheet: Worksheet) -> SurveyOutcome:
        """Refuse, in the worksheet, what the profiles do not allow; return what it came to."""
        if not self.profiles:
            return seen
        whole = [one for profile in self.profiles for one in _of_payload(profile, worksheet)]
        strict = [one for one in self.profiles if one.tag_files_allowed is not None]
        if strict and any_sidecar(worksheet.file_paths()):
            for profile in strict:
                whole += (one for one in tag_file_reasons(profile, (_PRIOR,)) if _is_about(one))
        return seen.judged_again(worksheet, tuple(whole))


def prepare(request: PackageRequest, policy: Policy, archive: Path | None) -> Prepared:
    """Return the request and the policy as the profiles that they name want them.

    A profile that the policy names by a file lies beside it, in the folder ``archive``. Raises
    :class:`UsageError` for profiles and tag files that cannot be used.
    """
    files = tuple(os.path.abspath(path) for path in request.tag_files)
    request, profiles = _with_profiles(replace(request, tag_files=files), policy, archive)
    declared = identifiers_in(request.info)
    lacking = (one.identifier for one in profiles if one.identifier not in declared)
    info = (*request.info, *((IDENTIFIER, one) for one in dict.fromkeys(lacking)))
    algorithms = _with_required(
        policy.packaging.manifest_algorithms, (one.manifests_required for one in profiles)
    )
    packaging = msgspec.structs.replace(policy.packaging, manifest_algorithms=algorithms)
    return Prepared(
        replace(request, info=info),
        msgspec.structs.replace(policy, packaging=packaging),
        profiles,
        _with_required(
            tag_algorithms(algorithms), (one.tag_manifests_required for one in profiles)
        ),
        tuple(read_given(path) for path in request.tag_files),
    )


def _with_profiles(
    request: PackageRequest, policy: Policy, archive: Path | None
) -> tuple[PackageRequest, tuple[Profile, ...]]:
    """Return the profiles of policy and request, and the request with places for names."""
    if not (policy.packaging.profile or request.profiles):
        return request, ()
    from archiver.profiles import profile_named, where_it_is  # few bags are made by profiles

    own = tuple(where_it_is(name) for name in request.profiles)
    named = dict.fromkeys((*_named_by(policy, archive), *own))
    return replace(request, profiles=own), tuple(profile_named(name)[1] for name in named)


def _named_by(policy: Policy, archive: Path | None) -> Iterator[str]:
    name = policy.packaging.profile
    if not name:
        return
    if not name.endswith(".json"):
        yield name
    elif archive is None:
        raise UsageError(
            f"the policy names the profile {name!a}, which must lie beside it in an archive",
            "Make the archive first (archiver init), and put the profile into its folder.",
        )
    else:
        yield str(archive / name)


def _with_required(
    algorithms: Sequence[str], required: Iterator[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the algorithms and those required that we know; the others will be missed."""
    wanted = (name for names in required for name in names if name in MANIFEST_ALGORITHMS)
    return tuple(dict.fromkeys((*algorithms, *wanted)))


def _without_values_of_ours(profile: Profile) -> Profile:
    ours = {label.lower() for label in _LABELS}
    info = tuple(
        replace(rule, values=()) if rule.label.lower() in ours else rule for rule in profile.info
    )
    return replace(profile, info=info)


def _for_later(reason: Reason) -> Reason:
    return Reason("profile-wants-one-file", "warn", reason.detail)


def _is_about(reason: Reason) -> bool:
    return reason.code == "profile-tag-file-not-allowed"


def _of_payload(profile: Profile, worksheet: Worksheet) -> list[Reason]:
    """Judge every file; return what is to be said of the payload as a whole."""
    judged = PayloadJudge(profile)
    if not judged.has_questions:
        return []

    def changes() -> Iterator[tuple[str, EntryVerdict]]:
        for entry in worksheet.files_in_order():
            reason = judged.take(f"data/{entry.path}", entry.size)
            if reason is not None:
                yield entry.path, entry.verdict.also((reason,))

    pending = changes()
    with worksheet.together():
        while page := list(islice(pending, _PAGE)):
            worksheet.rejudge(page)
    return list(judged.reasons())


def require_met(bag: Path, profiles: Sequence[Profile]) -> list[Finding]:
    """Return what the profiles refuse of a bag that is described and not yet sealed.

    Its payload was judged before, and a folder is what it has to be here.
    """
    if not profiles:
        return []
    from archiver.profiles import shortcomings

    with Tree(bag) as tree:
        found = shortcomings(tree, profiles)
    return [one for one in found if one.severity is Severity.REFUSAL]
