"""The identifier a bag gets when nobody names one."""

from __future__ import annotations

import re
import unicodedata

_LONGEST_NAME = 48
_DIGEST_PART = 12


def default_bag_id(source_name: str, payload_digest: str) -> str:
    """Return an identifier out of the folder's name and its content.

    The same folder with the same content gets the same identifier; another "Disc 1" does not.
    Only ASCII letters, digits, ``-``, ``_`` and ``.`` occur, so that it is a good folder name
    everywhere: ``Abbey-Road-0f3a9c417b2e``.
    """
    plain = unicodedata.normalize("NFKD", source_name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{slug or 'bag'}-{payload_digest[:_DIGEST_PART]}"
