"""Where the findings of one verification come together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sys import intern

from archiver.bagit import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.bagit.reading.rules import Rules
from archiver.findings import Finding


def showable(path: str) -> str:
    """Return ``path`` as text that can be written: bytes that are not UTF-8 become ``\\xNN``."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def finding(
    code: str,
    message: str,
    path: str | None,
    clause: str | None,
    detail: Mapping[str, object],
) -> Finding:
    """Return a finding whose ``path`` can be written.

    There may be millions of them that say the same of different files: their words are held once.
    """
    place = None if path is None else showable(path)
    return Finding(code, intern(message), place, None if clause is None else intern(clause), detail)


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
        made = finding(code, message, path, clause, detail)
        if code == "unreadable":
            if made.path in self._unreadable:
                return
            self._unreadable.add(made.path)
        self._findings.append(made)

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
