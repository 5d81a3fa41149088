"""What no single key of a policy can tell: whether its sections fit together."""

from __future__ import annotations

from policies.blackouts import window
from policies.content_codes import PARAMETERS
from policies.mistakes import Table
from policies.model import Fixity, Formats, Metadata, Packaging, Policy, Replicas
from policies.quantities import days
from policies.vocabulary import ANY, STRONG_ALGORITHMS


def check_packaging(table: Table) -> None:
    """Note a choice of algorithms that anybody could forge. Asked of what was written."""
    written = table.content.get("manifest-algorithms")
    if isinstance(written, list) and not {str(word) for word in written} & set(STRONG_ALGORITHMS):
        hint = "add one: any tool can check them, and nobody can forge them"
        table.wrong("manifest-algorithms", "neither sha512 nor sha256 is among them", hint)


def check_policy(root: Table, policy: Policy) -> None:
    """Note every contradiction in a policy whose keys are right one by one."""
    for name, section in (
        ("packaging", policy.packaging),
        ("formats", policy.formats),
        ("metadata", policy.metadata),
    ):
        _rules_without_their_key(root, name, section, policy)
    _check_formats(root, policy.formats)
    _check_fixity(root, policy.fixity)
    _check_blackouts(root, policy.fixity)
    _check_replicas(root, policy.replicas)


def is_set(policy: Policy, key: str) -> bool:
    """Tell whether the key (dotted, as written) a rule works with asks for anything."""
    value: object = policy
    for part in key.split("."):
        value = getattr(value, part.replace("-", "_"))
    return value != (ANY,) and bool(value)


def _rules_without_their_key(
    root: Table, name: str, section: Packaging | Formats | Metadata, policy: Policy
) -> None:
    for code in section.rules:
        key = PARAMETERS.get(code)
        if key is not None and not is_set(policy, key):
            root.wrong(f"{name}.rules.{code}", "this rule has nothing to go by", f"set {key}")


def _check_formats(root: Table, formats: Formats) -> None:
    if not formats.accepted:
        hint = 'name formats, or write ["any"]'
        root.wrong("formats.accepted", "no format at all is accepted", hint)
    for word in formats.refused:
        if word in formats.accepted:
            root.wrong("formats.refused", f"{word!a} is both accepted and refused", "choose one")
    for word in formats.preferred:
        if word in formats.refused or (
            ANY not in formats.accepted and word not in formats.accepted
        ):
            hint = "preferred formats must be accepted ones"
            root.wrong("formats.preferred", f"{word!a} is not accepted", hint)
    if ANY in formats.accepted and len(formats.accepted) > 1:
        hint = "name formats, or write any alone"
        root.wrong("formats.accepted", "'any' stands beside others", hint)


def _check_fixity(root: Table, fixity: Fixity) -> None:
    if fixity.cadence and "default" not in fixity.cadence:
        hint = 'add default = "1 year", or whatever holds for storage that is not named'
        root.wrong("fixity.cadence", "there is no default", hint)
    if fixity.deep_check and fixity.cadence:
        shortest = min(days(text) for text in fixity.cadence.values())
        if days(fixity.deep_check) < shortest:
            hint = "whatever is checked from inside is read whole anyway"
            root.wrong("fixity.deep-check", "more often than any cadence", hint)


def _check_blackouts(root: Table, fixity: Fixity) -> None:
    if fixity.blackouts and "time-zone" not in root.content["fixity"]:
        hint = 'add time-zone = "Europe/Zurich", or wherever the hours are meant'
        root.wrong("fixity.blackouts", "nothing says whose hours these are", hint)
    for tier, texts in fixity.blackouts.items():
        for text in texts:
            try:
                window(text)
            except ValueError:
                root.wrong(f"fixity.blackouts.{tier}", f"{text!a} is no time there is")


def _check_replicas(root: Table, replicas: Replicas) -> None:
    for key, number in (("media", len(replicas.media)), ("places", replicas.places)):
        if number > replicas.copies:
            message = f"{number} {key} for {replicas.copies} copies cannot be"
            root.wrong(f"replicas.{key}", message, "raise copies")
