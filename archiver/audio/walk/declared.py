"""What a container declares of the size of its sound, and what that is worth.

A file that ends before the sound it declares has lost sound, unless the size never was one: who
writes into a pipe cannot go back, and leaves a number there that means nothing.
"""

from __future__ import annotations

# What is left there by FFmpeg (0, all ones), lame (2^31 - 1), sox (0x7F000000, 0x7FFFF000) and
# arecord (2^31). Some subtract or add the length of a header.
_LEFT_THERE = (0x7F000000, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF)
_HEADERS = 128
_NO_FILE = 1 << 62


def never_filled_in(size: int) -> bool:
    """Tell whether a declared size is one that writers leave when they cannot go back."""
    if size == 0 or size >= _NO_FILE:
        return True
    return any(abs(size - left) <= _HEADERS for left in _LEFT_THERE)


def promises_more(outer: int, end: int) -> bool:
    """Tell whether a container whose whole size is ``outer`` goes on behind ``end``, or may.

    One that ends there contradicts a chunk in it that wants to go on: then nothing is known to be
    missing. A size that never was filled in contradicts nothing.
    """
    return outer > end or never_filled_in(outer)
