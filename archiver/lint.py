"""``lint``: what a bag would better be. Reads structure, names and text files, and no payload."""

from __future__ import annotations

from archiver.progress import Progress
from archiver.verify import BagVerification, Depth, is_serialised, verify_bag


def lint_bag(path: str, *, progress: Progress | None = None) -> BagVerification:
    """Examine the bag in the folder or archive file ``path`` without reading its payload.

    The findings are those of a fast verification and, besides, every recommendation of RFC 8493
    that the bag does not follow. Raises as :func:`archiver.verify.verify_bag` does.
    """
    if is_serialised(path):
        from archiver.verify_serial import verify_serialised

        return verify_serialised(path, depth=Depth.LINT, progress=progress)
    return verify_bag(path, depth=Depth.LINT, progress=progress)
