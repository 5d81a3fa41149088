"""The forms in which a bag becomes one file."""

from __future__ import annotations

import gzip
import tempfile
from contextlib import ExitStack
from enum import Enum

from archiver.serial.writing.member import Output, Writer
from archiver.serial.writing.tar import TarWriter
from archiver.serial.writing.zip import ZipWriter

_LEVEL = 6  # of gzip


class Form(Enum):
    """How a bag is written as one file; the value is what its name ends in, too."""

    TAR = "tar"
    TAR_GZ = "tar.gz"
    ZIP = "zip"


def writer_of(form: Form, out: Output, layers: ExitStack) -> Writer:
    """Return what writes ``form`` to ``out``; ``layers`` are closed when all is written."""
    if form is Form.ZIP:
        return ZipWriter(out, layers.enter_context(tempfile.TemporaryFile()))
    if form is Form.TAR:
        return TarWriter(out)
    # Neither name nor time in gzip's header: they would differ from run to run.
    packed = gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=out, mtime=0)
    return TarWriter(layers.enter_context(packed))
