"""Which layers of rights a file has: a cover is no recording, a recording no picture."""

from __future__ import annotations

from policies.rights.words import Layer

_SOUND: tuple[Layer, ...] = ("recording", "performance", "work")
_PICTURE: tuple[Layer, ...] = ("artwork",)
_LYRICS: tuple[Layer, ...] = ("work",)

# fmt: off
_SUFFIXES: tuple[tuple[tuple[Layer, ...], tuple[str, ...]], ...] = (
    (_SOUND, (
        "wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "flac", "ogg", "oga", "opus",
        "spx", "mp3", "mp2", "mp1", "mpga", "aac", "m4a", "m4b", "mp4", "wv", "tta", "mpc", "ape",
        "caf", "au", "snd", "dsf", "dff", "wma", "asf", "mka", "shn", "mid", "midi", "xm", "it",
        "mod", "s3m",
    )),
    (_PICTURE, (
        "jpg", "jpeg", "jpe", "png", "gif", "tif", "tiff", "bmp", "webp", "svg", "jp2", "pdf",
        "psd", "heic", "xcf",
    )),
    (_LYRICS, ("lrc", "srt")),
)
# fmt: on
_BY_SUFFIX = {suffix: layers for layers, suffixes in _SUFFIXES for suffix in suffixes}


def layers_of(path: str, pictures: int = 0) -> tuple[Layer, ...]:
    """Return the layers that must be cleared before the file at ``path`` leaves the house.

    By its suffix; ``pictures`` embedded in a recording add ``artwork``. None for files (digest
    lists, logs, texts) of which no layer can be told: then any statement about them speaks.
    """
    name = path[path.rfind("/") + 1 :]
    layers = _BY_SUFFIX.get(name[name.rfind(".") + 1 :].lower(), ()) if "." in name else ()
    return (*layers, "artwork") if pictures and "artwork" not in layers else layers
