"""Made-up departments at the boundaries of the rules: where a small change of the rules shows, if it shows anywhere."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Any

from duban.conditions import Condition
from duban.documents import KeyPath
from duban.judging import judgements
from duban.methods import Subject
from duban.plan import Plan, PlannedCriterion
from duban.terms import Aggregate

from .naming import attributes_of
from .pieces import numbers_of

NAMES = "甲乙丙丁戊己庚辛壬癸"
_HALF = Fraction(1, 2)
_NUMBER, _QUOTED = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?"), re.compile(r"'([^']*)'")
_MOST_PER_CONDITION = 24

# What is stated of one department, as in an example.
Stated = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """The facts of some departments, and the parts of the rules that they were made up for."""

    about: KeyPath
    facts: Mapping[str, Stated]


class Scenarios:
    """Makes up departments for one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._scored = [item for item in plan.criteria if item.rule.points and item.use is not None]
        self._some = {"criteria": {item.id: _value(item, value) for item, value in self._typical()}}

    def all(self) -> Iterator[Scenario]:
        """Return every scenario; those of one part of the rules stand together."""
        for criterion in self._plan.criteria:
            yield from self._of_criterion(criterion)
        for adjustment in self._plan.adjustments:
            yield from self._of_adjustment(adjustment.id)
        conditions = [
            (section, item.id, item.condition)
            for section, items in self._conditional()
            for item in items
            if item.condition is not None
        ]
        for section, id, condition in conditions:
            for facts in self._around(condition):
                yield Scenario((section, id), {"甲局": self._with(facts)})
                yield Scenario((section, id), {"甲局": self._with(facts), "乙局": self._some})
        yield from self._of_totals()
        yield from self._of_ranks()

    def _conditional(self) -> Sequence[tuple[str, Sequence[Any]]]:
        plan = self._plan
        return (
            ("adjustments", plan.adjustments),
            ("gates", plan.gates),
            ("groups", plan.groups),
            ("grades", plan.grades),
            ("selections", plan.selections),
        )

    def _typical(self) -> Iterator[tuple[PlannedCriterion, Fraction]]:
        """Return every scored criterion with a value that earns a part of its points, no two the same part."""
        number = len(self._scored) + 1
        for place, item in enumerate(self._scored, start=1):
            yield item, _at(item, Fraction(place, number))

    def _with(self, facts: Stated) -> Stated:
        """Return the typical department with some facts stated otherwise."""
        return {**self._some, **facts}

    def _all_in_full(self) -> Stated:
        return {"criteria": {item.id: _value(item, _at(item, Fraction(1))) for item in self._scored}}

    def _with_criterion(self, criterion: PlannedCriterion, stated: Any) -> Stated:
        return {"criteria": {**self._some["criteria"], criterion.id: stated}}

    def _of_criterion(self, criterion: PlannedCriterion) -> Iterator[Scenario]:
        about = ("criteria", criterion.id)
        if criterion.use is None:
            return
        for value in _interesting(criterion):
            stated = _value(criterion, value)
            if criterion.rule.points:
                yield Scenario(about, {"甲局": {"criteria": {criterion.id: stated}}})
            yield Scenario(about, {"甲局": self._with_criterion(criterion, stated)})
        others: list[Any] = ["not_applicable", "not_available"]
        least = criterion.rule.min_cases
        others += [
            {"value": _at(criterion, Fraction(1)), "count": count} for count in (least, max(0, least - 1))
        ]
        for stated in others:
            one = self._with_criterion(criterion, stated)
            yield Scenario(about, {"甲局": one})
            yield Scenario(about, {"甲局": one, "乙局": self._some})

    def _of_adjustment(self, id: str) -> Iterator[Scenario]:
        adjustment = next(item for item in self._plan.adjustments if item.id == id)
        each, limit = adjustment.rule.each, adjustment.rule.limit
        if adjustment.use is None or not each:
            return
        most = 10 if limit is None else -(-abs(limit) // abs(each))
        for number in (1, most, most + 1, most + 3):
            facts = {**self._some, "adjustments": {id: Fraction(number)}}
            yield Scenario(("adjustments", id), {"甲局": facts})

    def _around(self, condition: Condition) -> Iterator[Stated]:
        """Return facts about which a condition changes its mind: numbers of its text, and one less and more."""
        numbers = [Fraction(text) for text in _NUMBER.findall(condition.text)]
        near = sorted(
            {number + step for number in numbers or [Fraction(1)] for step in (-1, 0, 1)} | {Fraction(0)}
        )
        texts: list[Any] = [*_QUOTED.findall(condition.text), "其他"]
        measures = {use.measure.id for use in self._plan.uses.values()}
        choices: dict[str, list[Any]] = {}
        for name in sorted(condition.names):
            if name in measures:
                choices[name] = [number for number in near if number >= 0]
            elif name in attributes_of(self._plan):
                choices[name] = texts if len(texts) > 1 else near
        for combination in islice(product(*choices.values()), _MOST_PER_CONDITION):
            yield dict(zip(choices, combination, strict=True))

    def _of_totals(self) -> Iterator[Scenario]:
        """Return departments whose total is just at a line of a grade or list, and between it and its neighbours."""
        lines = [
            (section, item.id, line)
            for section, items in (("grades", self._plan.grades), ("selections", self._plan.selections))
            for item in items
            for line in (item.rule.at_least, getattr(item.rule, "at_most", None))
            if line is not None
        ]
        for section, id, line in lines:
            for total in (line, line - _HALF, line + _HALF, line - 1, line + 1):
                yield from (Scenario((section, id), {"甲局": facts}) for facts in self.with_total(total))
        places = self._plan.ruleset.rounding.total
        for whole in (50, 60, 40):
            total = whole + Fraction(5, 10 ** (places + 1))
            yield from (Scenario(("rounding", "total"), {"甲局": facts}) for facts in self.with_total(total))

    def with_total(self, total: Fraction) -> Iterator[Stated]:
        """Return departments, each judged by one criterion alone, whose base is a number; by adjustments without one."""
        full = sum(
            (item.points for item in self._plan.ruleset.dimensions.values() if item.points), Fraction(0)
        )
        full = full or sum((item.rule.points for item in self._scored), Fraction(0))
        if not full:
            yield from self._by_adjusting(total)
        for criterion in self._scored if full else ():
            share = total / full
            value = _at(criterion, share)
            if 0 <= share <= 1 and _share_at(criterion, value) == share:
                yield {"criteria": {criterion.id: _value(criterion, value)}}

    def _by_adjusting(self, total: Fraction) -> Iterator[Stated]:
        """Return departments whose total is a number by one adjustment alone, where it adds up what is no number of cases."""
        for adjustment in self._plan.adjustments:
            use, rule = adjustment.use, adjustment.rule
            if (
                use is not None
                and rule.each
                and use.measure.kind is not Aggregate.NUMBER
                and total / rule.each >= 0
            ):
                yield {"adjustments": {adjustment.id: total / rule.each}}

    def _of_ranks(self) -> Iterator[Scenario]:
        """Return circles of departments: each a little worse than the one before, with a tie, and with equal totals."""
        about = ("ranking", "selections")
        lines = [item.rule.at_least for item in self._plan.selections if item.rule.at_least is not None]
        full = sum((item.rule.points for item in self._scored), Fraction(0))
        lowest = max(lines, default=full / 2)
        for placed in self._placed():
            for number in range(2, len(NAMES) + 1):
                totals = [
                    lowest + (full - lowest) * Fraction(number - place, number + 1) for place in range(number)
                ]
                yield from self._circle(about, totals, placed)
                yield from self._circle(about, [totals[0], *totals[:-1]], placed)
            yield Scenario(("ranking", "within"), {"甲局": self._all_in_full(), "乙局": self._with(placed)})
        for total in (full * _HALF, full * Fraction(3, 5), full * Fraction(4, 5)):
            equal = list(self.with_total(total))
            for first, second in product(equal, equal):
                if first != second:
                    yield Scenario(("ranking", "tie_break"), {"甲局": first, "乙局": second})

    def _placed(self) -> Iterator[Stated]:
        """Return for each group the facts that put a department there."""
        yield {}
        for group in self._plan.groups:
            if group.condition is not None:
                yield from (
                    facts for facts in self._around(group.condition) if _holds(group.condition, facts)
                )

    def _circle(self, about: KeyPath, totals: Sequence[Fraction], placed: Stated) -> Iterator[Scenario]:
        facts = {}
        for name, total in zip(NAMES, totals, strict=False):
            made = next(self.with_total(total), None)
            if made is None:
                return
            facts[f"{name}局"] = {**made, **placed}
        yield Scenario(about, facts)


def _holds(condition: Condition, facts: Stated) -> bool:
    return condition.holds(facts.get)


def _value(criterion: PlannedCriterion, value: Fraction) -> Any:
    """Return a value as stated, with enough cases for the criterion."""
    least = criterion.rule.min_cases
    # Of few cases something else is judged than is stated.
    counted = least and criterion.rule.small_numbers is None
    return {"value": value, "count": max(least, 10)} if counted else value


def _interesting(criterion: PlannedCriterion) -> list[Fraction]:
    """Return the numbers of the curve, those beside them and between them, in the range of the measure."""
    numbers = sorted(set(numbers_of(criterion.curve.parameters)) | {Fraction(0), Fraction(1)})
    step = Fraction(1, 100) if _is_share(criterion) else Fraction(1)
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    near = {number + by for number in numbers for by in (-step, -step / 2, 0, step / 2, step)} | set(between)
    highest = Fraction(1) if _is_share(criterion) else None
    return sorted(value for value in near if value >= 0 and (highest is None or value <= highest))


def _is_share(criterion: PlannedCriterion) -> bool:
    return criterion.use is not None and criterion.use.measure.kind is Aggregate.SHARE


def _share_at(criterion: PlannedCriterion, value: Fraction) -> Fraction:
    if not criterion.rule.points:
        return Fraction(0)
    judged = judgements(criterion, [Subject(value, "", lambda text: False)])[0]
    return Fraction(judged.points) / criterion.rule.points


def _at(criterion: PlannedCriterion, share: Fraction) -> Fraction:
    """Return a value that earns a share of the points, or the nearest that was found."""
    values = _interesting(criterion)
    shares = [_share_at(criterion, value) for value in values]
    for (low, high), (first, second) in zip(pairwise(values), pairwise(shares), strict=True):
        if first != second and min(first, second) <= share <= max(first, second):
            value = low + (high - low) * (share - first) / (second - first)
            if _share_at(criterion, value) == share:
                return value
    return min(values, key=lambda value: (abs(_share_at(criterion, value) - share), value))
