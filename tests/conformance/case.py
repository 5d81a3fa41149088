"""What a case is, and the changes that make one of a sound bag."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from archiver.findings import CODES, Severity
from tests.bagit.bags import Files, bag_files, line_of, seal, write

Change = Callable[[Files], None]
OnDisk = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One bag: ``change`` is made before the tag manifests are written, ``after`` behind them.

    ``codes`` are all the findings that verifying has of it, ``linted`` those that `lint` has
    besides. A bag with neither is valid, and nothing is to be said of it.
    """

    clause: str
    name: str
    change: Change
    codes: frozenset[str] = frozenset()
    linted: frozenset[str] = frozenset()
    version: str = "1.0"
    after: Change = field(default=lambda _: None)
    on_disk: OnDisk = field(default=lambda _: None)

    @property
    def path(self) -> str:
        """Where the case stands in the tree."""
        kind = "valid" if not self.linted else "lint"
        if self.codes:
            sound = all(CODES[code].severity is Severity.WARNING for code in self.codes)
            kind = "warning" if sound else "invalid"
        return f"v{self.version}/{kind}/{self.clause}/{self.name.replace(' ', '-')}"

    def write(self, root: Path) -> Path:
        """Write the bag into the folder ``root``."""
        files = bag_files(version=self.version)
        self.change(files)
        seal(files)
        self.after(files)
        write(root, files)
        self.on_disk(root)
        return root


def put(path: str, content: bytes) -> Change:
    """A file with this content, whatever stood there."""
    return lambda files: files.update({path: content})


def swap(path: str, old: bytes, new: bytes) -> Change:
    """One run of bytes in a file for another."""

    def change(files: Files) -> None:
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new)

    return change


def drop(path: str) -> Change:
    """A file away."""
    return lambda files: files.__delitem__(path)


def both(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(files: Files) -> None:
        for one in changes:
            one(files)

    return change


def line(content: bytes, manifest: str = "manifest-sha512.txt") -> Change:
    """One more line of a manifest."""
    return lambda files: files.update({manifest: files[manifest] + content})


def entry(path: str, content: bytes = b"") -> Change:
    """One more file in the payload manifest, whether it is there or not."""
    return line(line_of(path, content))


def tag_entry(path: str, content: bytes = b"") -> Change:
    """One more file in the tag manifest; for ``after``."""
    return line(line_of(path, content), "tagmanifest-sha512.txt")


def info(text: str, name: str = "bag-info.txt") -> Change:
    """Other metadata, with the Payload-Oxum of the payload of all cases before it."""
    return put(name, f"Payload-Oxum: 9.3\n{text}".encode())


def bare_info(text: str) -> Change:
    """Nothing but this metadata."""
    return put("bag-info.txt", text.encode())


def named(path: str, as_listed: str, info_file: str = "bag-info.txt") -> Change:
    """A payload file ``path`` that the manifest calls ``as_listed``."""
    oxum = swap(info_file, b"9.3", b"14.4")
    return both(put(path, b"named"), entry(as_listed, b"named"), oxum)


def recoded(encoding: str, codec: str) -> Change:
    """The text files that stand before sealing, in another encoding."""

    def change(files: Files) -> None:
        files["bagit.txt"] = files["bagit.txt"].replace(b"UTF-8", encoding.encode())
        for name in ("bag-info.txt", "manifest-sha512.txt"):
            files[name] = files[name].decode().encode(codec)

    return change


def resealed(codec: str) -> Change:
    """The tag manifest in another encoding; for ``after``."""
    name = "tagmanifest-sha512.txt"
    return lambda files: files.update({name: files[name].decode().encode(codec)})


def pipe(path: str) -> OnDisk:
    """A pipe in the bag."""
    return lambda root: os.mkfifo(root / path)


def link(path: str, target: str) -> OnDisk:
    """A symbolic link in the bag."""
    return lambda root: (root / path).symlink_to(target)


def as_is(_: Files) -> None:
    """No change."""


def valid(clause: str, name: str, change: Change = as_is, **more: object) -> Case:
    """A bag that keeps to the clause."""
    return Case(clause, name, change, **more)  # type: ignore[arg-type]


def breach(clause: str, name: str, codes: str, change: Change = as_is, **more: object) -> Case:
    """A bag with findings of this code, damage or a warning; with two, where one brings another."""
    return Case(clause, name, change, frozenset(codes.split()), **more)  # type: ignore[arg-type]


def advice(clause: str, name: str, code: str, change: Change = as_is, **more: object) -> Case:
    """A bag of which verifying says nothing, and `lint` this."""
    return Case(clause, name, change, linted=frozenset([code]), **more)  # type: ignore[arg-type]
