"""bagit.txt (RFC 8493 2.1.1)."""

from __future__ import annotations


def format_bagit_txt() -> bytes:
    """Return the declaration of a BagIt 1.0 bag whose text files are UTF-8."""
    return b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
