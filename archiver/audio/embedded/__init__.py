"""Readers of what makers embed besides tags. Each takes bytes and returns JSON-ready data.

None of them raises for what the bytes hold: a part that is cut short is given as far as it goes,
with ``"short": true``.
"""
