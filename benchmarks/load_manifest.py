"""``python -m benchmarks.load_manifest ours|bagit.py BAG``: CPU seconds of loading a bag.

Loading is what ``bagit.Bag(path)`` does: the declaration, the tag manifest and the payload
manifest read, every line parsed, its path judged, and all of it held as path and digest.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def load_ours(bag: str) -> int:
    """Load with this program's reader; return how many lines there were."""
    from archiver.bagit.reading.declaration import read_declaration
    from archiver.bagit.reading.listing import Listing, Role
    from archiver.bagit.reading.manifest_lines import ManifestLines
    from archiver.bagit.reading.report import Report
    from archiver.hashing import digest_size
    from archiver.tree import Tree

    entries: dict[str, str] = {}
    report = Report()
    with Tree(bag) as tree:
        declaration = read_declaration(tree, report)
        rules, size = declaration.rules, digest_size("sha512")
        for name, payload in (("tagmanifest-sha512.txt", False), ("manifest-sha512.txt", True)):
            lines = ManifestLines(name, rules, payload=payload, digest_bytes=size)
            listing = Listing(
                tree, name, lines, declaration.codec, role=Role.MANIFEST, algorithm="sha512"
            )
            listing.survey(report, rules)
            entries.update(listing)
    return len(entries)


def load_theirs(bag: str) -> int:
    """Load with bagit.py; return how many lines there were."""
    import bagit

    return len(bagit.Bag(bag).entries)


_CONTESTANTS: dict[str, Callable[[str], int]] = {"ours": load_ours, "bagit.py": load_theirs}


def main(who: str, bag: str) -> None:
    """Print the CPU seconds of the call alone; imports by it are part of it."""
    begun = time.process_time()
    count = _CONTESTANTS[who](bag)
    seconds = time.process_time() - begun
    if count < 2:
        raise SystemExit(f"{who} found {count} lines in {bag}")
    sys.stdout.write(f"{seconds}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
