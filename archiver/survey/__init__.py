"""The survey of a source, and the worksheet on which a packaging job keeps its books."""

from archiver.survey.entry import Entry, ReasonCount, Staged, Total
from archiver.survey.observed import finding_of, refusals, warnings
from archiver.survey.survey import SurveyOutcome, survey
from archiver.survey.worksheet import Worksheet

__all__ = [
    "Entry",
    "ReasonCount",
    "Staged",
    "SurveyOutcome",
    "Total",
    "Worksheet",
    "finding_of",
    "refusals",
    "survey",
    "warnings",
]
