"""What is found, the same as the policies are told."""

from __future__ import annotations

from policies.content.facts import Protection

__all__ = ["MOST_HEADERS", "Protection"]

MOST_HEADERS = 4_000
"""Headers followed in one file. An honest file has a few dozen before its sound."""
