"""What must be known of a bag before a profile can judge it; of the payload see ``payload``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BagFacts:
    """One bag.

    ``version`` is as ``bagit.txt`` declares it. ``info`` is the metadata file's pairs of label and
    value in their order, ``None`` where there is no such file. ``manifests`` and ``tag_manifests``
    are the algorithms in the files' names. ``tag_files`` is every file outside ``data/``, the
    manifests and ``fetch.txt`` included. ``form`` is "folder", "tar", "tar.gz" or "zip".
    """

    version: str | None
    info: tuple[tuple[str, str], ...] | None
    manifests: tuple[str, ...]
    tag_manifests: tuple[str, ...]
    tag_files: tuple[str, ...]
    form: str = "folder"
