"""bag-info.txt (RFC 8493 2.2.2)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from archiver.errors import UsageError

_LONGEST_LINE = 79  # recommended, RFC 8493 2.2.2
_UNITS = ("KB", "MB", "GB", "TB", "PB", "EB")


def payload_oxum(n_bytes: int, n_files: int) -> str:
    """Return the value of Payload-Oxum: bytes, a point, files."""
    return f"{n_bytes}.{n_files}"


def human_bag_size(n_bytes: int) -> str:
    """Return the value of Bag-Size for people, in decimal units: ``42.6 GB``."""
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    size = float(n_bytes)
    for unit in _UNITS:
        size /= 1000
        if size < 999.95 or unit == _UNITS[-1]:
            break
    return f"{size:.1f} {unit}"


def prose(label: str, text: str) -> str:
    """Return ``text`` with line ends in the place of blanks, so that no line is needlessly long.

    For values that are sentences: line ends are a part of a value (RFC 8493 2.2.2), so what
    programs compare is better left as it is.
    """
    before = len(f"{label}: ")
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        first = " " * (1 if lines else before)
        wrapped = textwrap.wrap(
            line,
            _LONGEST_LINE,
            initial_indent=first,
            subsequent_indent=" ",
            expand_tabs=False,
            replace_whitespace=False,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += [one.removeprefix(first) for one in wrapped[:1]]
        lines += [one[1:] for one in wrapped[1:]]
    return "\n".join(lines)


def format_bag_info(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Return bag-info.txt with ``pairs`` of label and value in their order; UTF-8.

    Lines are not folded for length. A line end within a value (LF, CR or CRLF) is written as
    a continuation line indented by one blank, which a reader gives back as a line end. Raises
    :class:`UsageError` for what could not be read back as it was given.
    """
    return b"".join(_line(label, value) for label, value in pairs)


def _line(label: str, value: str) -> bytes:
    _check_label(label)
    first, *more = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if any(line.startswith((" ", "\t")) for line in more):
        raise UsageError(
            f"The value of {label!a} has a line that begins with a blank, which bag-info.txt "
            "cannot hold.",
            "Remove the blanks at the beginning of the lines, or put the text into a file.",
        )
    if "\0" in value:
        raise UsageError(
            f"The value of {label!a} holds a NUL character.", "Give it without that character."
        )
    folded = "\n ".join([first, *more])
    try:
        return f"{label}: {folded}\n".encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"The label or value of {label!a} is not valid Unicode.", "Give it in UTF-8."
        ) from None


def _check_label(label: str) -> None:
    forbidden = any(character in label for character in ":\r\n\0")
    if not label or label != label.strip() or forbidden or label.startswith("\ufeff"):
        raise UsageError(
            f"{label!a} cannot be a label in bag-info.txt.",
            "A label is not empty, holds no colon and no line end, and does not begin or end "
            "with a blank.",
        )
