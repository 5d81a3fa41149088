"""A full disk, a failing medium, a source that moves, a second process, a signal."""
