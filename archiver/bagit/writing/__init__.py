"""The pure writers of a bag's own text files: records in, bytes out, the same each time."""

from archiver.bagit.writing.blake3_list import b3sum_line
from archiver.bagit.writing.declaration import format_bagit_txt
from archiver.bagit.writing.info import format_bag_info, human_bag_size, payload_oxum, prose
from archiver.bagit.writing.manifest import encode_path, manifest_line

__all__ = [
    "b3sum_line",
    "encode_path",
    "format_bag_info",
    "format_bagit_txt",
    "human_bag_size",
    "manifest_line",
    "payload_oxum",
    "prose",
]
