"""The words a policy may use, where there is a table of them."""

from __future__ import annotations

MANIFEST_ALGORITHMS = (
    "sha512", "sha384", "sha256", "sha224", "sha1", "md5",
    "sha3512", "sha3384", "sha3256", "sha3224",
)  # fmt: skip
"""Names as RFC 8493 2.4 writes them. Others make a bag that common tools refuse to open."""

STRONG_ALGORITHMS = ("sha512", "sha256")
"""One of these must be there: what RFC 8493 2.4 asks every tool to know."""

FORMAT_IDS = (
    "wav", "rf64", "bw64", "w64", "aiff", "aifc", "flac", "ogg-vorbis", "ogg-opus", "ogg-flac",
    "ogg-speex", "mp3", "mp2", "mp1", "aac-adts", "m4a", "mp4", "wavpack", "musepack", "ape",
    "tta", "dsf", "dff", "asf", "caf", "au", "matroska",
)  # fmt: skip
"""The formats that are told by their bytes, by the ids of ``docs/formats/audio.md``."""

ANY = "any"

FILE_FIELDS = (
    "title", "creator", "album-creator", "album", "track", "disc", "date", "composer", "genre",
    "isrc", "barcode", "copyright", "licence", "publisher", "comment", "encoder",
)  # fmt: skip
"""What can be asked of a recording's tags, whatever system they are of (the record's ``view``)."""

DOCUMENTS = ("premis", "mets", "pbcore", "dc")
"""Documents for other programs that a bag may hold: PREMIS 3, METS, PBCore, Dublin Core."""

MEDIA = ("disk", "ssd", "tape", "optical", "cloud", "other")

NOTICES = ("damage", "not-looked-at", "late", "refused", "copies-missing", "rights-ending", "done")
