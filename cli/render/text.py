"""Numbers, lines and tables as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from cli.render.safe import columns, safe

_UNITS = ("kB", "MB", "GB", "TB", "PB", "EB")


class Tone(Enum):
    """What a line's colour says, where colour is welcome; the words always say it too."""

    PLAIN = ""
    GOOD = "32"
    WARNING = "33"
    BAD = "31"
    FAINT = "2"


@dataclass(frozen=True, slots=True)
class Line:
    """One line for a person, not yet escaped."""

    text: str
    tone: Tone = Tone.PLAIN

    def rendered(self, colour: bool) -> str:
        """Return the line escaped, and coloured if ``colour``: the only form to be written."""
        escaped = safe(self.text)
        if colour and self.tone is not Tone.PLAIN:
            return f"\x1b[{self.tone.value}m{escaped}\x1b[0m"
        return escaped


def size(n_bytes: int) -> str:
    """Return a size as people say it: ``999 bytes``, ``1.5 MB`` (decimal units, SI)."""
    if n_bytes < 1000:
        return count(n_bytes, "byte")
    value, place = n_bytes / 1000, 0
    while value >= 999.95 and place + 1 < len(_UNITS):
        value, place = value / 1000, place + 1
    return f"{value:.1f} {_UNITS[place]}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 file``, ``12,000 files``; ``plural`` where adding an s will not do."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def share(part: float) -> str:
    """Return a share of 0 to 1 in per cent, rounded down: what is not all is not called all."""
    return f"{int(part * 1000) / 10:g} %"


def duration(seconds: float) -> str:
    """Return a length of time as people say it: ``42 s``, ``7 min``, ``3 h 20 min``."""
    whole = round(seconds)
    if whole < 1:
        return "less than a second"
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def clock_time(seconds: float) -> str:
    """Return a place in a recording as players show it: ``3:25.200``, ``1:02:03.000``."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    clock = f"{rest // 1000:02d}.{rest % 1000:03d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{clock}" if hours else f"{minutes}:{clock}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> Iterator[Line]:
    """Yield ``rows`` under ``header`` in columns; ``right`` holds the headings set to the right.

    ``right`` is a comma-separated list of headings. Cells are escaped before they are measured,
    so that columns line up whatever a name holds.
    """
    numeric = {header.index(heading) for heading in right.split(",") if heading}
    cells = [[safe(cell) for cell in row] for row in (header, *rows)]
    widths = [max(columns(row[place]) for row in cells) for place in range(len(header))]
    for number, row in enumerate(cells):
        padded = [_pad(cell, widths[place], place in numeric) for place, cell in enumerate(row)]
        yield Line("  ".join(padded).rstrip(), Tone.FAINT if number == 0 else Tone.PLAIN)


def _pad(cell: str, width: int, to_the_right: bool) -> str:
    blanks = " " * (width - columns(cell))
    return blanks + cell if to_the_right else cell + blanks
