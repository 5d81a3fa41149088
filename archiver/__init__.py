"""The engine: gathers facts, carries out decisions, records events, returns outcomes.

It prints nothing, asks nothing and exits nothing; :mod:`cli` does the talking.
"""

__version__ = "0.1.0"
