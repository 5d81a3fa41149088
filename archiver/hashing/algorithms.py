"""The digest algorithms this program can compute, under the names BagIt gives them.

RFC 8493 2.4 normalises the common name of an algorithm to lower case without punctuation:
"SHA-512" is ``sha512``, "SHA3-256" is ``sha3256``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Protocol

from blake3 import blake3


class Digest(Protocol):
    """A digest being computed, fed with bytes in order."""

    # Typed loosely on purpose: anything that offers its bytes as one contiguous buffer will do.
    def update(self, data: memoryview, /) -> object:
        """Take in more bytes."""

    def digest(self) -> bytes:
        """Return the digest of all bytes taken in so far."""


def _openssl(name: str) -> Callable[[], Digest]:
    # Fixity is no security boundary for md5 and sha1: without this flag they are missing on
    # machines in FIPS mode, and old bags could not be checked there.
    return partial(getattr(hashlib, name), usedforsecurity=False)


KNOWN: Mapping[str, Callable[[], Digest]] = MappingProxyType(
    {
        "md5": _openssl("md5"),
        "sha1": _openssl("sha1"),
        "sha224": _openssl("sha224"),
        "sha256": _openssl("sha256"),
        "sha384": _openssl("sha384"),
        "sha512": _openssl("sha512"),
        "sha3224": _openssl("sha3_224"),
        "sha3256": _openssl("sha3_256"),
        "sha3384": _openssl("sha3_384"),
        "sha3512": _openssl("sha3_512"),
        "blake2b": _openssl("blake2b"),
        "blake2b512": _openssl("blake2b"),
        "blake2b256": partial(hashlib.blake2b, digest_size=32),
        "blake2s": _openssl("blake2s"),
        "blake2s256": _openssl("blake2s"),
        "blake3": blake3,
    }
)
"""Name -> what makes a fresh :class:`Digest`."""


def is_known(name: str) -> bool:
    """Tell whether this program can compute the algorithm called ``name``."""
    return name in KNOWN


def new_digest(name: str) -> Digest:
    """Return a fresh digest. Raises ``KeyError`` when the algorithm is not in :data:`KNOWN`."""
    return KNOWN[name]()


@cache
def digest_size(name: str) -> int:
    """Return the digest's length in bytes (64 for sha512). Raises ``KeyError`` as above."""
    return len(new_digest(name).digest())
