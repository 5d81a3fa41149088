"""What the tests of re-verification share."""

from __future__ import annotations

from tests.disk import disk

__all__ = ["disk"]
