"""The judgement on a bag by a profile: everything that is not as it asks, at once.

The specification would have a bag of the wrong form or version judged no further. It is, here:
whoever must mend a bag wants to know all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from policies.names import shown
from policies.profiles.consistency import is_structural
from policies.profiles.facts import BagFacts
from policies.profiles.model import Profile, TagRule
from policies.profiles.patterns import Patterns
from policies.verdicts import Reason

IDENTIFIER = "BagIt-Profile-Identifier"

_FORMS = {
    "tar": ("application/tar", "application/x-tar"),
    "tar.gz": (
        "application/gzip", "application/x-gzip", "application/tar+gzip",
        "application/x-tar+gzip", "application/x-gtar", "application/x-compressed-tar",
    ),
    "zip": ("application/zip", "application/x-zip", "application/x-zip-compressed"),
}  # fmt: skip
"""The names by which profiles call the forms; registered are only application/zip and gzip."""

_FETCH = "fetch.txt"


def judge(profile: Profile, bag: BagFacts) -> tuple[Reason, ...]:
    """Return what stands against the bag, but for its payload (see ``PayloadJudge``)."""
    return (
        *form_reasons(profile, bag.form),
        *version_reasons(profile, bag.version),
        *declared_reasons(profile, bag.info),
        *info_reasons(profile, bag.info),
        *manifest_reasons(profile, bag.manifests, bag.tag_manifests),
        *_fetch(profile, _FETCH in bag.tag_files),
        *tag_file_reasons(profile, bag.tag_files),
    )


def identifiers_in(info: Iterable[tuple[str, str]] | None) -> tuple[str, ...]:
    """Return the profiles that ``bag-info.txt`` says the bag is made by, each once."""
    found = (value.strip() for label, value in info or () if label.lower() == IDENTIFIER.lower())
    return tuple(dict.fromkeys(found))


def form_reasons(profile: Profile, form: str) -> Iterator[Reason]:
    """Yield what stands against the bag as a folder, or as a file of this form."""
    accepted = ", ".join(profile.accept_serialization)
    if form == "folder":
        if profile.serialization == "required":
            yield _refused("form", f"a folder, and one file is required ({shown(accepted)})")
    elif profile.serialization == "forbidden":
        yield _refused("form", f"one file ({form}), and a folder is required")
    elif profile.accept_serialization and not _names(profile.accept_serialization, form):
        yield _refused("form", f"a {form} file, and accepted are {shown(accepted)}")


def _names(accepted: Collection[str], form: str) -> bool:
    return not {name.strip().lower() for name in accepted}.isdisjoint(_FORMS[form])


def version_reasons(profile: Profile, version: str | None) -> Iterator[Reason]:
    """Yield what stands against the version of BagIt that the bag declares."""
    if version not in profile.accept_versions:
        wanted = ", ".join(profile.accept_versions)
        told = "none is declared" if version is None else shown(version)
        yield _refused("bagit-version", f"{told}, and accepted are {wanted}")


def declared_reasons(profile: Profile, info: Iterable[tuple[str, str]] | None) -> Iterator[Reason]:
    """Yield a reason when ``bag-info.txt`` does not name the profile, or is not there."""
    if info is None:
        yield _refused("not-declared", "there is no bag-info.txt")
    elif profile.identifier not in (found := identifiers_in(info)):
        others = f", and not {shown(', '.join(found))}" if found else ""
        yield _refused("not-declared", f"it must be {shown(profile.identifier)}{others}")


def info_reasons(profile: Profile, info: Iterable[tuple[str, str]] | None) -> Iterator[Reason]:
    """Yield what stands against the values in ``bag-info.txt``; labels in any case."""
    given: dict[str, list[str]] = {}
    for label, value in info or ():
        given.setdefault(label.lower(), []).append(value)
    for rule in profile.info:
        yield from _of_label(rule, given.get(rule.label.lower(), []))


def _of_label(rule: TagRule, given: list[str]) -> Iterator[Reason]:
    label = shown(rule.label)
    if not given and rule.required:
        one_of = f", one of: {shown('; '.join(rule.values))}" if rule.values else ""
        yield _refused("info-missing", label + one_of)
    elif not given and rule.recommended:
        yield Reason("profile-info-recommended", "warn", label)
    if len(given) > 1 and not rule.repeatable:
        yield _refused("info-repeated", f"{label}, which stands there {len(given)} times")
    for value in given if rule.values else ():
        if " ".join(value.split()) not in (" ".join(one.split()) for one in rule.values):
            accepted = shown("; ".join(rule.values))
            yield _refused("info-value", f"{label}: {shown(value)} (accepted are: {accepted})")


def manifest_reasons(
    profile: Profile, payload: Collection[str], tags: Collection[str]
) -> Iterator[Reason]:
    """Yield what stands against the algorithms of the payload manifests and the tag manifests."""
    for kind, there, required, allowed in (
        ("manifest", payload, profile.manifests_required, profile.manifests_allowed),
        ("tag-manifest", tags, profile.tag_manifests_required, profile.tag_manifests_allowed),
    ):
        stem = kind.replace("-", "")
        for name in required:
            if name not in there:
                yield _refused(f"{kind}-missing", f"there is no {stem}-{shown(name)}.txt")
        for name in there if allowed is not None else ():
            if name not in (allowed or ()):
                wanted = f"only {shown(', '.join(allowed))}" if allowed else "none at all"
                yield _refused(f"{kind}-not-allowed", f"{stem}-{shown(name)}.txt; {wanted}")


def _fetch(profile: Profile, there: bool) -> Iterator[Reason]:
    if there and not profile.allow_fetch:
        yield _refused("fetch-not-allowed", "")
    if profile.fetch_required and not there:
        yield _refused("fetch-missing", "")


def tag_file_reasons(profile: Profile, there: Collection[str]) -> Iterator[Reason]:
    """Yield what stands against the files outside ``data/``, and what is missing among them."""
    for path in profile.tag_files_required:
        if path not in there:
            yield _refused("tag-file-missing", shown(path))
    if profile.tag_files_allowed is None:
        return
    allowed = Patterns(profile.tag_files_allowed)
    for path in there:
        if not is_structural(path) and not allowed.match(path):
            yield _refused("tag-file-not-allowed", shown(path))


def _refused(code: str, detail: str) -> Reason:
    return Reason(f"profile-{code}", "refuse", detail)
