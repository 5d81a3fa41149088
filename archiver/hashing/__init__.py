"""Reading files and taking their digests: each byte is read once, for all digests asked for."""

from archiver.hashing.algorithms import KNOWN, Digest, digest_size, is_known, new_digest
from archiver.hashing.blocks import BLOCK_SIZE, BlockDigests, block_digests
from archiver.hashing.engine import read_all, suggested_workers
from archiver.hashing.jobs import ReadJob, ReadResult, Trouble

__all__ = [
    "BLOCK_SIZE",
    "KNOWN",
    "BlockDigests",
    "Digest",
    "ReadJob",
    "ReadResult",
    "Trouble",
    "block_digests",
    "digest_size",
    "is_known",
    "new_digest",
    "read_all",
    "suggested_workers",
]
