"""Where the findings of one verification come together."""

from __future__ import annotations

from collections.abc import Iterable

from archiver.bagit import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.bagit.reading.rules import Rules
from archiver.findings import Finding


def showable(path: str) -> str:
    """Return ``path`` as text that can be written: bytes that are not UTF-8 become ``\\xNN``."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Report:
    """Collects findings in any order; gives them back in the order of their paths."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._unreadable: set[str | None] = set()

    def add(
        self,
        code: str,
        message: str,
        path: str | None = None,
        clause: str | None = None,
        **detail: object,
    ) -> None:
        """Record one observation; ``detail`` holds JSON-ready facts.

        That something is unreadable is recorded once, however many readers meet it.
        """
        place = None if path is None else showable(path)
        if code == "unreadable":
            if place in self._unreadable:
                return
            self._unreadable.add(place)
        self._findings.append(Finding(code, message, place, clause, detail))

    def add_mark(self, path: str, codec: str, rules: Rules) -> None:
        """Record that a text file begins with a byte order mark its encoding does not need."""
        wide = codec.startswith(("utf-16", "utf-32"))
        code = "byte-order-mark" if rules.modern and not wide else "byte-order-mark-tolerated"
        message = "The file begins with a byte order mark."
        self.add(code, message, path, f"{rules.clause} 2.3")

    def extend(self, findings: Iterable[Finding]) -> None:
        """Record findings made elsewhere."""
        self._findings.extend(findings)

    def in_path_order(self) -> tuple[Finding, ...]:
        """Return all findings, those about the whole bag first, then by path."""
        return tuple(sorted(self._findings, key=lambda finding: finding.path or ""))
