"""Whether sound may be encoded anew: the archive's own copy never into a lossy coding.

No command encodes sound yet; whichever does asks here first.
"""

from __future__ import annotations

from typing import Literal

from policies.codes import RULES
from policies.content.masters import LOSSLESS
from policies.names import shown
from policies.verdicts import Reason

Purpose = Literal["archive", "access"]

_CODE = "lossy-re-encoding"


def judge_conversion(from_codec: str, to_codec: str, purpose: Purpose) -> Reason | None:
    """Return what stands against encoding ``from_codec`` as ``to_codec``; ``None``: nothing.

    Codecs are those of the record ``audio/1``; one that is not known to be lossless is lossy. An
    access copy may be anything. Copying a coding as it is encodes nothing, whatever it is.
    """
    if purpose == "access" or from_codec == to_codec or to_codec in LOSSLESS:
        return None
    return Reason(_CODE, RULES[_CODE].level, f"{shown(from_codec)} to {shown(to_codec)}")
