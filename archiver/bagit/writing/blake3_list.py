"""Lines of fixity/blake3.txt, to be checked with ``b3sum --check``."""

from __future__ import annotations


def b3sum_line(digest_hex: str, path: str) -> bytes:
    r"""Return one line as ``b3sum`` writes it: digest, two blanks, path, LF; UTF-8.

    Where the path holds a backslash or a line feed, the line begins with ``\`` and they are
    written ``\\`` and ``\n``; a carriage return is written as it is.
    """
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n")
    mark = "" if escaped == path else "\\"
    return f"{mark}{digest_hex}  {escaped}\n".encode()
