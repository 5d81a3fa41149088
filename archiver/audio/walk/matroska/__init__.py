"""Matroska and WebM: elements, the first sound track, tags, chapters, attachments, frames."""

from archiver.audio.walk.matroska.walker import walk_matroska

__all__ = ["walk_matroska"]
