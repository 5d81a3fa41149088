"""bag-info.txt: labels and values in their order (RFC 8493 2.2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from archiver.bagit.reading.manifest_lines import line_trouble
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules

_BREACH, _ADVICE = "bag-info-breach", "bag-info-advice"
_OXUM = re.compile("([0-9]+)\\.([0-9]+)")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile("([0-9]+) of ([0-9]+|\\?)")
_SIZE = re.compile("[0-9,.]+ ?([kKMGTPE]i?)?([Bb]|bytes?)")
_SINGLE = ("bagging-date", "bag-size", "bag-group-identifier", "bag-count")

Oxum = tuple[int, int]


class InfoReader:
    """Reads one metadata file; what is not right becomes a finding."""

    def __init__(self, name: str, rules: Rules, report: Report) -> None:
        self._name, self._rules, self._report = name, rules, report

    def pairs(self, blocks: Iterable[str]) -> list[tuple[str, str]]:
        """Return (label, value) pairs in order, repeats and all.

        A line that begins with a blank continues the value above: the line end belongs to the
        value (as LF), the indentation does not. In BagIt 1.0 one blank follows the colon and
        all else is the value; before, blanks round the colon and at the ends mean nothing.
        """
        pairs: list[tuple[str, str]] = []
        for number, line in enumerate(_lines(blocks), 1):
            trouble = line_trouble(line)
            if trouble:
                code = "undecodable-text" if trouble[0] == "undecodable-text" else _BREACH
                self._say(code, number, trouble[1])
            elif line[:1] in (" ", "\t") and pairs:
                label, value = pairs[-1]
                pairs[-1] = (label, value + "\n" + line.lstrip(" \t"))
            elif line.strip(" \t") == "":
                self._say(_ADVICE, number, "is blank")
            else:
                pair = self._pair(line, number)
                if pair is not None:
                    pairs.append(pair)
        return pairs

    def _pair(self, line: str, number: int) -> tuple[str, str] | None:
        label, colon, value = line.partition(":")
        if not colon:
            self._say(_BREACH, number, "has no colon")
            return None
        if not self._rules.modern:
            return label.strip(" \t"), value.strip(" \t")
        if label == "" or label != label.strip(" \t"):
            self._say(_BREACH, number, "has an empty label or blanks at a label's end")
        if value[:1] not in (" ", "\t"):
            self._say(_BREACH, number, "has no blank after the colon")
            return label.strip(" \t"), value
        return label.strip(" \t"), value[1:]

    def judge(self, pairs: Iterable[tuple[str, str]]) -> Oxum | None:
        """Check the labels the RFC reserves; return Payload-Oxum as (bytes, files) if it is there.

        Of several, the first that can be read counts.
        """
        values: dict[str, list[str]] = {}
        for label, value in pairs:
            values.setdefault(label.lower(), []).append(value)
        for label in _SINGLE:
            if len(values.get(label, ())) > 1:
                self._say(_ADVICE, None, f"{label.title()} should not be repeated")
        if not all(map(_is_date, values.get("bagging-date", ()))):
            self._say(_ADVICE, None, "Bagging-Date should be of the form YYYY-MM-DD")
        if not all(map(_is_count, values.get("bag-count", ()))):
            self._say(_ADVICE, None, "Bag-Count should be of the form 'N of T'")
        if not all(_SIZE.fullmatch(size.strip()) for size in values.get("bag-size", ())):
            self._say(_ADVICE, None, "Bag-Size should be a number and a unit, like '42.6 GB'")
        return self._oxum(values.get("payload-oxum", []))

    def _oxum(self, given: list[str]) -> Oxum | None:
        if len(given) > 1:
            self._say(_BREACH, None, "Payload-Oxum must not be repeated")
        read = [found for value in given if (found := _OXUM.fullmatch(value.strip(" \t")))]
        if len(read) < len(given):
            self._say(_BREACH, None, "Payload-Oxum is not 'bytes.files'")
        return (int(read[0][1]), int(read[0][2])) if read else None

    def _say(self, code: str, number: int | None, message: str) -> None:
        clause = f"{self._rules.clause} 2.2.2"
        text = f"{message}." if number is None else f"Line {number} {message}."
        detail = {} if number is None else {"line": number}
        self._report.add(code, text, self._name, clause, **detail)


def _is_date(value: str) -> bool:
    try:
        return _DATE.fullmatch(value.strip()) is not None and bool(
            date.fromisoformat(value.strip())
        )
    except ValueError:
        return False


def _is_count(value: str) -> bool:
    form = _COUNT.fullmatch(value.strip())
    if form is None:
        return False
    number, total = form.groups()
    return total == "?" or 1 <= int(number[:9]) <= int(total[:9])


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        yield from block[:-1].split("\n")
