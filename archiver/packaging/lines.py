"""The lines of a bag's own tag files: entries of the worksheet -> bytes, nothing else.

The formats are written down in ``docs/formats/bag.md``.
"""

from __future__ import annotations

from archiver.canonical import canonical
from archiver.clock import utc_text_ns
from archiver.hashing import BLOCK_SIZE
from archiver.survey.entry import Entry
from policies.verdicts import Reason

_DIGEST_SIZE = 32


def payload_path(path: str) -> str:
    """Return where in the bag the source's file at ``path`` is."""
    return f"data/{path}"


def block_line(entry: Entry) -> bytes:
    """Return the line of ``fixity/blocks.jsonl``: BLAKE3 of each block of 1 MiB.

    The keys stand in sorted order, as canonical JSON wants them; written out because a
    national library's bags hold millions of these lines.
    """
    joined = entry.blocks or (entry.digests[-1] if entry.size else b"")
    digests = ",".join(
        f'"{joined[start : start + _DIGEST_SIZE].hex()}"'
        for start in range(0, len(joined), _DIGEST_SIZE)
    )
    path = canonical(payload_path(entry.path)).decode()
    return (
        f'{{"block_size":{BLOCK_SIZE},"digests":[{digests}],"path":{path},"size":{entry.size}}}\n'
    ).encode()


def source_head(name: str, mtime_ns: int, mode: int, files: int, n_bytes: int) -> bytes:
    """Return the first line of ``metadata/source.jsonl``: the source as a whole."""
    record = {
        "bytes": n_bytes,
        "files": files,
        "kind": "source",
        "mode": f"{mode & 0o7777:04o}",
        "mtime": utc_text_ns(mtime_ns),
        "name": name,
    }
    return canonical(record) + b"\n"


def reason_record(reason: Reason) -> dict[str, object]:
    """Return a reason in full, as every account of a decision gives it."""
    return {
        "code": reason.code,
        "level": reason.level,
        "message": reason.sentence,
        "clause": reason.clause,
    }


def _code(reason: Reason) -> str:
    return reason.code


def source_line(entry: Entry) -> bytes:
    """Return the line of ``metadata/source.jsonl``: the entry as it was found in the source."""
    if entry.kind == "file" and entry.links <= 1 and not entry.reasons:
        return _plain_line(entry)
    record: dict[str, object] = {
        "kind": entry.kind,
        "mode": f"{entry.mode & 0o7777:04o}",
        "mtime": utc_text_ns(entry.mtime_ns),
        "path": entry.path,
        "standing": entry.standing,
    }
    if entry.kind == "file":
        record["size"] = entry.size
    if entry.links > 1 and entry.kind == "file":
        record["links"] = entry.links
    if entry.reasons:
        record["reasons"] = sorted(entry.codes)
        record["why"] = [reason_record(reason) for reason in sorted(entry.reasons, key=_code)]
    return canonical(record) + b"\n"


def _plain_line(entry: Entry) -> bytes:
    """Return the line of a file of which there is nothing to say; nearly all are.

    The keys in sorted order, written out for the reason given above.
    """
    return (
        f'{{"kind":"file","mode":"{entry.mode & 0o7777:04o}",'
        f'"mtime":"{utc_text_ns(entry.mtime_ns)}","path":{canonical(entry.path).decode()},'
        f'"size":{entry.size},"standing":"{entry.standing}"}}\n'
    ).encode()
