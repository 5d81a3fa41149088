"""Structures of protected files: headers and zeros, no protected content, each with its control."""

from __future__ import annotations

import struct

from tests.audio.sounds import id3, id3_frame, mp3, title

CONTENT = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e")
EXTENDED = bytes.fromhex("14e68a292226174cb935dae07ee9289c")
ADVANCED = bytes.fromhex("b69b077aa4da124ea5ca91d38dc11a8d")
PLAYREADY = bytes.fromhex("79f0049a40988642ab92e65be0885f95")
_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")


def box(name: bytes, *content: bytes) -> bytes:
    """Return one MPEG-4 box."""
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + name + body


def sound_entry(name: bytes, *boxes: bytes) -> bytes:
    """Return a sound description (version 0) with boxes behind its fixed fields."""
    fixed = bytes(6) + b"\0\1" + bytes(8) + struct.pack(">HHHHI", 2, 16, 0, 0, 44100 << 16)
    return box(name, fixed, *boxes)


def sinf(scheme: bytes) -> bytes:
    """Return a protection box that names ``scheme``."""
    kind = box(b"schm", bytes(4), scheme, b"\0\1\0\0")
    return box(b"sinf", box(b"frma", b"mp4a"), kind, box(b"schi", bytes(16)))


def mp4(entry: bytes, brand: bytes = b"M4A ", *more: bytes) -> bytes:
    """Return an MPEG-4 file whose only track has the sample entry ``entry``."""
    stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), entry)
    handler = box(b"hdlr", bytes(8), b"soun", bytes(13))
    media = box(b"mdia", handler, box(b"minf", box(b"stbl", stsd)))
    head = box(b"ftyp", brand, bytes(4), brand)
    return head + box(b"free", bytes(64)) + box(b"moov", box(b"trak", media), *more)


def asf(*objects: bytes, extension: bytes = b"") -> bytes:
    """Return an ASF header holding ``objects``, and ``extension`` in its extension object."""
    body = asf_object(_FILE_PROPERTIES, bytes(80))
    held = bytes(18) + struct.pack("<I", len(extension)) + extension
    body += asf_object(_EXTENSION, held) + b"".join(objects)
    head = _ASF + struct.pack("<QI", 30 + len(body), 2 + len(objects)) + b"\1\2"
    return head + body + bytes(200)


def asf_object(kind: bytes, content: bytes = bytes(16)) -> bytes:
    """Return one object of an ASF header."""
    return kind + struct.pack("<Q", 24 + len(content)) + content


def element(name: int, content: bytes, unknown: bool = False) -> bytes:
    """Return one EBML element, with a size of eight bytes, or of unknown size."""
    size = b"\xff" if unknown else (1 << 56 | len(content)).to_bytes(8)
    return name.to_bytes((name.bit_length() + 7) // 8) + size + content


def matroska(*encodings: bytes, live: bool = False) -> bytes:
    """Return a Matroska file of one track with the content encodings given."""
    track = element(0xD7, b"\1") + element(0x6D80, b"".join(encodings))
    segment = element(0x1549A966, bytes(30)) + element(0x1654AE6B, element(0xAE, track))
    head = element(0x1A45DFA3, element(0x4282, b"matroska"))
    return head + element(0x18538067, segment, live) + element(0x1F43B675, bytes(50))


def oma(key: bytes, tag: bytes = b"") -> bytes:
    """Return Sony's header with the field that names the key, behind a tag of its own."""
    return tag + b"EA3\x02\x00\x60" + key + bytes(88)


def ea3_tag(size: int = 100) -> bytes:
    """Return the tag that stands before Sony's header."""
    return b"ea3\x03\x00\x00" + bytes((0, 0, size >> 7, size & 0x7F)) + bytes(size)


def dcf(uri: bytes = b"cid:track@shop.example") -> bytes:
    """Return the beginning of a file in OMA's first content format."""
    kind = b"audio/mpeg"
    return bytes((1, len(kind), len(uri))) + kind + uri + bytes(100)


def aenc(version: int) -> bytes:
    """Return an ID3 tag with an encryption frame behind a title, then MPEG frames."""
    if version == 2:
        body = b"TT2\0\0\x05\0Song" + b"CRA\0\0\x08" + b"a@b.c\0\0\0"
        return b"ID3\x02\0\0" + bytes((0, 0, 0, len(body))) + body + mp3(5)
    return id3(title("Song"), id3_frame(b"AENC", b"a@b.c\0\0\0\0\0"), version=version) + mp3(5)


PLAIN = sound_entry(b"mp4a", box(b"esds", bytes(30)))
ENCRYPTION = element(0x6240, element(0x5035, element(0x47E1, b"\5")))
COMPRESSION = element(0x6240, element(0x5034, element(0x4254, b"\3")))

PROTECTED: dict[str, tuple[bytes, str, bytes]] = {
    "fairplay": (mp4(sound_entry(b"drms", sinf(b"itun"))), "Apple FairPlay", b"drms"),
    "fairplay without scheme": (mp4(sound_entry(b"drms")), "Apple FairPlay", b"drms"),
    "fairplay video": (mp4(sound_entry(b"drmi")), "Apple FairPlay", b"drmi"),
    "cenc": (mp4(sound_entry(b"enca", sinf(b"cenc"))), "Common Encryption (cenc)", b"enca"),
    "cbcs": (mp4(sound_entry(b"encv", sinf(b"cbcs"))), "Common Encryption (cbcs)", b"encv"),
    "piff": (mp4(sound_entry(b"enca", sinf(b"piff"))), "Microsoft PIFF", b"enca"),
    "odkm": (mp4(sound_entry(b"enca", sinf(b"odkm"))), "OMA DRM", b"enca"),
    "unknown scheme": (
        mp4(sound_entry(b"enca", sinf(b"zzzz"))), "Common Encryption or the like", b"enca"),
    "pssh": (mp4(PLAIN, b"M4A ", box(b"pssh", bytes(24))), "Common Encryption (pssh)", b"pssh"),
    "piff header": (
        mp4(PLAIN) + box(b"uuid", bytes.fromhex("d08a4f1810f34a82b6c832d8aba183d3")),
        "Microsoft PIFF", b"uuid"),
    "oma dcf 2": (mp4(PLAIN, b"odcf", box(b"odrm", bytes(8))), "OMA DRM", b"odrm"),
    "audible entry": (mp4(sound_entry(b"aavd")), "Audible", b"aavd"),
    "audible brand": (mp4(PLAIN, b"aax "), "Audible", b"aax "),
    "audible aa": (bytes(4) + b"\x57\x90\x75\x36" + bytes(50), "Audible", b"\x57\x90"),
    "wma": (asf(asf_object(CONTENT)), "Windows Media DRM", CONTENT),
    "wma extended": (asf(asf_object(EXTENDED)), "Windows Media DRM (extended)", EXTENDED),
    "wma advanced": (
        asf(extension=asf_object(ADVANCED)), "Windows Media DRM (advanced)", ADVANCED),
    "playready": (
        asf(extension=asf_object(ADVANCED, PLAYREADY + bytes(9))), "Microsoft PlayReady", ADVANCED),
    "id3v2.2": (aenc(2), "ID3 audio encryption (AENC)", b"CRA"),
    "id3v2.3": (aenc(3), "ID3 audio encryption (AENC)", b"AENC"),
    "id3v2.4": (aenc(4), "ID3 audio encryption (AENC)", b"AENC"),
    "matroska": (matroska(ENCRYPTION), "Matroska ContentEncryption", b"\x50\x35"),
    "matroska live": (matroska(ENCRYPTION, live=True), "Matroska ContentEncryption", b"\x50\x35"),
    "openmg": (oma(b"\0\1"), "Sony OpenMG", b"\0\1\0"),
    "openmg behind a tag": (oma(b"\0\2", ea3_tag()), "Sony OpenMG", b"\0\2\0"),
    "oma dcf 1": (dcf(), "OMA DRM", b"\1"),
}  # fmt: skip
"""By case: a structure, the system, and what stands at the byte of the evidence."""

FREE: dict[str, bytes] = {
    "m4a": mp4(PLAIN),
    "m4a with a word in its title": mp4(PLAIN, b"M4A ", box(b"udta", b"drms enca pssh")),
    "wma": asf(),
    "wma that holds the bytes elsewhere": asf() + CONTENT + EXTENDED,
    "wma with PlayReady's id in a comment": asf(asf_object(_FILE_PROPERTIES, PLAYREADY)),
    "mp3": id3(title("AENC")) + mp3(5),
    "matroska": matroska(COMPRESSION),
    "openmg free": oma(b"\xff\xff"),
    "openmg free too": oma(b"\xff\x80", ea3_tag()),
    "text like oma": dcf(b"http://example.org"),
    "nothing": b"",
    "wave": b"RIFF\0\0\0\0WAVE" + bytes(30),
}
