"""Binds names in a ruleset to what they mean: measures with parameters, curves, aggregators, conditions."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from .conditions import Condition, compile_condition
from .defining import from_rule, from_sheet
from .documents import KeyPath, path_to
from .errors import DubanError, MeasureError, Problems, RulesetError, raise_all
from .language.comparisons import Meaning, check_comparisons
from .language.grammar import parse
from .language.text import LONGEST_TEXT, Clause, place_of
from .loading import LoadedRuleset
from .measure_parameters import given_parameters, use_key
from .measures import Measure
from .methods import Aggregator, Curve, NoParameters, Subject
from .plan import BoundAggregator, BoundCurve, MeasureUse
from .registry import Registry
from .ruleset import Choice
from .tables import DEPARTMENTS, Table
from .terms import ColumnType
from .texts import codes
from .validation import validated

_NOBODY = Subject(Fraction(0), "", lambda text: False)
_NO_AGGREGATOR = Aggregator("", "", lambda shares, weights, parameters: Fraction(0))


class Binder:
    """Looks names up for one ruleset; remembers the measure uses, the attributes and every error."""

    mean = Choice(kind="mean")

    def __init__(self, loaded: LoadedRuleset, registry: Registry, tables: Mapping[str, Table]) -> None:
        self.errors: list[DubanError] = []
        self.uses: dict[str, MeasureUse] = {}
        self.attributes: list[tuple[str, Clause]] = []
        self._loaded, self._registry, self._tables = loaded, registry, tables
        self._points: Collection[str] = ()
        self._labels: Mapping[str, Collection[str]] = {}
        self.measures = self._all_measures()

    def raise_errors(self) -> None:
        """Raise what was collected, in the order of the file.

        Raises: RulesetError, MeasureError, Problems.
        """
        flat = [
            one
            for error in self.errors
            for one in (error.errors if isinstance(error, Problems) else (error,))
        ]
        unique = {error.line("en"): error for error in flat}
        raise_all(sorted(unique.values(), key=_in_file))

    def knows(self, points: Collection[str], labels: Mapping[str, Collection[str]]) -> None:
        """Say which criteria `points.…` and `label.…` may name, and which labels those can have."""
        self._points, self._labels = points, labels

    def wrong(self, code: str, path: KeyPath, **facts: object) -> None:
        """Note an error at a path of the ruleset."""
        self.errors.append(RulesetError(code, self._loaded.at(path), **facts))

    def clause(self, text: str | None, path: KeyPath) -> Clause | None:
        """Return the author's text at a path, parsed once so that its errors are told with the others."""
        if text is None:
            return None
        clause = Clause(text, self._loaded.at(path), ".".join(str(part) for part in path))
        self._noting(lambda: parse(clause))
        return clause

    def _noting(self, action: Any) -> Any:
        try:
            return action()
        except DubanError as error:
            self.errors.append(error)
            return None

    def condition(self, text: str, path: KeyPath, stage: Sequence[str]) -> Condition | None:
        """Compile department text; `stage` names what exists there beside attributes and measures."""
        clause = Clause(text, self._loaded.at(path), ".".join(str(part) for part in path))
        condition: Condition | None = self._noting(lambda: compile_condition(clause))
        for name in sorted(condition.names) if condition else ():
            self._name(name, clause, path, stage)
        if condition is not None:
            self._noting(lambda: check_comparisons(clause, self._meaning))
        return condition

    def _name(self, name: str, clause: Clause, path: KeyPath, stage: Sequence[str]) -> None:
        prefix, dot, rest = name.partition(".")
        place = place_of(clause, name)
        if dot:
            known = {"points": self._points, "label": self._labels}.get(prefix)
            if known is None or prefix not in stage:
                self.errors.append(RulesetError("name_not_yet", place, name=name, usable=_usable(stage)))
            elif rest not in known:
                self.errors.append(RulesetError("unknown_criterion", place, name=rest, known=known))
        elif name in ("base", "total", "grade", "group", "value"):
            if name not in stage:
                self.errors.append(RulesetError("name_not_yet", place, name=name, usable=_usable(stage)))
        elif name in self.measures:
            self.use(name, path, {}, None, path)
        else:
            self.attributes.append((name, clause))

    def _meaning(self, name: str) -> Meaning | None:
        ruleset, (prefix, _, rest) = self._loaded.ruleset, name.partition(".")
        if prefix == "label" and rest in self._labels:
            return Meaning(ColumnType.TEXT, ruleset.criteria[rest].title, self._labels[rest])
        if name == "grade":
            return Meaning(ColumnType.TEXT, "等次", list(ruleset.grades))
        if name == "group":
            return Meaning(ColumnType.TEXT, "分组", list(ruleset.groups) or None)
        if prefix == "points" or name in ("base", "total", "value") or name in self.measures:
            return Meaning(ColumnType.DECIMAL)
        return Meaning(ColumnType.TEXT) if name in ("department", "name") else None

    def use(
        self, name: str, path: KeyPath, given: Mapping[str, Any], where: str | None, owner: KeyPath
    ) -> MeasureUse | None:
        """Return a measure with its parameters and filter; None where something is wrong with them."""
        if name not in self.measures:
            self.wrong("unknown_measure", path, name=name, known=list(self.measures))
            return None
        measure, before = self.measures[name], len(self.errors)
        if name in self._registry.measures and measure.table not in self._tables:
            self.wrong("unknown_table", path, name=measure.table, known=list(self._tables))
        parameters = given_parameters(measure, given, (*owner, "with"), self.wrong)
        filter_clause = self.clause(where, (*owner, "where"))
        count, hit, value = (self._own_clause(measure, part) for part in ("count", "hit", "value"))
        if len(self.errors) > before or count is None:
            return None
        key = use_key(measure, parameters, where)
        made = MeasureUse(key, measure, MappingProxyType(parameters), count, hit, value, filter_clause)
        return self.uses.setdefault(key, made)

    def _own_clause(self, measure: Measure, part: str) -> Clause | None:
        text = getattr(measure, part)
        if measure.id in self._loaded.ruleset.measures:
            return self.clause(text, ("measures", measure.id, part))
        if text is None:
            return None
        if measure.id in self._loaded.ruleset.sheets:
            return self._sheet_clause(measure.id, text, part)
        clause = Clause(text, self._registry.origins["measures", measure.id], f"{measure.id}.{part}")
        self._noting(lambda: parse(clause))
        return clause

    def _sheet_clause(self, sheet: str, text: str, part: str) -> Clause:
        """Return a text of a sheet; its value is as long as its items make it, and each item is parsed by itself."""
        path: KeyPath = ("sheets", sheet)
        if part == "value":
            for name, item in self._loaded.ruleset.sheets[sheet].items.items():
                for key in ("when", "value"):
                    self.clause(getattr(item, key), (*path, "items", name, key))
        return Clause(text, self._loaded.at(path), f"sheets.{sheet}", longest=max(len(text), LONGEST_TEXT))

    def curve(self, choice: Choice, path: KeyPath, full: Any) -> BoundCurve | None:
        """Return a curve with its checked parameters; None where something is wrong with them."""
        if choice.kind not in self._registry.curves:
            self.wrong("unknown_curve", (*path, "kind"), name=choice.kind, known=list(self._registry.curves))
            return None
        curve = self._registry.curves[choice.kind]
        parameters = self._method_parameters(curve.parameters, choice, path)
        if parameters is None:
            return None
        self._try_curve(curve, full, parameters, path)
        stage = ("value", "group")
        conditions = {
            text: self.condition(text, (*path, *(path_to(text, choice.parameters) or ())), stage)
            for text in curve.conditions(parameters)
        }
        known = {text: condition for text, condition in conditions.items() if condition is not None}
        return BoundCurve(curve, parameters, MappingProxyType(known))

    def _try_curve(self, curve: Curve, full: Any, parameters: Any, path: KeyPath) -> None:
        """Judge a made-up department, so that the curve compares its parameters with the criterion's points.

        What else it may raise is told where it judges the real ones.
        """
        try:
            curve.judge([_NOBODY], full, parameters)
        except Exception as problem:  # noqa: BLE001
            if isinstance(problem, ValueError) and str(problem) in codes("errors"):
                self.wrong(str(problem), path, name=".".join(str(part) for part in path))

    def aggregator(self, choice: Choice, path: KeyPath) -> BoundAggregator:
        """Return an aggregator with its checked parameters; an empty one where something is wrong with it."""
        known = self._registry.aggregators
        if choice.kind not in known:
            self.wrong("unknown_aggregator", path, name=choice.kind, known=list(known))
            return BoundAggregator(_NO_AGGREGATOR, NoParameters())
        aggregator = known[choice.kind]
        parameters = self._method_parameters(aggregator.parameters, choice, path)
        return BoundAggregator(aggregator, parameters or aggregator.parameters.model_construct())

    def _method_parameters(self, model: Any, choice: Choice, path: KeyPath) -> Any:
        at = self._loaded.at
        return self._noting(
            lambda: validated(model, choice.parameters, at, self._loaded.key_at, RulesetError, path)
        )

    def _all_measures(self) -> dict[str, Measure]:
        found = dict(self._registry.measures)
        ruleset = self._loaded.ruleset
        own = [("measures", name, from_rule(name, rule)) for name, rule in ruleset.measures.items()]
        own += [("sheets", name, from_sheet(name, sheet)) for name, sheet in ruleset.sheets.items()]
        for section, name, measure in own:
            if name in found:
                owner = self._registry.origins.get(("measures", name), section)
                self.wrong("duplicate_measure", (section, name), name=name, owner=owner)
            if measure.table not in self._tables:
                known = list(self._tables)
                self.wrong("unknown_table", (section, name, "table"), name=measure.table, known=known)
            if not measure.is_well_formed:
                self.wrong("measure_form", (section, name))
            found[name] = measure
        return dict(sorted(found.items()))


def _usable(stage: Sequence[str]) -> str:
    names = [f"{name}.…" if name in ("points", "label") else name for name in stage]
    return ", ".join([*DEPARTMENTS.columns, "…", *names])


def _in_file(error: DubanError) -> tuple[str, int, int, str]:
    at = error.at
    if isinstance(error, MeasureError) and isinstance(at, str):
        return at, 0, 0, error.code
    file, line, column = (at.file, at.line, at.column) if isinstance(at, tuple) else (str(at or ""), 0, 0)
    return file, line or 0, column or 0, error.code
