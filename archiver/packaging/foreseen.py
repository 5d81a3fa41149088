"""What a bag will hold beside its payload, known before anything is copied."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.events.checkpoint import IN_BAGS
from archiver.rights import RightsInForce
from archiver.rights.evidence import kept_documents, name_in_bag

WE_WRITE = ("Payload-Oxum", "Bagging-Date", "Bag-Size", "Bag-Software-Agent")
"""Labels of bag-info.txt that are facts of the bag itself."""

ALWAYS = (
    "README.txt",
    "bag-info.txt",
    "bagit.txt",
    "fixity/blake3.txt",
    "fixity/blocks.jsonl",
    "fixity/essence.jsonl",
    "metadata/audio.jsonl",
    "metadata/rights.json",
    "metadata/source.jsonl",
    "policy.toml",
)
"""Tag files that every bag has, besides its manifests."""


DOCUMENTS = {
    "premis": "metadata/premis.xml",
    "mets": "metadata/mets.xml",
    "pbcore": "metadata/pbcore.xml",
    "dc": "metadata/dc.xml",
}
"""The tag files that documents become."""


def tag_algorithms(manifest_algorithms: Sequence[str]) -> tuple[str, ...]:
    """Return the tag manifests' algorithms: the manifests' own, and SHA-512 in any case.

    RFC 8493 2.2.1 wants the manifests' own; the log's seal needs ``tagmanifest-sha512.txt``.
    """
    return tuple(dict.fromkeys((*manifest_algorithms, "sha512")))


def foreseen_tag_files(
    manifests: Sequence[str],
    tag_manifests: Sequence[str],
    documents: Sequence[str],
    rights: RightsInForce | None,
    *,
    log_checkpoint: bool = True,
) -> tuple[str, ...]:
    """Return the names of the tag files to come; ``metadata/prior-fixity.jsonl`` may join them."""
    names = [IN_BAGS] if log_checkpoint else []
    names += [*ALWAYS, *(DOCUMENTS[name] for name in documents)]
    names += [f"manifest-{name}.txt" for name in manifests]
    names += [f"tagmanifest-{name}.txt" for name in tag_manifests]
    if rights is not None:
        names += ["metadata/rights.toml"] if rights.data is not None else []
        names += [name_in_bag(one) for one in kept_documents(rights.book)]
    return tuple(sorted(names))
