"""From the `facts` of an example to departments and figures, as if they had been measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from duban.documents import KeyPath
from duban.errors import DubanError, RulesetError, raise_all
from duban.formulas import work_out
from duban.plan import MeasureUse, Plan
from duban.results import Department, Figure, Figures, Value
from duban.terms import Aggregate, Status
from duban.validation import validated

from .models import Example, Stated, number
from .naming import HAS_CASES, SECTIONS, attributes_of, rank_of, usable_names, uses_of
from .opening import Suite

_COUNTING = (Aggregate.NUMBER, Aggregate.SUM)
_WITHOUT_VALUE = (Status.NOT_APPLICABLE, Status.NOT_AVAILABLE)


@dataclass(frozen=True)
class Facts:
    """The departments of an example, sorted by id, and what is known of each."""

    departments: list[Department]
    figures: Figures


class _Fact(NamedTuple):
    """One stated value: where it stands, and the section (`criteria`, `adjustments` or none) and name that it has."""

    path: KeyPath
    section: str
    name: str
    value: Any


class _Given(NamedTuple):
    """What an example states of one use: the figure, whether its count was stated, and how specific the name was."""

    figure: Figure
    counted: bool
    rank: int
    path: KeyPath


def stated_facts(plan: Plan, suite: Suite, name: str, example: Example) -> Facts:
    """Return departments and figures of an example.

    What it does not state is as a run finds it for a department without such rows: 0 for a number or a sum, otherwise
    not applicable; a formula is worked out from what is stated.

    Raises: RulesetError, or Problems with several of them.
    """
    errors: list[DubanError] = []
    departments, columns = [], []
    for department in sorted(example.facts):
        teller = _Teller(plan, suite, (name, "facts", department), errors)
        told, column = teller.department(department, example.facts[department])
        departments.append(told)
        columns.append(column)
    raise_all(errors)
    figures = {key: [column[key] for column in columns] for key in plan.uses}
    return Facts(departments, figures)


class _Teller:
    """Reads what an example states of one department; errors are collected."""

    def __init__(self, plan: Plan, suite: Suite, base: KeyPath, errors: list[DubanError]) -> None:
        self._plan, self._suite, self._base, self._errors = plan, suite, base, errors

    def department(self, name: str, stated: Mapping[str, Any]) -> tuple[Department, Mapping[str, Figure]]:
        """Return the department and its figure for every use of the plan."""
        department = Department(name, name)
        attributes: dict[str, Value] = {}
        given: dict[str, _Given] = {}
        for fact in self._facts(stated):
            uses = uses_of(self._plan, fact.section, fact.name, department)
            if uses:
                self._give(fact, uses, given)
            elif not fact.section and fact.name in attributes_of(self._plan):
                attributes[fact.name] = _attribute(fact.value)
            else:
                known = usable_names(self._plan, fact.section)
                place = self._suite.key_at(fact.path)
                self._errors.append(RulesetError("example_unknown_fact", place, name=fact.name, known=known))
        has_cases = attributes.pop(HAS_CASES, True) is not False
        department = replace(department, attributes=attributes, has_cases=has_cases)
        return department, self._figures(department, given)

    def _facts(self, stated: Mapping[str, Any]) -> Iterator[_Fact]:
        for name, value in stated.items():
            if name in SECTIONS and isinstance(value, Mapping):
                for inner, item in value.items():
                    yield _Fact((*self._base, name, inner), name, inner, item)
            else:
                yield _Fact((*self._base, name), "", name, value)

    def _give(self, fact: _Fact, uses: Any, given: dict[str, _Given]) -> None:
        rank = rank_of(self._plan, fact.section, fact.name)
        for use in uses:
            try:
                figure, counted = _figure(self._plan, use, self._value(fact))
            except DubanError as error:
                self._errors.append(error)
                return
            before = given.get(use.key)
            if before is not None and before.rank == rank and before.figure != figure:
                place = self._suite.key_at(fact.path)
                other = self._suite.key_at(before.path)
                self._errors.append(RulesetError("example_fact_twice", place, name=fact.name, other=other))
            if before is None or rank >= before.rank:
                given[use.key] = _Given(figure, counted, rank, fact.path)

    def _value(self, fact: _Fact) -> Stated | str | Fraction:
        """Return a value as stated: a table, a ratio with its count, or a number."""
        if isinstance(fact.value, Mapping):
            at, key_at = self._suite.at, self._suite.key_at
            return validated(Stated, fact.value, at, key_at, RulesetError, fact.path)
        if fact.value in _WITHOUT_VALUE:
            return Stated(status=fact.value)
        try:
            return fact.value if _is_ratio(fact.value) else number(fact.value)
        except ValueError:
            place = self._suite.at(fact.path)
            raise RulesetError("example_number", place, name=fact.name, value=fact.value) from None

    def _figures(self, department: Department, given: Mapping[str, _Given]) -> Mapping[str, Figure]:
        uses = self._plan.uses
        known = {key: given[key].figure if key in given else _nothing(use) for key, use in uses.items()}
        formulas = {key: use for key, use in uses.items() if use.formula is not None and key not in given}
        if not formulas:
            return known
        self._check_counts(formulas, given)
        plan = replace(self._plan, uses=formulas)
        columns = work_out(plan, [department], {key: [figure] for key, figure in known.items()})
        return {key: column[0] for key, column in columns.items()}

    def _check_counts(self, formulas: Mapping[str, MeasureUse], given: Mapping[str, _Given]) -> None:
        """A formula over counts needs those that the example would otherwise make up."""
        for use in formulas.values():
            parts = [part for part in (use.formula, use.count_formula) if part is not None]
            for name in sorted({name for part in parts for name in part.names if "." in name}):
                fact = given.get(name.partition(".")[2])
                if fact is not None and not fact.counted:
                    place = self._suite.at(fact.path)
                    self._errors.append(
                        RulesetError("example_needs_count", place, name=fact.path[-1], formula=use.key)
                    )


def _is_ratio(value: object) -> bool:
    """Return whether a text says so many of so many: both are kept, "9/10" is not "18/20"."""
    if not isinstance(value, str):
        return False
    number(value)
    hits, _, count = value.partition("/")
    return hits.strip().isdecimal() and count.strip().isdecimal()


def _figure(plan: Plan, use: MeasureUse, value: Stated | str | Fraction) -> tuple[Figure, bool]:
    """Return the figure that a stated value means for a use, and whether its count was stated."""
    kind = use.measure.kind
    if isinstance(value, str):
        hits, count = (int(part) for part in value.split("/"))
        if kind is Aggregate.SHARE and hits <= count:
            return Figure(Status.MEASURED, count, hits, Fraction(hits, count)), True
        value = Fraction(hits, count)
    if isinstance(value, Fraction):
        value = Stated(value=value)
    if value.hits is not None and value.count:
        return Figure(Status.MEASURED, value.count, value.hits, Fraction(value.hits, value.count)), True
    if value.hits is not None or value.value is None:
        status = Status.NOT_APPLICABLE if value.hits is not None else value.status
        return Figure(status, value.count or 0, 0 if kind is Aggregate.SHARE else None), True
    whole = kind is Aggregate.NUMBER and value.value.denominator == 1 and value.value >= 0
    stated = value.count if value.count is not None else int(value.value) if whole else None
    count = _enough(plan, use) if stated is None else stated
    hits_there = value.value * count
    counted = kind is Aggregate.SHARE and hits_there.denominator == 1
    # A value that says no cases is not one of few cases.
    hit = int(hits_there) if counted and (stated is not None or not _of_few(plan, use)) else None
    return Figure(Status.MEASURED, count, hit, value.value), stated is not None


def _enough(plan: Plan, use: MeasureUse) -> int:
    """Return a count that no criterion over the use finds too small: an example that says none does not mean few."""
    mine = [item.rule.min_cases for item in plan.criteria if use in (item.use, *item.by_department.values())]
    return max(1, *mine) if mine else 1


def _of_few(plan: Plan, use: MeasureUse) -> bool:
    """Return whether some criterion judges the use by its number of cases."""
    return any(
        use in (item.use, *item.by_department.values()) for item in plan.criteria if item.rule.small_numbers
    )


def _nothing(use: MeasureUse) -> Figure:
    kind = use.measure.kind
    if kind in _COUNTING:
        return Figure(Status.MEASURED, 0, None, Fraction(0))
    return Figure(Status.NOT_APPLICABLE, 0, 0 if kind is Aggregate.SHARE else None)


def _attribute(value: Any) -> Value:
    if isinstance(value, bool | str):
        return value
    try:
        return number(value)
    except ValueError:
        return str(value)
