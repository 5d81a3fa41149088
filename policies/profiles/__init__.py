"""BagIt profiles: what somebody asks of bags beyond the rules of BagIt, read and judged by.

After BagIt Profiles Specification 1.4.0, offline: a profile is given, or shipped, never fetched.
"""

from policies.profiles.facts import BagFacts
from policies.profiles.judging import declared_reasons, identifiers_in, judge
from policies.profiles.model import Profile, TagRule
from policies.profiles.payload import PayloadJudge
from policies.profiles.reading import ProfileMistakes, read_profile
from policies.profiles.shipped import SHIPPED, by_identifier, shipped

__all__ = [
    "SHIPPED",
    "BagFacts",
    "PayloadJudge",
    "Profile",
    "ProfileMistakes",
    "TagRule",
    "by_identifier",
    "declared_reasons",
    "identifiers_in",
    "judge",
    "read_profile",
    "shipped",
]
