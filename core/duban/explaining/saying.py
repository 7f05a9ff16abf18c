"""Numbers, values and names as people read them, in the language of the run."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from duban.describing.telling import Teller
from duban.describing.value_words import SHARE
from duban.exact import plain, readable
from duban.measures import Measure
from duban.methods import Speech
from duban.plan import MeasureUse
from duban.results import CriterionScore, Value
from duban.texts import phrase

from .explanation import Facts

SHOWN_PLACES = 4


class Sayer:
    """Says what all parts of an explanation share; the rules come in the words of the published rules.

    `names` are the departments' names by id.
    """

    def __init__(self, teller: Teller, names: Mapping[str, str]) -> None:
        self.teller, self.names = teller, names
        self.language = teller.language
        self.rules = teller.plan.ruleset

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase of the explanation."""
        return phrase(f"explaining.{key}", self.language, **facts)

    def listed(self, texts: Iterable[str]) -> str:
        """Return texts as one enumeration."""
        return self.teller.listed(list(texts))

    def value(self, measure: Measure | None, value: Fraction) -> str:
        """Return a measured value in its unit, long decimals to four places; a share as a percentage."""
        if measure is not None and self.teller.is_share(measure):
            return percent(value)
        unit = measure.unit if measure is not None and self.language == "zh" else ""
        return f"{plain(value, SHOWN_PLACES)} {unit}".strip()

    def speech(self, use: MeasureUse | None, score: CriterionScore) -> Speech:
        """Return how a curve over a measure says its rule and its arithmetic; a rate stands there as it was counted."""
        measure = use.measure if use is not None else None
        said, value = self.teller.speech(use), score.value
        written = {}
        if value is not None and score.hits is not None and value.denominator not in (1, score.count):
            written = {value: f"{score.hits}/{score.count}"} if readable(value) == str(value) else {}
        return Speech(
            self.language, lambda known: self.value(measure, known), said.step, said.condition, written
        )

    def facts(self, facts: Facts) -> str:
        """Return what a condition looked at, each name with its value."""
        return self.listed(self._fact(name, value) for name, value in facts.items())

    def _fact(self, name: str, value: Value) -> str:
        column = self.teller.of_department(name)
        title = column.title if column is not None and self.language == "zh" else name
        return self.say("fact", title=title, value=self._known(name, value))

    def _known(self, name: str, value: Value) -> str:
        column = self.teller.of_department(name)
        if value is None:
            return self.say("unknown")
        if isinstance(value, bool):
            return phrase(f"measuring.{'yes' if value else 'no'}", self.language)
        if isinstance(value, str):
            titles = column.labels.get(value, ()) if column is not None and self.language == "zh" else ()
            return f"“{next(iter(titles), value)}”"
        if column is not None and column.unit == SHARE:
            return percent(value)
        return plain(value, SHOWN_PLACES)

    def title(self, section: str, name: str) -> str:
        """Return the title of a rule, or of a measure that a tie-break names."""
        known = getattr(self.rules, section)
        if name in known:
            return str(known[name].name(self.language))
        measure = self.teller.measures.get(name)
        return measure.name(self.language) if measure is not None else name


def percent(value: Fraction) -> str:
    """Return a share as a percentage of two places where they are enough, else of four."""
    places = 2 if Fraction(plain(value * 100, 2)) == value * 100 else SHOWN_PLACES
    return f"{plain(value * 100, places)}%"


def points(value: Fraction | None) -> str:
    """Return points, long decimals to four places."""
    return plain(value, SHOWN_PLACES) if value is not None else "—"


def signed(value: Fraction) -> str:
    """Return points with their sign."""
    return f"+{points(value)}" if value > 0 else points(value)
