"""What a bag would better be: recommendations of RFC 8493, and names that do not travel well.

Nothing here says that a byte is not as it was; ``archiver lint`` asks for it, verification not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from archiver.bagit.reading.declaration import Declaration
from archiver.bagit.reading.layout import Layout
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.text import TextBlocks
from archiver.bagit.reading.walk import walk
from archiver.tree import Tree

# IANA's Named Information Hash Algorithm Registry of 2022-01-18, with the two older ones that
# RFC 8493 2.4 admits.
_WEAK = frozenset(("md5", "sha1"))
_REGISTERED = _WEAK | frozenset(
    [
        "sha256",
        "sha384",
        "sha512",
        "sha3224",
        "sha3256",
        "sha3384",
        "sha3512",
        "blake2s256",
        "blake2b256",
        "blake2b512",
        "k12256",
        "k12512",
    ]
)
_LINE_END = {"utf-16": 2, "utf-32": 4}
_LONGEST_LINE = 79

_DEVICES = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile('[<>:"\\\\|?*\x01-\x1f]')
_LONGEST_PATH = 255
_SYSTEM_FILES = re.compile(
    r"\.ds_store|thumbs\.db|desktop\.ini|\._.*|\.apdisk|\.fseventsd|\.spotlight-v100|\.trashes"
    r"|\.temporaryitems|\.nfs[0-9a-f]+",
    re.IGNORECASE | re.DOTALL,
)


def advise(tree: Tree, declaration: Declaration, layout: Layout, report: Report) -> None:
    """Report everything about the bag below ``tree`` that is merely recommended, or portable."""
    clause = declaration.rules.clause
    if declaration.version is not None and not declaration.rules.modern:
        report.add(
            "old-version", f"The bag is BagIt {declaration.version}.", "bagit.txt", "RFC 8493 2.1.1"
        )
    if declaration.codec != "utf-8":
        message = "UTF-8 is strongly recommended for text files."
        report.add("encoding-not-utf-8", message, "bagit.txt", f"{clause} 2.3")
    _algorithms(layout, clause, report)
    _metadata(tree, declaration, layout, report)
    for name in _text_files(declaration, layout):
        _last_line(tree, name, declaration.codec, clause, report)
    _names(tree, report)
    if _has(tree, "data", "bagit.txt"):
        report.add("bag-in-bag", "data/ holds a bagit.txt.", "data/bagit.txt")


def _text_files(declaration: Declaration, layout: Layout) -> Iterator[str]:
    for manifest in (*layout.payload_manifests, *layout.tag_manifests):
        yield manifest.name
    yield from (layout.files & {declaration.rules.info_file, "fetch.txt"})


def _algorithms(layout: Layout, clause: str, report: Report) -> None:
    payload = {_spelt(manifest.name) for manifest in layout.payload_manifests}
    tags = {_spelt(manifest.name) for manifest in layout.tag_manifests}
    if payload and payload <= _WEAK:
        message = f"The payload is listed in {', '.join(sorted(payload))} only."
        report.add("weak-algorithms", message, None, f"{clause} 2.4")
    for manifest in (*layout.payload_manifests, *layout.tag_manifests):
        if _spelt(manifest.name) not in _REGISTERED:
            message = "The algorithm is not in the Named Information Hash Algorithm Registry."
            report.add("unregistered-algorithm", message, manifest.name, f"{clause} 2.4")
    if payload and tags and payload != tags:
        message = (
            f"Payload manifests are in {', '.join(sorted(payload))}, "
            f"tag manifests in {', '.join(sorted(tags))}."
        )
        report.add("tag-manifest-algorithms-differ", message, None, f"{clause} 2.2.1")


def _spelt(name: str) -> str:
    """Return the algorithm a manifest's name gives, in the RFC's spelling."""
    spelt = name.partition("manifest-")[2].removesuffix(".txt").lower()
    return re.sub("[^a-z0-9]", "", spelt)


def _metadata(tree: Tree, declaration: Declaration, layout: Layout, report: Report) -> None:
    name, clause = declaration.rules.info_file, f"{declaration.rules.clause} 2.2.2"
    if name not in layout.files:
        report.add("no-bag-info", f"The bag has no {name}.", name, clause)
        return
    labels: set[str] = set()
    blocks = TextBlocks(tree, name, declaration.codec)
    try:
        for number, line in enumerate((x for block in blocks for x in block[:-1].split("\n")), 1):
            labels.add(line.partition(":")[0].strip(" \t").lower())
            if len(line) > _LONGEST_LINE and _can_be_shorter(line):
                message = f"Line {number} has {len(line):,} characters."
                report.add("long-line", message, name, clause, line=number)
    except OSError:
        return  # said when it was read for its own sake
    if "payload-oxum" not in labels:
        report.add("no-payload-oxum", f"{name} gives no Payload-Oxum.", name, clause)


def _can_be_shorter(line: str) -> bool:
    """Whether there is a blank in the value at which the line may go on in the next one.

    A line end is a part of the value (RFC 8493 2.2.2): within a digest or an address it would
    make another of it.
    """
    value = line if line[:1] in (" ", "\t") else line.partition(":")[2]
    return len(value.split()) > 1


def _last_line(tree: Tree, name: str, codec: str, clause: str, report: Report) -> None:
    width = next((n for wide, n in _LINE_END.items() if codec.startswith(wide)), 1)
    try:
        fd = tree.open_file(name)
        try:
            size = os.fstat(fd).st_size
            end = os.pread(fd, width, max(0, size - width))
        finally:
            os.close(fd)
    except OSError:
        return
    if size and end.strip(b"\0") not in (b"\n", b"\r"):
        report.add("last-line-not-ended", "The last line does not end.", name, f"{clause} 2.3")


def _names(tree: Tree, report: Report) -> None:
    """Look at every name once; a folder's is judged with the first file in it."""
    above: list[str] = []
    for path, _ in walk(tree, "", Report()):
        parts = path.rstrip("/").split("/")
        known = 0
        while known < min(len(above), len(parts) - 1) and above[known] == parts[known]:
            known += 1
        for depth in range(known, len(parts)):
            _name(parts[depth], "/".join(parts[: depth + 1]), report)
        above = parts[:-1]
        if len(path) > _LONGEST_PATH:
            message = f"The path has {len(path):,} characters; Windows allows 255."
            report.add("unportable-name", message, path, "RFC 8493 6.1.2")


def _name(name: str, path: str, report: Report) -> None:
    if _SYSTEM_FILES.fullmatch(name):
        report.add("system-file-in-bag", "Operating systems leave such files behind.", path)
    if _DEVICES.fullmatch(name):
        message = "Windows keeps the name for a device."
    elif _FORBIDDEN.search(name):
        message = "The name holds a character that Windows does not allow."
    elif name.endswith((" ", ".")):
        message = "Windows drops the blank or the point at the end of the name."
    else:
        return
    report.add("unportable-name", message, path, "RFC 8493 6.1.2")


def _has(tree: Tree, folder: str, name: str) -> bool:
    try:
        os.stat(name, dir_fd=tree.folder(folder), follow_symlinks=False)
    except OSError:
        return False
    return True
