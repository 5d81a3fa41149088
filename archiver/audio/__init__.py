"""Knowing the audio: what a recording is, what its makers wrote into it, whether it is intact.

Bytes from outside are never parsed in the process that packages: :class:`~archiver.audio.tags`
keeps workers for that, limited in memory, time and what they may open.
"""
