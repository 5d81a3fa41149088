"""What bagit-python is known to get wrong, and how a disagreement with it is explained.

Seen in bagit-python 1.9.0; the sources are its own code and its list of issues
(https://github.com/LibraryOfCongress/bagit-python/issues).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.bagit.reading.report import Report
from archiver.bagit.reading.walk import walk
from archiver.findings import Finding, Severity
from archiver.tree import Tree

_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_GRAVE = (Severity.DAMAGE, Severity.BLIND)


@dataclass(frozen=True, slots=True)
class Answer:
    """What bagit-python said: "valid", "invalid" or "crash", with what, and of which paths."""

    version: str
    verdict: str
    error: str
    message: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One disagreement: our findings, its answer, and the path of the bag."""

    bag: str
    findings: tuple[Finding, ...]
    answer: Answer

    def names(self) -> Iterator[str]:
        """Yield the path of every file in the bag; none where it cannot be looked at."""
        try:
            with Tree(self.bag) as tree:
                yield from (path for path, _ in walk(tree, "", Report()))
        except OSError:
            return

    def has_plain_oxum(self) -> bool:
        """Whether the metadata gives Payload-Oxum once, in the spelling that it knows."""
        try:
            with open(f"{self.bag}/bag-info.txt", "rb") as file:
                head = b"\n" + file.read(1 << 20).replace(b"\r", b"\n")
        except OSError:
            return False
        return head.count(b"\nPayload-Oxum:") == 1

    def has(self, code: str) -> bool:
        """Whether we have a finding of this code."""
        return any(finding.code == code for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing it gets wrong.

    ``excuses`` are our findings that it cannot have; ``applies`` tells of a bag it refuses
    whether this is why.
    """

    name: str
    text: str
    source: str
    excuses: tuple[str, ...] = ()
    applies: Callable[[Case], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class OddNames:
    """A kind of name that it reads wrongly: which are of that kind, and what it makes of one."""

    defect: Defect
    is_odd: Callable[[str], bool]
    made_of: Callable[[str], str]


def explain(case: Case) -> tuple[Defect, ...]:
    """Return the defects that explain all of the disagreement; none where any of it is not."""
    grave = [finding for finding in case.findings if finding.severity in _GRAVE]
    if case.answer.verdict == "valid":
        found = [_excuse(case, finding) for finding in grave]
        if None in found:
            return ()
        return tuple(dict.fromkeys(one for one in found if one is not None))
    return _by_names(case) or tuple(one for one in DEFECTS if one.applies(case))[:1]


def _excuse(case: Case, finding: Finding) -> Defect | None:
    if finding.code in ("mismatch", "manifests-disagree"):
        return _UNKNOWN if _in_unknown_list(finding) else None
    if finding.code == "unexpected" and str(finding.path).isascii():
        return None  # no twin in another normal form
    if finding.code == "oxum-mismatch" and case.has_plain_oxum():
        return None
    return next((one for one in DEFECTS if finding.code in one.excuses), None)


def _in_unknown_list(finding: Finding) -> bool:
    algorithm = str(finding.detail.get("algorithm", "sha512"))
    return algorithm not in hashlib.algorithms_guaranteed


def _by_names(case: Case) -> tuple[Defect, ...]:
    """Explain a refusal by the names of the files it is about, if every one of them is odd.

    It complains of a file under the name on disk, or under what it made of that; and calls
    missing what it made of a name, which is never a file that is there.
    """
    told = case.answer
    if told.verdict != "invalid":
        return ()
    missing = {path for kind, path in told.details if kind == "FileMissing"}
    present = {path for _, path in told.details} - missing
    if not present:
        garbled = "is unsafe" in told.message or "multiple times" in told.message
        kinds = [one for name in case.names() for one in NAMES if garbled and one.is_odd(name)]
        return tuple(dict.fromkeys(one.defect for one in kinds))
    reasons = {path: one.defect for path in present for one in NAMES if one.is_odd(path)}
    for name in case.names():
        if name in missing:
            return ()
        for one in NAMES:
            if one.is_odd(name) and one.made_of(name) in present:
                reasons.setdefault(one.made_of(name), one.defect)
    return tuple(dict.fromkeys(reasons.values())) if reasons.keys() == present else ()


def _crash(*errors: str) -> Callable[[Case], bool]:
    return lambda case: case.answer.verdict == "crash" and case.answer.error in errors


def _said(words: str) -> Callable[[Case], bool]:
    return lambda case: words in case.answer.message


_UNKNOWN = Defect(
    "unknown-manifests",
    "Manifests in algorithms that Python's hashlib lacks, or under another spelling, are ignored.",
    "`manifest_files`, `CHECKSUM_ALGOS`; issues 156, 158",
    ("manifest-not-checked", "algorithm-name"),
    _said("No manifest files found"),
)

_STRIPS = Defect(
    "blanks-stripped",
    "Blanks at the end of a name are cut off (str.strip) when a manifest is read.",
    "`_load_manifests`; issue 143",
)

_SPLITS = Defect(
    "lines-split",
    "Lines end at U+0085, U+2028, U+2029, VT, FF and FS to RS, too, which may stand in names and "
    "values (RFC 8493 2.3).",
    "`open_text_file` uses `codecs.open`",
    applies=_said("Invalid tag"),
)

_ESCAPES = Defect(
    "escapes",
    "%25 is not decoded, %0D and %0A only in upper case and not more than twice a name "
    "(RFC 8493 2.1.3).",
    "`_decode_filename`; issue 157",
)

NAMES: tuple[OddNames, ...] = (
    OddNames(
        _SPLITS,
        lambda path: _LINE_ENDS.search(path) is not None,
        lambda path: _LINE_ENDS.split(path)[0].strip(),
    ),
    OddNames(_STRIPS, lambda path: path != path.strip(), str.strip),
    OddNames(_ESCAPES, lambda path: re.search("[%\r\n]", path) is not None, str),
)

DEFECTS: tuple[Defect, ...] = (
    _UNKNOWN,
    Defect(
        "union-of-manifests",
        "A file that one manifest lists counts as listed in all (RFC 8493 2.1.3, 3).",
        "`compare_manifests_with_fs`",
        ("not-in-every-manifest",),
    ),
    Defect(
        "names-as-sets",
        "Names are compared as sets of one normal form: an unlisted twin hides behind a listed "
        "name, and a listed name is looked up in the form it has on disk.",
        "`compare_manifests_with_fs`; issue 51",
        ("unexpected",),
        lambda case: case.has("name-form-differs"),
    ),
    Defect(
        "tag-manifest-rules",
        "What a tag manifest must list, and must not, is not looked at (RFC 8493 2.2.1).",
        "`_validate_completeness`",
        (
            "tag-manifest-omits-manifest",
            "tag-manifest-lists-payload",
            "tag-manifest-lists-tag-manifest",
        ),
    ),
    Defect(
        "paths-outside-data",
        "A payload manifest may list files outside data/ (RFC 8493 2.1.3).",
        "`_load_manifests`",
        ("path-not-payload",),
    ),
    Defect(
        "common-prefix",
        "A path into a folder beside the bag whose name begins with the bag's is followed; so are "
        "paths with . and empty parts, and those of Windows.",
        "`_path_is_dangerous` uses `os.path.commonprefix`",
        ("unsafe-path",),
    ),
    Defect(
        "links-and-pipes",
        "Links are followed, and what is neither file nor folder is passed over.",
        "`payload_files`; issue 115",
        ("link-in-bag", "special-file-in-bag"),
    ),
    Defect(
        "declaration-form",
        "Order, blanks and number of the lines of bagit.txt are not looked at, nor whether there "
        "is such a version; a label in other case is not found (RFC 8493 2.1.1).",
        "`_open`, `_parse_tags`",
        ("declaration-breach", "unknown-version"),
        _said("Missing required tag in bagit.txt"),
    ),
    Defect(
        "byte-order-mark",
        "A byte order mark is only warned of (RFC 8493 2.3).",
        "`open_text_file`, `_parse_tags`",
        ("byte-order-mark",),
    ),
    Defect(
        "lines-passed-over",
        "Lines of manifests that are no digest and path are passed over (RFC 8493 2.1.3).",
        "`_load_manifests`",
        ("unparsable-line",),
    ),
    Defect(
        "metadata-form",
        "The form of bag-info.txt is not looked at; of two Payload-Oxums, or one spelt in another "
        "case, none is compared (RFC 8493 2.2.2).",
        "`_parse_tags`, `_validate_oxum`",
        ("bag-info-breach", "oxum-mismatch"),
    ),
    Defect(
        "fetch-form",
        "Of fetch.txt only paths and the form of URLs are looked at, and a URL without a host is "
        "refused; a path that begins with a slash always is (BagIt 0.97).",
        "`fetch_entries`, `validate_fetch`",
        ("fetch-breach",),
        lambda case: (
            _said("Malformed URL")(case)
            or (_said("is unsafe")(case) and case.has("fetch-tolerated"))
        ),
    ),
    _STRIPS,
    _SPLITS,
    _ESCAPES,
    Defect(
        "md5sum-backslashes",
        "Lines escaped in md5sum's way are taken as they stand.",
        "`_load_manifests`",
        applies=lambda case: case.has("tolerated-line"),
    ),
    Defect(
        "wide-without-mark",
        "UTF-16 and UTF-32 without a byte order mark are not read (RFC 2781 4.3: big-endian).",
        "`open_text_file`",
        applies=_crash("UnicodeError", "UnicodeDecodeError"),
    ),
    Defect(
        "read-errors",
        "A file that cannot be read counts as one with another digest.",
        "`_calc_hashes`; issue 139",
        applies=lambda case: case.has("unreadable"),
    ),
    Defect(
        "name-of-the-bag",
        "It breaks off at any bag whose path holds `tagmanifest-`.",
        "`validate`: the algorithm is looked for in the whole path",
        applies=lambda case: "tagmanifest-" in case.bag and case.answer.verdict == "crash",
    ),
    Defect(
        "breaks-off",
        "It breaks off with a traceback where a finding is due: undecodable text, short lines of "
        "fetch.txt, Payload-Oxum without a point, links to nothing.",
        "`is_valid` raises, too",
        applies=lambda case: (
            case.answer.verdict == "crash"
            and any(finding.severity in _GRAVE for finding in case.findings)
        ),
    ),
)
