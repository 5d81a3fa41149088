"""The letter in each bag to whoever finds it without this program."""

from __future__ import annotations

from collections.abc import Sequence

_TEXT = """\
This folder is a BagIt bag (RFC 8493, https://www.rfc-editor.org/rfc/rfc8493).
Its identifier is {bag_id}.

data/                  the recordings and everything that came with them, byte for byte
manifest-*.txt         digests of the files in data/
tagmanifest-*.txt      digests of all the other files
bag-info.txt           what this bag is, when and by what it was made
fixity/blake3.txt      BLAKE3 digests of the files in data/
fixity/blocks.jsonl    BLAKE3 digest of each block of 1,048,576 bytes, to find where damage is
fixity/essence.jsonl   digests of the sound itself, which a new title in a tag leaves as they are
fixity/log-checkpoint.txt
                       where there is one: three lines that stand for the archive's whole event
                       log as it was before this bag
metadata/source.jsonl  every file and folder of the source: size, time, mode, remarks
metadata/prior-fixity.jsonl
                       where there is one: what lists and logs among the files say of them
metadata/audio.jsonl   what each recording says of itself: format, tags, its own checksums
metadata/rights.json   on what basis this copy is kept
metadata/evidence/     where there are any: the documents it rests on
metadata/versions.jsonl, metadata/changes.jsonl
                       in a new version of a bag: the versions before it, and what is not as it was
received/              in a bag made of another program's: that bag's own text files, as they came
policy.toml            the rules in force when the bag was made

To have the recordings, copy data/ to anywhere: nothing in it was renamed or converted.

To check the bag by hand, with tools that every Unix system has, stand in this folder:

{commands}
    find data -type f | wc -l                       as many files as a manifest has lines?

Each file is answered with OK, or with FAILED: then its bytes are not those that were sealed.
With --quiet only those that FAILED are shown. On a Mac it is "shasum -a 512" for "sha512sum".
Where there is b3sum, "b3sum --check fixity/blake3.txt" compares the same files much faster.

In the manifest's file names %0A, %0D and %25 stand for a line feed, a carriage return and a
per cent sign; a file with one of these in its name must be checked by itself. Any BagIt
validator checks the whole bag, for instance:

    bagit.py --validate .

If a file is damaged, keep this copy as it is and look for another one: the same archive may
have been copied elsewhere, and the file's line in the manifest tells which copy is sound.

Please change nothing in here. A bag is never written again once it is made.
"""


def bag_readme(bag_id: str, algorithms: Sequence[str]) -> bytes:
    """Return ``README.txt`` for the bag ``bag_id`` with manifests in ``algorithms``."""
    tools = [name for name in algorithms if name in _TOOLS]
    commands = "\n".join(
        f"    {name}sum --check {manifest}-{name}.txt"
        for name in tools
        for manifest in ("manifest", "tagmanifest")
    )
    return _TEXT.format(bag_id=bag_id, commands=commands).encode()


_TOOLS = frozenset(("md5", "sha1", "sha224", "sha256", "sha384", "sha512"))
