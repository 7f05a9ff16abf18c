"""What each criterion asks for, in the words of the published document, for those who print results beside it."""

from collections.abc import Mapping
from typing import NamedTuple

from .scoring_table import criterion_row
from .telling import Teller


class Standard(NamedTuple):
    """A criterion in words: what is counted, how points come about, what a missing value means, and its source."""

    item: str
    standard: str
    full_marks: str
    how_points: str
    without_value: str
    source: str


def standards(teller: Teller) -> Mapping[str, Standard]:
    """Return the standard of every criterion by its id."""
    return {item.id: Standard(*criterion_row(teller, item).cells) for item in teller.plan.criteria}
