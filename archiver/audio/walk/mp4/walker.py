"""One MPEG-4 file: the facts of its first sound track, and its samples as spans of the file."""

from __future__ import annotations

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, block_name
from archiver.audio.walk.mp4.boxes import read_movie
from archiver.audio.walk.mp4.chapters import read_chapters
from archiver.audio.walk.mp4.description import describe, frame_bytes
from archiver.audio.walk.mp4.edits import state_played_part
from archiver.audio.walk.mp4.fragments import add_fragments
from archiver.audio.walk.mp4.tables import MOST_SAMPLES, Samples, read_tables


def walk_mp4(source: Source, format_id: str, start: int) -> Walk:
    """Walk the boxes of an MPEG-4 file and lay out the samples of its first sound track."""
    walk = Walk(format_id, pronom="fmt/199")
    movie = read_movie(source, walk, start)
    walk.version = block_name(source.read(start + 8, 4)).strip() or None
    track = movie.sound
    if track is None:
        walk.structure("there is no sound track")
        return walk
    tracks = sum(t.kind == b"soun" for t in movie.tracks)
    if tracks > 1:
        walk.facts["sound_tracks"] = tracks
    length = None
    samples = read_tables(source, track, frame_bytes(source, track))
    if samples is not None and movie.fragments:
        walk.facts["fragmented"] = True
        samples = add_fragments(source, walk, movie, track, samples)
        length = sum(samples.lengths) if samples is not None else None
    describe(source, walk, track, length)
    state_played_part(source, walk, movie, track)
    walk.embedded["playing"] = {"blake3": movie.playing.digest.hexdigest()}
    if samples is None:
        walk.structure(f"the table of samples names more than {MOST_SAMPLES}")
    else:
        _lay_out(source, walk, samples)
    read_chapters(source, walk, movie, track)
    return walk


def _lay_out(source: Source, walk: Walk, samples: Samples) -> None:
    """Lay out the coded samples as spans of the file, in playing order."""
    walk.packets = len(samples.sizes)
    spans = list(samples.spans())
    walk.audio = [span for span in spans if span[0] + span[1] <= source.size]
    if len(walk.audio) < len(spans):
        walk.structure(f"truncated: {len(spans) - len(walk.audio)} runs of samples are not there")
    laid, named = sum(size for _, size in spans), sum(samples.sizes)
    if laid != named:
        walk.structure(f"the tables name {named} bytes of samples and place {laid}")
    length = walk.facts.get("duration_s")
    if length:
        walk.facts["bit_rate"] = round(named * 8 / length)
