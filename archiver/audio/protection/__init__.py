"""Telling protected recordings by their bytes: which system, at which byte. Nothing is opened.

Only structures are looked at: types of boxes, identifiers of header objects, flags. No key is
looked for, and nothing that is protected is read.
"""

from archiver.audio.protection.look import Protection, find_protection, may_be_protected

__all__ = ["Protection", "find_protection", "may_be_protected"]
