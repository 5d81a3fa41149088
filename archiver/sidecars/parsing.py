"""Bytes of a sidecar -> its assertions. Pure: nothing is opened, and nothing raises."""

from __future__ import annotations

from collections.abc import Callable

from archiver.sidecars.forms.archive_org import parse_archive_org
from archiver.sidecars.forms.cue import parse_cue
from archiver.sidecars.forms.digests import parse_digests
from archiver.sidecars.forms.playlists import parse_m3u, parse_pls, parse_xspf
from archiver.sidecars.forms.rip_logs import parse_rip_log
from archiver.sidecars.model import Parsed
from archiver.sidecars.recognise import Kind
from archiver.sidecars.text import MAX_BYTES

_PARSERS: dict[Kind, Callable[[str, bytes], Parsed]] = {
    Kind.ARCHIVE_ORG: parse_archive_org,
    Kind.RIP_LOG: parse_rip_log,
    Kind.CUE: parse_cue,
    Kind.M3U: parse_m3u,
    Kind.PLS: parse_pls,
    Kind.XSPF: parse_xspf,
}


def parse_sidecar(path: str, kind: Kind, data: bytes) -> Parsed:
    """Return what the sidecar ``path`` with the content ``data`` asserts.

    ``data`` longer than :data:`~archiver.sidecars.text.MAX_BYTES` is a ``problem``, never read.
    """
    if len(data) > MAX_BYTES:
        return Parsed(problem=f"longer than {MAX_BYTES:,} bytes")
    parser = _PARSERS.get(kind)
    return parse_digests(path, data, kind) if parser is None else parser(path, data)
