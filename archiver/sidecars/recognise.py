"""Which payload files bring fixity information along, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Kind(StrEnum):
    """The forms of sidecar this room reads."""

    DIGESTS = "digests"  # one of the many `digest name` dialects
    SFV = "sfv"
    FFP = "ffp"
    ST5 = "st5"
    ARCHIVE_ORG = "archive.org"
    RIP_LOG = "rip-log"
    CUE = "cue"
    M3U = "m3u"
    PLS = "pls"
    XSPF = "xspf"


_BY_SUFFIX = {
    **dict.fromkeys(("md5", "md5s", "md5sum", "sha", "sha1", "sha1sum", "sha224"), Kind.DIGESTS),
    **dict.fromkeys(("sha256", "sha256sum", "sha384", "sha512", "sha512sum"), Kind.DIGESTS),
    **dict.fromkeys(("b3", "b3sum", "blake3", "b2", "b2sum", "cfp", "hash"), Kind.DIGESTS),
    "sfv": Kind.SFV,
    "ffp": Kind.FFP,
    "st5": Kind.ST5,
    "log": Kind.RIP_LOG,
    "cue": Kind.CUE,
    "m3u": Kind.M3U,
    "m3u8": Kind.M3U,
    "pls": Kind.PLS,
    "xspf": Kind.XSPF,
}
# "MD5SUMS", "sha256sums.txt", "checksums.txt", "gd1977-05-08_md5.txt", "fingerprint.txt"
_SUMS = re.compile(r"(md5|sha-?(1|224|256|384|512)|b2|b3|blake[23]|check)sums?(\.txt)?")
_FFP_TEXT = re.compile(r".*(ffp|fingerprints?)[^/]*\.txt")
_ST5_TEXT = re.compile(r".*(st5|shntool)[^/]*\.txt")
_DIGEST_TEXT = re.compile(
    r"(.*[^a-z])?(md5|sha-?(1|224|256|384|512)|blake3|checksums?)([^a-z][^/]*)?\.txt"
)
# What every name has in it that one of these, or archive.org's ending, fits: most have not.
_TELLING = re.compile(r"md5|sha|b2|b3|blake|check|ffp|fingerprint|st5|shntool|_files\.xml")

AUDIO_SUFFIXES = frozenset(
    {
        *("flac", "wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "mp3", "mp2", "ogg"),
        *("oga", "opus", "spx", "m4a", "m4b", "aac", "wv", "ape", "tta", "shn", "ofr", "tak"),
        *("dsf", "dff", "wma", "mpc", "mpp", "au", "snd", "caf", "mka", "ac3", "dts"),
    }
)
"""Extensions of audio files; enough to ask whether a list has forgotten one."""

LOSSLESS_SUFFIXES = ("flac", "wav", "wv", "ape", "m4a", "aiff", "aif", "tta", "shn", "tak", "ofr")
"""What a ripped ``.wav`` may have become, in the order in which they are looked for."""


def suffix_of(path: str) -> str:
    """Return the extension in lower case, without its dot; empty where there is none."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return suffix.lower() if dot and stem else ""


def is_audio(path: str) -> bool:
    """Tell whether the name is that of an audio file."""
    return suffix_of(path) in AUDIO_SUFFIXES


def recognise(path: str) -> Kind | None:
    """Return the form in which the payload file ``path`` asserts something of others, if any.

    By name only; whether a ``.log`` is that of a ripping program is seen when it is parsed.
    """
    name = path.rpartition("/")[2].lower()
    if name.startswith("._"):
        return None  # what a Mac leaves on foreign disks
    suffix = suffix_of(name)
    kind = _BY_SUFFIX.get(suffix)
    if kind is not None or suffix in AUDIO_SUFFIXES or not _TELLING.search(name):
        return kind
    if name.endswith("_files.xml"):
        return Kind.ARCHIVE_ORG
    if _SUMS.fullmatch(name):
        return Kind.DIGESTS
    for pattern, kind in (
        (_FFP_TEXT, Kind.FFP),
        (_ST5_TEXT, Kind.ST5),
        (_DIGEST_TEXT, Kind.DIGESTS),
    ):
        if pattern.fullmatch(name):
            return kind
    return None


def any_sidecar(paths: Iterable[str]) -> bool:
    """Tell whether any of the payload files asserts something of others."""
    return any(recognise(path) is not None for path in paths)
