"""The columns of an inventory, by what a row is about. ``docs/formats/inventory.md`` says more.

Within one version columns are only added, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Of = Literal["bags", "files", "recordings"]
Value = str | int | float | None
Row = Mapping[str, Value]

SCHEMA = "inventory/1"

_BAG = (
    "bag", "sealed_at", "files", "bytes", "payload_blake3", "tag_manifest_sha512",
    "source_name", "rights_basis", "last_verified_at", "last_verdict", "supersedes",
    "superseded_by",
)  # fmt: skip
_FILE = (
    "bag", "path", "bytes", "mtime", "format", "media_type", "pronom", "duration_s",
    "sample_rate", "channels", "bit_depth", "title", "creator", "album", "date", "isrc",
    "self_check", "sha512", "sha256", "sha1", "md5", "blake3", "sound_blake3", "samples_md5",
    "rights_basis", "rights_statements", "rights_disseminate", "rights_reason", "rights_as_of",
    "last_verified_at", "last_verdict", "superseded_by",
)  # fmt: skip

COLUMNS: Mapping[Of, tuple[str, ...]] = {"bags": _BAG, "files": _FILE, "recordings": _FILE}
