"""The survey of a source, and the worksheet on which a packaging job keeps its books."""

from archiver.survey.entry import Entry, ReasonCount, Staged, Total
from archiver.survey.surveyor import (
    SurveyOutcome,
    judge_all_twins,
    survey,
    survey_addition,
)
from archiver.survey.worksheet import Worksheet

__all__ = [
    "Entry",
    "ReasonCount",
    "Staged",
    "SurveyOutcome",
    "Total",
    "Worksheet",
    "judge_all_twins",
    "survey",
    "survey_addition",
]
