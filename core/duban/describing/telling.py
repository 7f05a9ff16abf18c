"""What all parts of the document share: the rules, their names and numbers in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from duban.added_columns import derived_columns
from duban.exact import plain
from duban.loading import LoadedRuleset
from duban.measures import Measure, ParameterValue
from duban.methods import Speech
from duban.plan import MeasureUse, Plan
from duban.registry import Registry
from duban.tables import DEPARTMENTS, Column, Table
from duban.terms import Aggregate, ColumnType
from duban.texts import Language, phrase

from .value_words import SHARE, share_in_words
from .words import filled, in_words

# What a department text may name from some stage on.
_LATE = ("total", "base", "grade", "group", "value")


@dataclass(frozen=True)
class Teller:
    """Puts rules into words; `measures` are the installed ones and the ruleset's own, by id."""

    loaded: LoadedRuleset
    plan: Plan
    registry: Registry
    tables: Mapping[str, Table]
    measures: Mapping[str, Measure]
    language: Language = "zh"

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase of the document."""
        return phrase(f"describing.{key}", self.language, **facts)

    def listed(self, texts: "list[str] | tuple[str, ...]") -> str:
        """Return texts as one enumeration."""
        return self.say("between").join(texts)

    def spaced(self, text: str) -> str:
        """Return a text before more words: in Chinese a number at its end stands apart from them."""
        last = text[-1:]
        apart = self.language == "zh" and last.isascii() and (last.isalnum() or last == "%")
        return f"{text} " if apart else text

    def condition(self, text: str) -> str:
        """Return a department text in words; in English it says enough itself."""
        return text if self.language == "en" else in_words(text, "department", self.of_department)

    def clause(self, text: str, table: str, given: Mapping[str, ParameterValue]) -> str:
        """Return a measure text over a table in words."""
        if self.language == "en":
            return filled(text, given)
        return in_words(text, "measure", self._columns(table).get, given)

    def formula(self, text: str) -> str:
        """Return a formula in words."""
        return text if self.language == "en" else in_words(text, "formula", self.of_department)

    def value(self, measure: Measure | None, value: Fraction) -> str:
        """Return a measured value with its unit; a share as a percentage."""
        if measure is not None and self.is_share(measure):
            return share_in_words(value)
        unit = measure.unit if measure is not None and self.language == "zh" else ""
        return f"{plain(value)} {unit}".strip()

    def speech(self, use: MeasureUse | None) -> Speech:
        """Return how the rule of a curve over a measure is said."""
        measure = use.measure if use is not None else None

        def step(value: Fraction) -> str:
            if measure is None or not self.is_share(measure):
                return self.value(measure, value)
            return self.say("percentage_points", number=plain(value * 100))

        def condition(text: str) -> str:
            return self.spaced(self.condition(text))

        return Speech(self.language, lambda value: self.value(measure, value), step, condition)

    def is_share(self, measure: Measure) -> bool:
        """Return whether the values of a measure are shares of one."""
        scale = (
            measure.value is not None
            and measure.value.startswith("scale(")
            and measure.kind is Aggregate.MEAN
        )
        return measure.kind is Aggregate.SHARE or scale

    def _columns(self, table: str) -> dict[str, Column]:
        columns = dict(self.tables[table].columns) if table in self.tables else {}
        if table == "cases":
            columns |= derived_columns(self.plan.ruleset)
        for derived in self.registry.columns.values():
            if derived.table == table:
                kind = ColumnType.DATE if derived.type.__name__ == "date" else ColumnType.TEXT
                labels = dict(derived.labels)
                columns[derived.id] = Column(derived.id, kind, (derived.title,), labels)
        return columns

    def of_department(self, name: str) -> Column | None:
        """Return what a name in department text stands for: its title, its labels, "%" as the unit of a share."""
        prefix, _, rest = name.rpartition(".")
        if prefix in ("points", "label"):
            title = self.plan.ruleset.criteria[rest].title if rest in self.plan.ruleset.criteria else rest
            return self._named(name, self.say(f"{prefix}_of", title=title))
        if prefix in ("count", "hits") and rest in self.measures:
            return self._named(name, self.say(f"{prefix}_of", title=self.measures[rest].title))
        if name in _LATE:
            return self._late(name)
        if name in self.measures:
            measure = self.measures[name]
            return self._named(name, measure.title, SHARE if self.is_share(measure) else "")
        if name in DEPARTMENTS.columns:
            return self._named(name, DEPARTMENTS.columns[name].title)
        return self._named(name, f"“{name}”")

    def _late(self, name: str) -> Column:
        rules = self.plan.ruleset
        titled = {"grade": rules.grades, "group": rules.groups}.get(name, {})
        labels = {id: (rule.title,) for id, rule in titled.items()}
        return Column(name, ColumnType.LABEL, (self.say(f"of_{name}"),), labels)

    def _named(self, name: str, title: str, unit: str = "") -> Column:
        return Column(name, ColumnType.TEXT, (title,), unit=unit)
