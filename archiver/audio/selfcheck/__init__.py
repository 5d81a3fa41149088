"""The checksums that audio carries in itself, verified without decoding anything.

Each format's check reads the sound once and feeds the ``stream`` digest on the way.
"""
