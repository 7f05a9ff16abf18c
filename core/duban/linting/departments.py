"""Made-up departments for one plan: facts as an example states them, at and beside the numbers that the rules name."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

from duban.documents import Document
from duban.examples.models import Example
from duban.examples.naming import HAS_CASES, attributes_of
from duban.examples.opening import Suite
from duban.examples.pieces import numbers_of
from duban.examples.stating import Facts, stated_facts
from duban.plan import Plan, PlannedCriterion
from duban.tables import DEPARTMENTS
from duban.terms import Aggregate, Better

from .cells import compared_with, tree_of
from .parts import MOST_FACTS
from .ranges import Known

# Of so many cases a share is made up: few, the smallest that turns, and a hundred, where one case is a percentage point.
COUNTS = (10, 1, 3, 100)
HUNDRED = 100
_SUITE = Suite(Document("", {}), {})
Stated = Mapping[str, Any]


class Step(NamedTuple):
    """One fact before and after the smallest step for the better."""

    key: str
    before: Any
    after: Any


def stated(plan: Plan, facts: Mapping[str, Stated]) -> Facts:
    """Return the departments and figures of facts. Raises: DubanError."""
    return stated_facts(plan, _SUITE, "", Example.model_construct(facts=facts))


class Departments:
    """Strategies for the facts of one plan."""

    def __init__(self, plan: Plan, known: Known) -> None:
        self._plan, self._known = plan, known
        self._by_key: dict[str, list[PlannedCriterion]] = {}
        for criterion in plan.criteria:
            if criterion.use is not None:
                self._by_key.setdefault(criterion.use.key, []).append(criterion)
        self._best, self._values = cache(self._best_value), cache(self._all_values)
        self._numbers, self._words = compared_with([tree_of(text) for text in _texts(plan)])

    @cached_property
    def keys(self) -> list[str]:
        """The uses that facts can state of anybody: those worked out from others, or of one department, are left out."""
        own = {use.key for item in self._plan.criteria for use in item.by_department.values()}
        uses = [item.use for item in self._plan.criteria] + [item.use for item in self._plan.adjustments]
        common = {use.key for use in uses if use is not None}
        return [
            key
            for key, use in self._plan.uses.items()
            if use.formula is None and (key in common or key not in own)
        ]

    def facts(self, *, complete: bool = False) -> st.SearchStrategy[Stated]:
        """Return a strategy for the facts of a department; the fewest come first.

        A `complete` department has every fact: where some are missing, the others weigh more.
        """
        named = [key for key in self._numbers if key in self.keys]
        keys = list(dict.fromkeys([*named, *self.keys]))
        keys = keys if complete else keys[:MOST_FACTS]
        absent = [] if complete else [None]
        attributes = {name: st.sampled_from([None, *self._choices(name)]) for name in self._attributes}
        any_ = {key: st.sampled_from([*absent, *self._values(key)]) for key in keys}
        good = {key: st.sampled_from([*absent, *[self._best(key)] * 3]) for key in keys}
        made = st.fixed_dictionaries(any_ | attributes) | st.fixed_dictionaries(good | attributes)
        return made.map(lambda facts: {name: value for name, value in facts.items() if value is not None})

    def best(self) -> Stated:
        """Return the facts of a department that does as well as it can, as far as measures go."""
        return {key: self._best(key) for key in self.keys}

    def steps(self, key: str, *, small: bool = False) -> list[Step]:
        """Return steps of one fact for the better: one more hit, one case, the next number that matters.

        The small ones are one case of a hundred, one of a number, a hundredth of a mean.
        """
        use = self._plan.uses[key]
        pairs: list[tuple[Any, Any]]
        if use.measure.kind is Aggregate.SHARE:
            counts = [HUNDRED] if small else COUNTS
            pairs = [
                (f"{hits}/{count}", f"{hits + 1}/{count}")
                for count in counts
                for hits in self._hits(key, count)
                if hits < count
            ]
        elif use.measure.kind is Aggregate.NUMBER:
            pairs = [(Fraction(number), Fraction(number + 1)) for number in self._whole(key)]
        elif small:
            pairs = [(_mean(number), _mean(number + Fraction(1, HUNDRED))) for number in self._any(key)]
        else:
            pairs = [(_mean(low), _mean(high)) for low, high in pairwise(self._any(key))]
        lower = use.measure.better is Better.LOWER
        return [Step(key, *(pair[::-1] if lower else pair)) for pair in pairs]

    def _all_values(self, key: str) -> list[Any]:
        kind = self._plan.uses[key].measure.kind
        if kind is Aggregate.SHARE:
            return [f"{hits}/{count}" for count in COUNTS for hits in self._hits(key, count)]
        if kind is Aggregate.NUMBER:
            return [Fraction(number) for number in self._whole(key)]
        return [_mean(number) for number in self._any(key)]

    def _best_value(self, key: str) -> Any:
        """Return the value that earns the most, or else the best end."""
        use = self._plan.uses[key]
        criteria = [item for item in self._by_key.get(key, ()) if item.rule.points]
        values = [Fraction(0), Fraction(1)] if use.measure.kind is Aggregate.SHARE else []
        if criteria:
            course = self._known.course(criteria[0].id)
            tried = max(course.tried, key=lambda one: (one.judged.points, -abs(one.value)))
            values = [tried.value]
        best = values[-1 if use.measure.better is Better.HIGHER else 0] if values else Fraction(0)
        if use.measure.kind is Aggregate.SHARE:
            return f"{-(-best * HUNDRED // 1)}/{HUNDRED}"
        return best if use.measure.kind is Aggregate.NUMBER else _mean(best)

    def _marks(self, key: str) -> list[Fraction]:
        """Return the numbers of the rules that a value is held against."""
        numbers = set(self._numbers.get(key, ()))
        for criterion in self._by_key.get(key, ()):
            numbers |= set(numbers_of(criterion.curve.parameters)) | self._numbers.get("value", set())
        return sorted(number for number in numbers if number >= 0)

    def _hits(self, key: str, count: int) -> list[int]:
        marks = {mark * count // 1 + step for mark in self._marks(key) for step in (-1, 0, 1)}
        return sorted({0, count - 1, count, *(int(mark) for mark in marks if 0 <= mark <= count)})

    def _whole(self, key: str) -> list[int]:
        marks = {mark // 1 + step for mark in self._marks(key) for step in (-1, 0, 1)}
        return sorted({0, 1, *(int(mark) for mark in marks if mark >= 0)})

    def _any(self, key: str) -> list[Fraction]:
        marks = [Fraction(0), Fraction(1), *self._marks(key)]
        near = {mark + step for mark in marks for step in (Fraction(-1, 100), 0, Fraction(1, 100), 1)}
        return sorted(number for number in near if number >= 0)

    @cached_property
    def _attributes(self) -> list[str]:
        asked = attributes_of(self._plan) - DEPARTMENTS.columns.keys() - {HAS_CASES}
        return sorted({*asked, *(self._words.keys() & DEPARTMENTS.columns.keys())} - {"department", "name"})

    def _choices(self, name: str) -> list[Any]:
        numbers = sorted(self._numbers.get(name, ()))
        words = sorted(self._words.get(name, ()))
        return [*words, *([] if numbers else ["其他"]), *(n + step for n in numbers for step in (0, -1, 1))]


def _mean(number: Fraction) -> Stated:
    return {"value": number, "count": COUNTS[0]}


def _texts(plan: Plan) -> Iterable[str]:
    """Return the department texts of the rules."""
    rules = plan.ruleset
    conditional = (rules.adjustments, rules.groups, rules.gates, rules.grades)
    texts = [item.when for section in conditional for item in section.values()]
    yield from (text for text in texts if text is not None)
    yield from (item.among for item in rules.selections.values() if item.among)
    yield from (text for item in plan.criteria for text in item.curve.conditions)
