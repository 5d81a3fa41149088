"""Bags judged by BagIt profiles: what must be known of a bag is read from it, then decided upon."""

from archiver.profiles.bag import Judge, Judged, Judgement, judge_bag, shortcomings
from archiver.profiles.named import (
    DECLARED,
    Asked,
    asked,
    profile_named,
    text_of_profile,
    where_it_is,
)

__all__ = [
    "DECLARED",
    "Asked",
    "Judge",
    "Judged",
    "Judgement",
    "asked",
    "judge_bag",
    "profile_named",
    "shortcomings",
    "text_of_profile",
    "where_it_is",
]
