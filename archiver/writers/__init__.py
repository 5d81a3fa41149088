"""Metadata for other programs: PREMIS 3, METS 1.12.1, PBCore 2.1, Dublin Core.

Records in, bytes out. Pure: the same records give the same bytes, nothing is looked up, and
memory does not grow with the number of files.
"""

from archiver.writers.dublin_core import dc_document
from archiver.writers.mets import PremisBeside, mets_document
from archiver.writers.pbcore import pbcore_document
from archiver.writers.premis import premis_document, premis_element

__all__ = [
    "PremisBeside",
    "dc_document",
    "mets_document",
    "pbcore_document",
    "premis_document",
    "premis_element",
]
