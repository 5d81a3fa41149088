"""Reading what options mean: rights statements, pairs for ``bag-info.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from archiver.exporting.permission import Purpose
    from policies.acts import Audience
    from policies.rights import RightsStatement

Pairs = tuple[tuple[str, str], ...]


def read_bytes(path: str) -> bytes:
    """Return the content of a file the user named. Raises :class:`UsageError`."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "Check the spelling and the permissions."
        ) from error


def rights_statement(
    basis: str | None, note: str | None, date: str | None, file: str | None
) -> RightsStatement | None:
    """Return the statement the options make, ``None`` when they make none or name a file.

    Raises :class:`UsageError` when they contradict each other.
    """
    from policies.rights import RightsStatement

    if file is not None and (basis or note or date):
        raise UsageError(
            "--rights FILE and --basis, --rights-note, --rights-date exclude each other",
            "The file holds basis, note and date together.",
        )
    if basis is None:
        if note or date:
            raise UsageError("a note or date says nothing without a basis", "Add --basis.")
        return None
    return RightsStatement(basis, note, date)


def info_pairs(pairs: tuple[str, ...], file: str | None) -> Pairs:
    """Return labels and values for ``bag-info.txt``: first the file's, then the options'.

    Raises :class:`UsageError`.
    """
    from_file = _info_lines(read_bytes(file), file) if file else ()
    return (*from_file, *(_pair(pair, "=") for pair in pairs))


def _pair(text: str, sign: str) -> tuple[str, str]:
    label, found, value = text.partition(sign)
    if not found or not label.strip():
        raise UsageError(
            f"{text!r} is no pair of a label and a value",
            f"Write it like Source-Organization{sign}Our Archive.",
        )
    return label.strip(), value.strip()


def _info_lines(data: bytes, name: str) -> Pairs:
    """Read ``Label: Value`` lines as in ``bag-info.txt``; an indented line goes on the value."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (at byte {error.start:,})") from error
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and line.strip() and pairs:
            label, value = pairs[-1]
            pairs[-1] = (label, f"{value}\n{line.strip()}")
        elif line.strip():
            pairs.append(_pair(line, ":"))
    return tuple(pairs)


def known_damage(accept: bool, reason: str | None) -> str | None:
    """Return the reason for which known damage is accepted. Raises :class:`UsageError`."""
    given = (reason or "").strip()
    if accept != bool(given):
        raise UsageError(
            "--accept-known-damage and --reason belong together",
            "Say in --reason why the damaged files are kept; it stands in the bag for ever.",
        )
    return given or None


def territory(text: str | None) -> str | None:
    """Return a territory as it was asked for. Raises :class:`UsageError`."""
    from policies.rights.territories import is_territory

    if text is None or is_territory(text):
        return text
    raise UsageError(f"{text!r} is no territory", "Write a code like FR or EU, or world.")


def days(text: str | None) -> int | None:
    """Return a number of days from ``90`` or ``90d``. Raises :class:`UsageError`."""
    if text is None:
        return None
    number = text.removesuffix("d")
    if number.isascii() and number.isdigit() and len(number) < 7:
        return int(number)
    raise UsageError(f"{text!r} is no number of days", "Write it like 90d.")


def purpose(
    as_of: date,
    *,
    audience: Audience | None,
    where: str | None,
    recipient: str | None,
    in_house: bool,
) -> Purpose:
    """Return what a copy is for. Raises :class:`UsageError` for what contradicts itself."""
    from archiver.exporting.permission import Purpose

    place = territory(where)
    if not in_house:
        return Purpose(as_of, audience or "public", place, recipient)
    if audience is not None:
        raise UsageError(
            "--in-house and --audience exclude each other",
            "What is given to an audience does not stay in the house.",
        )
    return Purpose(as_of, None, place, recipient)
