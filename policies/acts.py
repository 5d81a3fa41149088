"""The words of a question about rights: acts, commands that perform them, audiences.

Apart from :mod:`policies.rights`, so that a command can list them in its help and load no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Act = Literal["replicate", "migrate", "modify", "use", "disseminate", "delete", "distribute"]
Audience = Literal["staff", "onsite", "registered", "institution", "public"]

AUDIENCES: tuple[Audience, ...] = ("staff", "onsite", "registered", "institution", "public")
"""From narrow to wide: who may give to one of them may give to all before it."""

COMMANDS: Mapping[str, tuple[Act, ...]] = {
    "verify": (),
    "package": ("replicate",),
    "copy": ("replicate",),
    "repair": ("replicate",),
    "derive": ("migrate", "modify"),
    "export": ("disseminate",),
    "share": ("distribute",),
    "torrent": ("distribute",),
    "purge": ("delete",),
    **{act: (act,) for act in get_args(Act)},
}
"""Command, or act by its own name, to the acts it performs. Reading to verify is none."""
