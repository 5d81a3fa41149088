"""A beginning of a rights file: what the collection itself shows, offered and never granted.

Copyright files and licences become documents with their digests and statements that name them.
No act is granted: each stands there as a comment, for somebody to take off who has read them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.audio.tags import TagReader
from archiver.errors import IncompleteError, UsageError
from archiver.probe import list_folder
from archiver.rights.dep5 import globs_of, is_dep5, paragraphs_of
from archiver.rights.embedded import claims_in
from archiver.rights.licence_texts import licence_at_the_top
from archiver.tree import Tree
from policies.rights.claims import named_label
from policies.rights.matching import Matcher
from policies.rights.model import Statement
from policies.rights.reading import FORMAT, VERSION

_DOCUMENT = re.compile(r"(copyright|licen[cs]e|copying|.*\.rights)(\.(txt|md|rst))?", re.I)
_MOST_BYTES = 1 << 20
_MOST_CLAIMS = 20
_FREE = re.compile(r"(gpl|lgpl|agpl|mit|expat|bsd|isc|zlib|artistic|apache|cc|public)", re.I)


@dataclass(frozen=True, slots=True)
class _Document:
    path: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    document: _Document
    globs: tuple[str, ...]
    excluded: tuple[str, ...]
    files: int
    holders: tuple[str, ...]
    licence: str


def draft(source: str) -> str:
    """Return the text of a rights file for the folder ``source``, which is only read.

    Raises :class:`UsageError` for what is no folder, :class:`IncompleteError` for one that
    cannot be listed.
    """
    if not os.path.isdir(source):
        raise UsageError(f"{source} is no folder", "Name the folder of a collection.")
    try:
        paths = [place.path for place in list_folder(source) if place.obstacle is None]
        documents = list(_documents(source, paths))
    except OSError as error:
        raise IncompleteError(f"{source} cannot be listed: {error.strerror}") from error
    candidates = [one for document in documents for one in _candidates(document, paths)]
    return "\n".join([*_head(source, len(paths)), *_statements(candidates),
                      *_claimed(source, paths), *_evidence(documents)])  # fmt: skip


def _documents(source: str, paths: Sequence[str]) -> Iterator[_Document]:
    """Yield the texts that look like copyright or licence files, with their digests."""
    seen: set[str] = set()
    with Tree(source) as tree:
        for path in paths:
            if not _DOCUMENT.fullmatch(path[path.rfind("/") + 1 :]):
                continue
            with os.fdopen(tree.open_file(path), "rb") as file:
                data = file.read(_MOST_BYTES + 1)
            if len(data) <= _MOST_BYTES:
                text = data.decode("utf-8", "replace")
                digest = hashlib.sha256(data).hexdigest()
                if digest not in seen:
                    seen.add(digest)
                    yield _Document(path, digest, text)


def _candidates(document: _Document, paths: Sequence[str]) -> Iterator[_Candidate]:
    if not is_dep5(document.text):
        licence = licence_at_the_top(document.text)
        if not licence and (label := named_label(document.text)):
            licence = label.name
        below = document.path.rpartition("/")[0]
        # A licence beside the files is about them; one among documents is about everything.
        whole: tuple[str, ...] = ("**",)
        globs = whole if not below or "/doc/" in f"/{below}/" else (f"{_plain(below)}/**",)
        yield _Candidate(document, globs, (), len(paths), (), licence)
        return
    found = []
    for paragraph in paragraphs_of(document.text):
        globs = tuple(glob for one in paragraph.patterns for glob in _placed(one, paths))
        if globs:
            found.append((paragraph, globs, _matched(globs, paths)))
    for place, (paragraph, globs, files) in enumerate(found):
        later = found[place + 1 :]
        excluded = tuple(g for _, gs, theirs in later if files & theirs for g in gs)
        own = files.difference(*(theirs for _, _, theirs in later))
        if own:
            yield _Candidate(
                document, globs, excluded, len(own), paragraph.holders, paragraph.licence
            )


def _placed(pattern: str, paths: Sequence[str]) -> Iterator[str]:
    """Yield the globs by which a pattern finds files here, wherever its tree was installed."""
    for glob in globs_of(pattern):
        for form in dict.fromkeys((glob, glob if glob.startswith("**") else f"**/{glob}")):
            if _matched((form,), paths):
                yield form
                break


def _matched(globs: tuple[str, ...], paths: Sequence[str]) -> frozenset[str]:
    matcher = Matcher([Statement("x", "license", paths=globs)])
    return frozenset(path for path in paths if matcher.matching(path))


def _plain(path: str) -> str:
    return path.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")


def _head(source: str, files: int) -> list[str]:
    name = os.path.basename(os.path.abspath(source))
    return [
        f"# Rights in {json.dumps(name)}: {files:,} files. A beginning, made of what lies there.",
        "#",
        "# Nothing is granted yet. Read the documents; then, in each statement, take the # off the",
        "# acts that they grant, and correct what is wrong. Ask with 'archiver rights check'.",
        "# What no statement is about, or grants, is not packaged.",
        "",
        f'format = "{FORMAT}"',
        f"version = {VERSION}",
        "",
    ]


def _statements(candidates: Sequence[_Candidate]) -> Iterator[str]:
    for number, one in enumerate(candidates, 1):
        label = named_label(one.licence)
        yield f"# {one.document.path} says so of {one.files:,} files."
        yield "[[statements]]"
        yield f'id = "R-{number}"'
        yield 'basis = "license"'
        yield f"note = {json.dumps(one.licence or 'which licence? see the document')}"
        if label is not None:
            yield f"statement_uri = {json.dumps(label.uri)}"
        if one.holders:
            yield f"attribution = {json.dumps('; '.join(one.holders), ensure_ascii=True)}"
        yield f"evidence = [{json.dumps(_id(one.document))}]"
        yield f"applies_to = {json.dumps(one.globs, ensure_ascii=True)}"
        if one.excluded:
            yield f"except = {json.dumps(one.excluded, ensure_ascii=True)}"
        yield "[statements.acts]"
        yield from _acts(one, "nd" in label.conditions if label else False)
        yield ""
    if not candidates:
        yield from _EXAMPLE


def _acts(one: _Candidate, no_derivatives: bool) -> Iterator[str]:
    free = bool(_FREE.match(one.licence))
    note = "with the licence and its authors' names"
    for act in ("replicate", "migrate", "use"):
        yield f'# {act} = "allow"'
    if free:
        if not no_derivatives:
            yield '# modify = "allow"'
        for act in ("disseminate", "distribute"):
            yield f'# {act} = {{restriction = "conditional", note = {json.dumps(note)}}}'


_EXAMPLE = (
    "# No document about rights was found. An example to be completed:",
    "#",
    "# [[statements]]",
    '# id = "R-1"',
    '# basis = "own-production"          # or licence, donor, deposit, statute, public-domain ...',
    '# note = "recorded by us in 2024"',
    '# applies_to = ["**"]',
    "# [statements.acts]",
    '# replicate = "allow"',
    '# migrate = "allow"',
    '# use = "allow"',
    "",
)


def _claimed(source: str, paths: Sequence[str]) -> Iterator[str]:
    """Yield what recordings say of themselves, as comments: claims grant nothing."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], str] = {}
    places = ((path, os.path.join(os.path.abspath(source), path)) for path in paths)
    with TagReader(os.cpu_count() or 1) as reader:
        for path, record in reader.read_many(places):
            for claim in claims_in(record):
                if claim.kind in ("licence", "copyright"):
                    key = (str(claim.kind), str(claim))
                    counts[key] += 1
                    first.setdefault(key, path)
    if counts:
        yield "# What the recordings claim of themselves, which grants nothing:"
    for key, number in counts.most_common(_MOST_CLAIMS):
        yield f"# {number:,} files, such as {json.dumps(first[key])}: {json.dumps(key[1])}"
    if len(counts) > _MOST_CLAIMS:
        yield f"# and {len(counts) - _MOST_CLAIMS:,} other claims"
    yield ""


def _evidence(documents: Sequence[_Document]) -> Iterator[str]:
    for one in documents:
        label = named_label(one.text)
        yield "[[evidence]]"
        yield f"id = {json.dumps(_id(one))}"
        yield f'type = "{"cc_license_capture" if label else "license_agreement"}"'
        yield f"file = {json.dumps(one.path, ensure_ascii=True)}"
        yield f'sha256 = "{one.sha256}"'
        yield ""


def _id(document: _Document) -> str:
    """Return an id that stays the same while the document does."""
    return f"E-{document.sha256[:8]}"
