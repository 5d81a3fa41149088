"""bagit.txt: the two lines that make a folder a bag (RFC 8493 2.1.1)."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass

from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import KNOWN_VERSIONS, Rules
from archiver.bagit.reading.text import codec_of
from archiver.tree import Tree

NAME = "bagit.txt"
_CLAUSE = "RFC 8493 2.1.1"
_CAP = 4096
_NO_FILE = (errno.EINVAL, errno.ELOOP, errno.ENXIO)
_LINE_END = re.compile("\r\n|\r|\n")
_LABELS = ("BagIt-Version", "Tag-File-Character-Encoding")
_VERSION = re.compile("[0-9]+\\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a bag says of itself: the rules it is judged by and the codec of its text files.

    ``version`` is as declared, None when nothing is.
    """

    version: str | None
    rules: Rules
    codec: str


def read_declaration(tree: Tree, report: Report) -> Declaration:
    """Read bagit.txt; where it says nothing usable, BagIt 1.0 and UTF-8 are assumed."""
    try:
        text = _text(tree, report)
    except FileNotFoundError:
        report.add("no-declaration", "The bag has no bagit.txt.", NAME, _CLAUSE)
        return Declaration(None, Rules("1.0"), "utf-8")
    except OSError as error:
        code = "no-declaration" if error.errno in _NO_FILE else "unreadable"
        report.add(code, f"bagit.txt cannot be read: {error.strerror}.", NAME, _CLAUSE)
        return Declaration(None, Rules("1.0"), "utf-8")
    if "\ufffd" in text:
        report.add("undecodable-text", "bagit.txt is not UTF-8.", NAME, _CLAUSE)
        report = Report()  # what else is wrong with it follows from that
    lines = _LINE_END.split(text)
    if lines[-1] == "":
        lines.pop()
    else:
        report.add("declaration-tolerated", "The last line does not end.", NAME, _CLAUSE)
    if len(lines) != 2:
        message = f"bagit.txt has {len(lines)} lines and must have two."
        report.add("declaration-breach", message, NAME, _CLAUSE)
    version, encoding = _values(lines, report)
    return Declaration(version or None, _rules(version, report), _codec(encoding, report))


def _text(tree: Tree, report: Report) -> str:
    fd = tree.open_file(NAME)
    try:
        data = os.read(fd, _CAP)
    finally:
        os.close(fd)
    if data.startswith(b"\xef\xbb\xbf"):
        message = "The file begins with a byte order mark."
        report.add("byte-order-mark", message, NAME, _CLAUSE)
        data = data[3:]
    return data.decode("utf-8", "replace")


def _values(lines: list[str], report: Report) -> list[str]:
    """Return version and encoding, "" where a line does not give it."""
    values = ["", ""]
    for index, label in enumerate(_LABELS):
        line = lines[index] if index < len(lines) else ""
        given, colon, value = line.partition(":")
        if not colon or given.strip(" \t").lower() != label.lower():
            message = f"Line {index + 1} is not '{label}: ...'."
            report.add("declaration-breach", message, NAME, _CLAUSE)
            continue
        if given.lower() == label.lower() and value[:1] == " " and value.strip() == value[1:]:
            if given != label:
                message = f"Line {index + 1} spells {label} in other case."
                report.add("declaration-tolerated", message, NAME, _CLAUSE)
        else:
            message = f"Line {index + 1} has blanks where none belong, or lacks one."
            report.add("declaration-breach", message, NAME, _CLAUSE)
        values[index] = value.strip()
    return values


def _rules(version: str, report: Report) -> Rules:
    if not version:
        return Rules("1.0")
    if not _VERSION.fullmatch(version):
        message = "The version is not two numbers with a point between them."
        report.add("declaration-breach", message, NAME, _CLAUSE)
    elif version not in KNOWN_VERSIONS:
        report.add("unknown-version", "There is no such version of BagIt.", NAME, _CLAUSE)
    return Rules(version)


def _codec(encoding: str, report: Report) -> str:
    codec = codec_of(encoding)
    if codec is None and encoding:
        message = "The declared encoding is not one of those accepted; UTF-8 is assumed."
        report.add("unknown-encoding", message, NAME, _CLAUSE, encoding=encoding)
    return codec or "utf-8"
