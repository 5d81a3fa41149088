"""The lines of payload and tag manifests: digest, blanks, path (RFC 8493 2.1.3, 2.2.1)."""

from __future__ import annotations

import re
from typing import Protocol

from archiver.bagit.reading.paths import decode_escapes, risky, undo_backslashes, unsafe
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.bagit.reading.text import LINE_CAP, OVERLONG, UNDECODABLE, has_undecodable

TAG_MANIFEST = re.compile(r"tagmanifest-([^/]+)\.txt", re.DOTALL)
_PLAIN_TAG_PATH = r"(?!data/|tagmanifest-|\.\.?(?:/|$)|[A-Za-z]:)[^ \t\n*/~][^\n]*"
_DOTTED = re.compile(r"/\.{1,2}[/\n]")
_CAREFUL = re.compile(r"(\\?)([^ \t]+)([ \t]+)(.*)", re.DOTALL)
_HEX = re.compile("[0-9a-fA-F]+")

Entry = tuple[str, str]


class Say(Protocol):
    """Records a finding about the line at hand: code, what the line does, section of the rules."""

    def __call__(self, code: str, message: str, section: str = ...) -> None:
        """Record it."""


def line_trouble(line: str) -> tuple[str, str] | None:
    """Return code and message for a line that cannot even be read as text, or None."""
    if line == OVERLONG:
        return "unparsable-line", f"is longer than {LINE_CAP:,} characters"
    if line == UNDECODABLE or has_undecodable(line):
        return "undecodable-text", "is not in the encoding the bag declares"
    if "\0" in line:
        return "unparsable-line", "holds a NUL character"
    return None


class ManifestLines:
    """Parses the lines of one manifest into (path, digest as written) entries.

    ``digest_bytes`` is the size of a digest, or None for an unknown algorithm. An entry whose
    digest is garbled keeps its path, with "" for the digest. ``undefined`` collects the paths
    with undefined escapes and the line they stand in: whether such a path may be taken
    literally is known only when the files have been seen.
    """

    def __init__(self, name: str, rules: Rules, *, payload: bool, digest_bytes: int | None) -> None:
        self._name, self._rules, self._payload = name, rules, payload
        self._digits = None if digest_bytes is None else 2 * digest_bytes
        self._section = "2.1.3" if payload else "2.2.1"
        self.undefined: dict[str, int] = {}
        digest = "[0-9a-fA-F]" + ("+" if self._digits is None else f"{{{self._digits}}}")
        path = "data/[^\n]+" if payload else _PLAIN_TAG_PATH
        self._plain = re.compile(f"^({digest})[ \t]+({path})$", re.MULTILINE)

    def entries(self, block: str, first_line: int, report: Report) -> list[Entry]:
        """Parse a block of whole lines, of which the first has the number ``first_line``.

        A block in which every line is plain is taken in one sweep; each line of any other
        block is looked at by itself, and every line that lists nothing becomes a finding.
        """
        found = self._plain.findall(block)
        if len(found) == block.count("\n"):
            entries = [(path, digest) for digest, path in found]
            if not _odd("\n".join([path for path, _ in entries]) + "\n"):
                return entries
        entries = []
        for number, line in enumerate(block[:-1].split("\n"), first_line):
            plain = self._plain.fullmatch(line)
            if plain and not _odd(plain[2] + "\n"):
                entries.append((plain[2], plain[1]))
                continue
            entry = self._careful(line, number, report)
            if entry is not None:
                entries.append(entry)
        return entries

    def _careful(self, line: str, number: int, report: Report) -> Entry | None:
        def say(code: str, message: str, section: str = self._section) -> None:
            clause = f"{self._rules.clause} {section}"
            report.add(code, f"Line {number} {message}.", self._name, clause, line=number)

        trouble = line_trouble(line)
        if trouble:
            say(*trouble)
            return None
        form = _CAREFUL.fullmatch(line)
        if form is None or not form[4]:
            self._lists_nothing(line, say)
            return None
        backslashed, digest, blanks, path = form.groups()
        digest = self._sound_digest(digest, say)
        decoded = self._decode(path, blanks, bool(backslashed), say)
        if decoded is None:
            return None
        path, undefined = decoded
        if not digest and self._payload and not path.startswith("data/"):
            return None  # no entry at all: a comment, perhaps
        if not self._belongs(path, say):
            return None
        if undefined and self._rules.modern:
            self.undefined[path] = number
        return path, digest

    def _lists_nothing(self, line: str, say: Say) -> None:
        if line.strip(" \t") == "" and not self._rules.modern:
            say("tolerated-line", "is blank")
        else:
            say("unparsable-line", "is blank" if line == "" else "is not a digest and a path")

    def _sound_digest(self, digest: str, say: Say) -> str:
        if not _HEX.fullmatch(digest):
            say("unparsable-line", "has a digest that is not hexadecimal")
            return ""
        if self._digits is not None and len(digest) != self._digits:
            wanted = f"where {self._digits} are wanted"
            say("unparsable-line", f"has a digest of {len(digest)} digits {wanted}")
            return ""
        return digest

    def _decode(
        self, path: str, blanks: str, backslashed: bool, say: Say
    ) -> tuple[str, bool] | None:
        """Return the path meant, and whether it holds a percent sign that stands for nothing."""
        # md5sum writes one blank and '*' for binary mode; with two blanks the '*' is a name's.
        if path.startswith("*") and (self._payload or len(blanks) == 1):
            path = path[1:]
            say("tolerated-line", "has md5sum's '*' before the path", "6.1.3")
        if backslashed:
            say("tolerated-line", "is escaped in md5sum's way, with backslashes", "6.1.3")
            undone = undo_backslashes(path)
            if undone is None:
                say("unparsable-line", "has a backslash that stands for nothing")
            return None if undone is None else (undone, False)
        if not self._rules.modern and path.startswith("./"):
            say("tolerated-line", "begins its path with './'")
            path = path[2:]
        return decode_escapes(path, self._rules.escapes)

    def _belongs(self, path: str, say: Say) -> bool:
        """Whether the path may be looked for in the bag; if not, that has become a finding."""
        danger = unsafe(path)
        if danger:
            say("unsafe-path", f"cannot be followed: {danger}", "5.1")
            return False
        in_data = path.startswith("data/")
        if self._payload and not in_data:
            say("path-not-payload", "lists a path outside data/")
            return False
        if not self._payload and in_data:
            say("tag-manifest-lists-payload", "lists a file below data/")
            return False
        if not self._payload and TAG_MANIFEST.fullmatch(path):
            say("tag-manifest-lists-tag-manifest", "lists a tag manifest")
            return False
        risk = risky(path)
        if risk:
            say("risky-path", f"is taken literally: {risk}", "5.1")
        return True


def _odd(paths: str) -> bool:
    """Whether any of ``paths``, each ended by LF, must be looked at by itself."""
    if "%" in paths or "\\" in paths or "\0" in paths or "//" in paths or "/\n" in paths:
        return True
    if "/." in paths and _DOTTED.search(paths):
        return True
    return has_undecodable(paths)
