"""What is right: facts in, a decision with reasons out.

Pure: no clock, disk, network, log or terminal. Imports the standard library and msgspec only.
"""
