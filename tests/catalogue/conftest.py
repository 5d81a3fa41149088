"""Where the tests of the catalogue work: in memory."""

from __future__ import annotations

from tests.disk import tmp_path

__all__ = ["tmp_path"]
