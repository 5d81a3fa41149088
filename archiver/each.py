"""One bag of each sub-folder: what a folder of accessions falls into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.errors import IncompleteError, RefusedError
from archiver.findings import Code, Finding, Severity, register

register(
    Code(
        "beside-the-folders",
        Severity.REFUSAL,
        "It lies beside the sub-folders, so it belongs to none of their bags.",
        "Move it into the sub-folder it belongs to, or package it in a folder of its own.",
    )
)


@dataclass(frozen=True, slots=True)
class Division:
    """The names of a folder's sub-folders, and a refusal for whatever lies beside them."""

    folders: tuple[str, ...]
    beside: tuple[Finding, ...]


def divide(source: str) -> Division:
    """Divide the folder ``source`` into its sub-folders, each to become a bag, sorted by name.

    Links are not followed: they lie beside. Raises :class:`IncompleteError` when the folder
    cannot be listed and :class:`RefusedError` when it holds no sub-folder.
    """
    try:
        entries = sorted(_entries(source), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise IncompleteError(
            f"{source} cannot be listed: {error.strerror}",
            "Name a folder that this user may read.",
        ) from error
    folders = tuple(entry.name for entry in entries if _is_folder(entry))
    if not folders:
        raise RefusedError(
            f"{source} holds no sub-folder to make a bag of",
            "Leave --each away to make one bag of the whole folder.",
        )
    beside = tuple(
        Finding("beside-the-folders", "", entry.name) for entry in entries if not _is_folder(entry)
    )
    return Division(folders, beside)


def _entries(source: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(source) as entries:
        yield from entries


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)
