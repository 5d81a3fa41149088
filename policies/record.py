"""A policy as plain values, for JSON and for comparing."""

from __future__ import annotations

from typing import Any

import msgspec

from policies.model import Policy


def policy_record(policy: Policy) -> dict[str, Any]:
    """Return every value of the policy, defaults included, by the keys of the file."""
    record: dict[str, Any] = msgspec.to_builtins(policy)
    record["packaging"]["admission"] = dict(policy.packaging.admission.levels)
    return record
