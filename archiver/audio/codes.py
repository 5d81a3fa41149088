"""The findings this room can make."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "tags-unreadable",
        Severity.WARNING,
        "the embedded tags of an audio file could not be read",
        "The file is preserved as it is. Look at it with another reader if its tags matter.",
    ),
    Code(
        "tags-refused",
        Severity.WARNING,
        "an audio file declares tags too large or too many to be read safely",
        "The file is preserved as it is. Such tags are rarely honest; look at the file's origin.",
    ),
    Code(
        "tags-too-large",
        Severity.WARNING,
        "an audio file holds more tags than one record may hold",
        "The file is preserved as it is, tags included; only their listing was left out.",
    ),
    Code(
        "audio-unreadable",
        Severity.BLIND,
        "an audio file could not be opened or read to describe it",
        "Check the medium and the permissions, then try again.",
    ),
    Code(
        "audio-structure",
        Severity.WARNING,
        "an audio file is not built as its format demands or as it says itself",
        "It is preserved as it is. Old programs wrote such files; a damaged transfer does, too.",
    ),
    Code(
        "audio-misnamed",
        Severity.WARNING,
        "the extension of a file and its bytes say different things",
        "It is preserved under its own name. Listen to it before relying on what it is called.",
    ),
    Code(
        "audio-damaged",
        Severity.REFUSAL,
        "a checksum inside an audio file does not hold, or sound is missing",
        "Look for a good copy. If this is the only one, accept it as it is, giving a reason: the "
        "bag then says so for ever.",
    ),
    Code(
        "audio-damaged-accepted",
        Severity.WARNING,
        "a checksum inside an audio file does not hold, or sound is missing; it was accepted so",
        "Nothing; the reason given is kept in the bag.",
    ),
    Code(
        "audio-encrypted",
        Severity.WARNING,
        "the sound is encrypted and cannot be played without a key kept elsewhere",
        "Ask the source for an unprotected copy.",
    ),
    Code(
        "decoder-disagrees",
        Severity.WARNING,
        "structure and checksums of an audio file hold, but the decoder refuses part of it or "
        "gives another number of samples",
        "This proves no damage: decoders have faults of their own. Listen to it, or let another "
        "decoder have a try.",
    ),
    Code(
        "audio-not-decoded",
        Severity.WARNING,
        "an audio file was to be decoded, and could not be to its end",
        "Nothing was found against it. Everything that needs no decoder was checked.",
    ),
)
