"""Lines of manifests (RFC 8493 2.1.3)."""

from __future__ import annotations


def encode_path(path: str) -> str:
    """Encode CR, LF and % in ``path``, and nothing else (RFC 8493 2.1.3)."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def manifest_line(digest_hex: str, path: str) -> bytes:
    """Return one line: digest, two blanks, encoded path, LF; UTF-8.

    ``path`` is relative to the bag ("data/..."). Two blanks make the line one of sha512sum's
    too. Raises ``UnicodeEncodeError`` when the path is not valid Unicode.
    """
    return f"{digest_hex}  {encode_path(path)}\n".encode()
