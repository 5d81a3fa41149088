"""The mouth: reads the command line, calls one verb of the engine, says the outcome.

No logic lives here. Each command is one file in :mod:`cli.commands`; :mod:`cli.wiring` is the
one place that builds real stores and clocks; :mod:`cli.exits` turns an ending into an exit
code, once; everything a person reads goes through :mod:`cli.render`.
"""
