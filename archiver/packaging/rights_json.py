"""``metadata/rights.json``, version 2, and the documents beside it: rights kept with the audio."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from archiver.bagit.writing import prose
from archiver.canonical import canonical
from archiver.errors import EnvironmentUnusable
from archiver.findings import Finding
from archiver.packaging.rights import FileRights
from archiver.packaging.tagfiles import TagFiles
from archiver.rights.embedded import claims_in
from archiver.rights.evidence import kept_documents, name_in_bag, pieces_of
from archiver.survey import Worksheet
from policies.names import shown
from policies.rights.claims import compare_claims
from policies.rights.effective import Effective, Group
from policies.rights.model import Evidence, Statement
from policies.rights.record import BAG_FORMAT, BAG_VERSION, basis_of, book_record
from policies.rights.uris import label_of

_PAYLOAD = "data/"
_MOST_KINDS = 500  # different remarks about claims; a collection with more repeats itself


@dataclass(frozen=True, slots=True)
class ClaimRemark:
    """What files claim otherwise than the statements: of how many, and the first of them."""

    code: str
    detail: str
    files: int
    first: str

    @property
    def finding(self) -> Finding:
        """The remark as a finding, the files counted."""
        more = f" ({self.files:,} files)" if self.files > 1 else ""
        return Finding(self.code, f"{self.detail}{more}", self.first)


def compare_with_claims(bag: str, rights: FileRights) -> list[ClaimRemark]:
    """Hold what the staged recordings claim (``metadata/audio.jsonl``) against the statements.

    The same remark about many files is made once.
    """
    found: dict[tuple[str, str], ClaimRemark] = {}
    book = rights.rights.book
    with open(f"{bag}/metadata/audio.jsonl", "rb") as lines:
        for line in lines:
            record = msgspec.json.decode(line)
            claims = claims_in(record)
            if not claims:
                continue
            path = record["path"]
            group = rights.group(path.removeprefix(_PAYLOAD))
            for reason in compare_claims(claims, group.statements, book):
                key = reason.code, reason.detail
                known = found.get(key)
                if known is not None:
                    found[key] = replace(known, files=known.files + 1)
                elif len(found) < _MOST_KINDS:
                    found[key] = ClaimRemark(*key, 1, path)
    return list(found.values())


def write_rights(
    tag_files: TagFiles, rights: FileRights, worksheet: Worksheet, claims: list[ClaimRemark]
) -> None:
    """Write the effective rights of each file, the statements, and the documents they rest on.

    Raises :class:`~archiver.errors.EnvironmentUnusable` for a document that is not what it was
    a moment ago.
    """
    in_force = rights.rights
    _write_documents(tag_files, rights)
    if in_force.data is not None:
        tag_files.write("metadata/rights.toml", [in_force.data])
    counts = Counter(rights.group(path).number for path in worksheet.file_paths())
    most = max(counts, key=lambda number: (counts[number], -number))
    record = _record(rights, claims, most, counts)
    before = canonical({key: value for key, value in record.items() if key < "files"})
    after = canonical({key: value for key, value in record.items() if key > "files"})
    file = tag_files.open("metadata/rights.json")
    file.add(before[:-1] + b',"files":[')
    comma = b""
    for path in worksheet.file_paths() if len(counts) > 1 else ():
        number = rights.group(path).number
        if number != most:
            file.add(comma + canonical({"answer": number, "path": _PAYLOAD + path}))
            comma = b","
    file.add(b"]," + after[1:] + b"\n")
    tag_files.finish()


def _record(
    rights: FileRights, claims: list[ClaimRemark], most: int, counts: Counter[int]
) -> dict[str, Any]:
    """Return everything in the record but ``files``; which bases and notes, as version 1 had."""
    in_force, brief = rights.rights, rights.rights.brief
    head = {
        "format": BAG_FORMAT,
        "version": BAG_VERSION,
        "scope": "file" if brief is None else "bag",
        "as_of": rights.as_of.isoformat(),
        "basis": basis_of(in_force.book) if brief is None else brief.basis,
        "note": brief.note if brief else None,
        "date": None if brief is None else brief.date or rights.as_of.isoformat(),
        "rights_file_sha256": in_force.digest,
        "answers": [
            _answer(group, counts[group.number]) for group in rights.groups if counts[group.number]
        ],
        "default_answer": most,
        "claims": [
            {"code": one.code, "detail": one.detail, "files": one.files, "first": one.first}
            for one in claims
        ],
        "evidence_files": {
            document.id: name_in_bag(document) for document in kept_documents(in_force.book)
        },
    }
    return head | book_record(in_force.book)


def _answer(group: Group, files: int) -> dict[str, Any]:
    return {
        "number": group.number,
        "count": files,
        "statements": [one.id for one in group.statements],
        "layers": list(group.layers),
        "acts": {act: _act(found) for act, found in group.acts.items()},
    }


def _act(found: Effective) -> dict[str, Any]:
    record = {
        "restriction": found.restriction,
        "statement": found.statement,
        "code": found.code,
    }
    return {key: value for key, value in record.items() if value is not None}


def _write_documents(tag_files: TagFiles, rights: FileRights) -> None:
    in_force = rights.rights
    for document in kept_documents(in_force.book):
        read = hashlib.sha256()
        pieces = _read_again(document, pieces_of(document, in_force.folder or ""))
        tag_files.write(name_in_bag(document), _digested(read, pieces))
        if read.hexdigest() != document.sha256:
            raise EnvironmentUnusable(
                f"the document {document.id} changed while it was read",
                "Make sure nobody works on it, then package again. The source is untouched.",
            )


def _read_again(document: Evidence, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield ``pieces``; trouble with them is not trouble with the bag they are written to."""
    try:
        yield from pieces
    except OSError as error:
        raise EnvironmentUnusable(
            f"the document {document.id} cannot be read any more: {error.strerror}",
            "Put it back, then package again. The source is untouched.",
        ) from error


def _digested(digest: hashlib._Hash, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def rights_info(rights: FileRights) -> Iterator[tuple[str, str]]:
    """Yield the lines of ``bag-info.txt`` about rights: public statements, then the bases."""
    used = {one.id: one for group in rights.groups for one in group.statements}
    active = [used[name] for name in sorted(used) if used[name].status == "active"]
    labels = [label_of(one.statement_uri) for one in active if one.statement_uri]
    for uri in dict.fromkeys(label.uri for label in labels if label is not None):
        yield "Rights-Statement-URI", uri
    for one in active:
        yield "Rights-Statement", prose("Rights-Statement", _in_words(one))


def _in_words(one: Statement) -> str:
    """Return a statement in one line."""
    parts = [f"{one.id}: {one.house_basis}"]
    parts += [one.statute.citation] if one.statute else []
    parts += [part for part in (one.note, one.attribution) if part]
    return shown("; ".join(" ".join(part.split()) for part in parts))
