"""From a ruleset and the registry to a `Plan`: every name looked up, every text parsed, every parameter checked."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .binding import Binder
from .conditions import Condition
from .documents import KeyPath
from .errors import RulesetError
from .loading import LoadedRuleset
from .plan import (
    MeasureUse,
    Plan,
    PlannedAdjustment,
    PlannedConversion,
    PlannedCriterion,
    PlannedDimension,
    PlannedGate,
    PlannedGrade,
    PlannedGroup,
    PlannedSelection,
    TieBreak,
)
from .registry import Registry
from .ruleset import Criterion, Period, Ruleset
from .tables import CASES, OUTCOMES, RATINGS, Table
from .terms import Aggregate, ColumnType

# Names that exist in department text from a stage on, beside attributes and measures.
SCORED = ("points", "label")
ADDED = (*SCORED, "base", "total")
GRADED = (*ADDED, "grade")
CONVERTED = (*GRADED, "group")


def resolve(
    loaded: LoadedRuleset, registry: Registry, tables: Mapping[str, Table], period: Period | None
) -> Plan:
    """Resolve a loaded ruleset; `period` is the workspace's, which comes before the ruleset's.

    Raises: RulesetError or MeasureError; all of a file together.
    """
    resolver = _Resolver(loaded, registry, tables)
    plan = resolver.plan(period or loaded.ruleset.period)
    resolver.binder.raise_errors()
    return plan


class _Resolver:
    """Resolves one ruleset section by section; errors are collected in the binder."""

    def __init__(self, loaded: LoadedRuleset, registry: Registry, tables: Mapping[str, Table]) -> None:
        self.ruleset: Ruleset = loaded.ruleset
        self.binder = Binder(loaded, registry, tables)
        self._at = loaded.at
        self._registry = registry

    def _wrong(self, code: str, path: KeyPath, **facts: object) -> None:
        self.binder.errors.append(RulesetError(code, self._at(path), **facts))

    def plan(self, period: Period | None) -> Plan:
        """Resolve every section; what cannot be resolved is left out and noted as an error."""
        self._check_facts(period)
        criteria = self._criteria()
        self.binder.try_curves()
        labels = {item.id: names for item in criteria if (names := item.curve.labels)}
        self.binder.knows(points=[*self.ruleset.criteria], labels=labels)
        plan = Plan(
            ruleset=self.ruleset,
            period=period,
            criteria=criteria,
            dimensions=self._dimensions(),
            aggregator=self.binder.aggregator(self.ruleset.aggregate, ("aggregate",)),
            adjustments=self._adjustments(),
            gates=self._gates(),
            groups=self._groups(),
            grades=self._grades(),
            selections=self._selections(),
            conversions=self._conversions(),
            tie_breaks=self._tie_breaks(criteria),
            uses={},
            attributes=(),
        )
        uses, attributes = self.binder.uses, self.binder.attributes
        return Plan(**{**vars(plan), "uses": MappingProxyType(uses), "attributes": tuple(attributes)})

    def _check_facts(self, period: Period | None) -> None:
        """Check what the data side of the ruleset names: outcomes, ratings, clocks, the period's column."""
        dates = [name for name, column in CASES.columns.items() if column.type is ColumnType.DATE]
        own = [name for name, rule in self.ruleset.columns.items() if rule.type == "date"]
        for label, outcome in self.ruleset.outcomes.items():
            if outcome not in OUTCOMES:
                self._wrong("unknown_outcome", ("outcomes", label), name=outcome, known=OUTCOMES)
        for label in sorted(self.ruleset.scales.get("rating", {}).keys() - RATINGS.keys()):
            self._wrong("unknown_rating", ("scales", "rating", label), name=label, known=list(RATINGS))
        for name, deadline in self.ruleset.deadlines.items():
            path = ("deadlines", name)
            for start in sorted({*deadline.start} - {*dates, *own}):
                self._wrong("unknown_date_column", (*path, "from"), name=start, known=[*dates, *own])
            self.binder.clause(deadline.when, (*path, "when"))
        if period is not None and period.by not in dates:
            self._wrong("unknown_date_column", ("period", "by"), name=period.by, known=dates)

    def _criteria(self) -> Sequence[PlannedCriterion]:
        return [item for name, rule in self.ruleset.criteria.items() if (item := self._criterion(name, rule))]

    def _criterion(self, name: str, rule: Criterion) -> PlannedCriterion | None:
        path: KeyPath = ("criteria", name)
        if rule.dimension not in self.ruleset.dimensions:
            known = list(self.ruleset.dimensions)
            self._wrong("unknown_dimension", (*path, "dimension"), name=rule.dimension, known=known)
        use = None
        if rule.measure is not None:
            use = self.binder.use(rule.measure, (*path, "measure"), rule.with_, rule.where, path)
        own = {
            department: self.binder.use(
                measure, (*path, "measure_by_department", department), {}, rule.where, path
            )
            for department, measure in rule.measure_by_department.items()
        }
        self._check_small_numbers(rule, path, [use, *own.values()])
        curve = self.binder.curve(rule.curve, (*path, "curve"), rule.points)
        if curve is None or (rule.measure is not None and use is None):
            return None
        by_department = {department: item for department, item in own.items() if item is not None}
        return PlannedCriterion(name, rule, curve, use, MappingProxyType(by_department))

    def _check_small_numbers(self, rule: Criterion, path: KeyPath, uses: Sequence[MeasureUse | None]) -> None:
        if rule.small_numbers is None:
            return
        for name in sorted(
            {use.measure.id for use in uses if use and use.measure.kind is not Aggregate.SHARE}
        ):
            self._wrong("small_numbers_need_share", (*path, "small_numbers"), name=name)

    def _dimensions(self) -> Sequence[PlannedDimension]:
        return [
            PlannedDimension(
                name,
                rule,
                self.binder.aggregator(rule.aggregate or self.binder.mean, ("dimensions", name, "aggregate")),
            )
            for name, rule in self.ruleset.dimensions.items()
        ]

    def _adjustments(self) -> Sequence[PlannedAdjustment]:
        planned = []
        for name, rule in self.ruleset.adjustments.items():
            path: KeyPath = ("adjustments", name)
            if rule.dimension is not None and rule.dimension not in self.ruleset.dimensions:
                known = list(self.ruleset.dimensions)
                self._wrong("unknown_dimension", (*path, "dimension"), name=rule.dimension, known=known)
            use = None
            if rule.measure is not None:
                use = self.binder.use(rule.measure, (*path, "measure"), rule.with_, rule.where, path)
            if use is not None and use.measure.kind is Aggregate.SHARE:
                self._wrong("adjustment_on_share", (*path, "measure"), name=rule.measure)
            planned.append(
                PlannedAdjustment(name, rule, use, self._condition(rule.when, (*path, "when"), SCORED))
            )
        return planned

    def _condition(self, text: str | None, path: KeyPath, stage: Sequence[str]) -> Condition | None:
        return None if text is None else self.binder.condition(text, path, stage)

    def _gates(self) -> Sequence[PlannedGate]:
        planned = []
        for name, rule in self.ruleset.gates.items():
            condition = self._condition(rule.when, ("gates", name, "when"), ADDED)
            if condition is not None:
                planned.append(PlannedGate(name, rule, condition))
        return planned

    def _groups(self) -> Sequence[PlannedGroup]:
        groups = self.ruleset.groups
        rest = [name for name, rule in groups.items() if rule.when is None]
        if groups and len(rest) != 1:
            self._wrong("groups_need_rest", ("groups",), number=len(rest))
        return [
            PlannedGroup(name, rule, self._condition(rule.when, ("groups", name, "when"), ()))
            for name, rule in groups.items()
        ]

    def _grades(self) -> Sequence[PlannedGrade]:
        return [
            PlannedGrade(name, rule, self._condition(rule.when, ("grades", name, "when"), ADDED))
            for name, rule in self.ruleset.grades.items()
        ]

    def _selections(self) -> Sequence[PlannedSelection]:
        planned = []
        for name, rule in self.ruleset.selections.items():
            if isinstance(rule.quota, Mapping):
                for group in rule.quota:
                    if group not in self.ruleset.groups:
                        path = ("selections", name, "quota", group)
                        self._wrong("unknown_group", path, name=group, known=list(self.ruleset.groups))
            condition = self._condition(rule.among, ("selections", name, "among"), GRADED)
            planned.append(PlannedSelection(name, rule, condition))
        return planned

    def _conversions(self) -> Sequence[PlannedConversion]:
        planned = []
        for name, rule in self.ruleset.conversions.items():
            number = self.binder.number(rule.value, ("conversions", name, "value"), CONVERTED)
            if number is not None:
                planned.append(PlannedConversion(name, rule, number))
        return planned

    def _tie_breaks(self, criteria: Sequence[PlannedCriterion]) -> Sequence[TieBreak]:
        by_id = {item.id: item for item in criteria}
        broken = []
        for number, name in enumerate(self.ruleset.ranking.tie_break):
            path = ("ranking", "tie_break", number)
            if name in by_id:
                broken.append(TieBreak(name, criterion=by_id[name]))
            elif name in self.binder.measures:
                broken.append(TieBreak(name, use=self.binder.use(name, path, {}, None, path)))
            elif name not in self.ruleset.criteria:
                self._wrong("tie_break_unknown", path, name=name, known=[*by_id, *self.binder.measures])
        return broken
