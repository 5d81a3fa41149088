"""The two structural maps of a METS document: where files lie, and what they are parts of.

Both follow the files in order of the path, in which all that lies in a folder stands together,
so only the folders that are open just now are held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archiver.writers.model import FileRecord
from archiver.writers.tracks import Track, carrier, side_number, track_divs, track_of
from archiver.writers.xml import attributes_of

_DEEPEST = 100
"""Folders within folders; deeper ones share a name with slashes. Readers of XML have limits."""
_MOST_TRACKS = 1000
"""Tracks of one folder that are put in order; a folder with more holds no disc."""
_END = b"</div>\n"


def physical_map(label: str, files: Iterable[FileRecord]) -> Iterator[bytes]:
    """Yield the map of folders and files; ``label`` names the whole."""
    yield _map_begin("physical", "directory", label)
    open_folders: list[str] = []
    for file in files:
        folders, name = _places(file.path)
        kept = _common(open_folders, folders)
        yield _END * (len(open_folders) - kept)
        for folder in folders[kept:]:
            yield f"<div{attributes_of(TYPE='directory', LABEL=folder)}>\n".encode()
        open_folders = folders
        label_of = attributes_of(TYPE="file", LABEL=name)
        yield f'<div{label_of}><fptr FILEID="file-{file.number}"/></div>\n'.encode()
    yield _END * len(open_folders)
    yield _END + b"</structMap>\n"


@dataclass(slots=True)
class _Folder:
    """A folder with recordings in or below it, and those in it that wait for their order."""

    name: str
    tracks: list[Track] = field(default_factory=list)


def logical_map(label: str, files: Iterable[FileRecord]) -> Iterator[bytes]:
    """Yield the map of discs, sides and tracks; it holds recordings only."""
    yield _map_begin("logical", "collection", label)
    chain = [_Folder("")]
    for file in files:
        if file.recording.format is None:
            continue
        folders, name = _places(file.path)
        kept = _common([folder.name for folder in chain[1:]], folders)
        yield from _closed(chain, kept + 1)
        for folder in folders[kept:]:
            chain.append(_Folder(folder))
            yield _folder_begin(folder)
        here = chain[-1]
        here.tracks.append(track_of(file, name))
        if len(here.tracks) == _MOST_TRACKS:
            yield from track_divs(here.name, here.tracks)
            here.tracks = []
    yield from _closed(chain, 1)
    yield from track_divs("", chain[0].tracks)
    yield _END + b"</structMap>\n"


def _closed(chain: list[_Folder], remaining: int) -> Iterator[bytes]:
    """Take the innermost folders off the chain until ``remaining`` are left, telling each's end."""
    while len(chain) > remaining:
        folder = chain.pop()
        yield from track_divs(folder.name, folder.tracks)
        yield _END


def _map_begin(kind: str, root: str, label: str) -> bytes:
    named = attributes_of(TYPE=root, LABEL=label)
    return f'<structMap TYPE="{kind}">\n<div{named} DMDID="dmd-1" ADMID="amd-1">\n'.encode()


def _folder_begin(name: str) -> bytes:
    kind, order = carrier(name)
    if kind == "folder":
        return f"<div{attributes_of(TYPE=kind, LABEL=name)}>\n".encode()
    place = int(order) if order.isdecimal() else side_number(order)
    said = attributes_of(TYPE=kind, ORDER=place, LABEL=name, ORDERLABEL=order)
    return f"<div{said}>\n".encode()


def _places(path: str) -> tuple[list[str], str]:
    """Return the folders below ``data/``, and the name in the last one."""
    folders = path.split("/")[1:]
    name = folders.pop()
    if len(folders) > _DEEPEST:
        folders[_DEEPEST - 1 :] = ["/".join(folders[_DEEPEST - 1 :])]
    return folders, name


def _common(one: list[str], other: list[str]) -> int:
    """Return how many folders the two have in common from the top."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
