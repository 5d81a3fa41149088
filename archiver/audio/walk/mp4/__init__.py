"""MPEG-4 audio: boxes, the first sound track, its samples in tables and in fragments, chapters."""

from archiver.audio.walk.mp4.times import mark_samples
from archiver.audio.walk.mp4.walker import walk_mp4

__all__ = ["mark_samples", "walk_mp4"]
