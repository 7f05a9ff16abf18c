"""Binds names in a ruleset to what they mean: conditions, curves, aggregators, and the measures that `Uses` binds."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from .conditions import Condition, Formula, compile_condition, compile_number
from .documents import KeyPath, path_to
from .errors import RulesetError
from .language.comparisons import Meaning, check_comparisons, check_number
from .language.text import Clause, place_of
from .loading import LoadedRuleset
from .methods import Aggregator, NoParameters, Subject
from .plan import BoundAggregator, BoundCurve
from .registry import Registry
from .ruleset import Choice
from .tables import DEPARTMENTS, Table
from .terms import ColumnType
from .texts import codes
from .using import Uses
from .validation import validated

_NOBODY = Subject(Fraction(0), "", lambda text: False)
_NO_AGGREGATOR = Aggregator("", "", lambda shares, weights, parameters: Fraction(0))


class _Untried(NamedTuple):
    """A criterion's curve that has not judged anybody yet, with the points of the criterion and the curve's path."""

    bound: BoundCurve
    full: Fraction
    path: KeyPath


class Binder(Uses):
    """Looks names up for one ruleset; remembers the measure uses, the attributes and every error."""

    mean = Choice(kind="mean")

    def __init__(self, loaded: LoadedRuleset, registry: Registry, tables: Mapping[str, Table]) -> None:
        super().__init__(loaded, registry, tables)
        self.attributes: list[tuple[str, Clause]] = []
        self._points: Collection[str] = ()
        self._labels: Mapping[str, Collection[str]] = {}
        self._untried: list[_Untried] = []

    def knows(self, points: Collection[str], labels: Mapping[str, Collection[str]]) -> None:
        """Say which criteria `points.…` and `label.…` may name, and which labels those can have."""
        self._points, self._labels = points, labels

    def condition(self, text: str, path: KeyPath, stage: Sequence[str]) -> Condition | None:
        """Compile department text; `stage` names what exists there beside attributes and measures."""
        clause = self._department_clause(text, path)
        condition: Condition | None = self._noting(lambda: compile_condition(clause))
        if condition is not None:
            self._check_names(clause, condition.names, path, stage)
        return condition

    def number(self, text: str, path: KeyPath, stage: Sequence[str]) -> Formula | None:
        """Compile department text that comes to a number; `stage` as for a condition."""
        clause = self._department_clause(text, path)
        number: Formula | None = self._noting(lambda: compile_number(clause))
        if number is not None:
            self._check_names(clause, number.names, path, stage)
            self._noting(lambda: check_number(clause, self._meaning))
        return number

    def _department_clause(self, text: str, path: KeyPath) -> Clause:
        return Clause(text, self._loaded.at(path), ".".join(str(part) for part in path))

    def _check_names(
        self, clause: Clause, names: Collection[str], path: KeyPath, stage: Sequence[str]
    ) -> None:
        for name in sorted(names):
            self._name(name, clause, path, stage)
        self._noting(lambda: check_comparisons(clause, self._meaning))

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

    def curve(self, choice: Choice, path: KeyPath, full: Any) -> BoundCurve | None:
        """Return a curve with its checked parameters; None where something is wrong with them."""
        if choice.kind not in self._registry.curves:
            self.wrong("unknown_curve", (*path, "kind"), name=choice.kind, known=list(self._registry.curves))
            return None
        curve = self._registry.curves[choice.kind]
        parameters = self._method_parameters(curve.parameters, choice, path)
        if parameters is None:
            return None
        plugin = self._registry.origins["curves", curve.id]
        self._untried.append(_Untried(BoundCurve(curve, parameters, plugin=plugin), full, path))
        stage = ("value", "group")
        conditions = {
            text: self.condition(text, (*path, *(path_to(text, choice.parameters) or ())), stage)
            for text in curve.conditions(parameters)
        }
        known = {text: condition for text, condition in conditions.items() if condition is not None}
        return BoundCurve(curve, parameters, MappingProxyType(known), plugin)

    def try_curves(self) -> None:
        """Judge a made-up department by each criterion, so that its curve compares its parameters with its points.

        What else a curve may raise is told where it judges the real ones.

        Raises: PluginError, where one does not come to an end.
        """
        by_curve: dict[str, list[_Untried]] = {}
        for item in self._untried:
            by_curve.setdefault(item.bound.curve.id, []).append(item)
        for items in by_curve.values():
            # One watch for all that ask the same curve: a watch takes longer than what it watches.
            said: list[str | None] = items[0].bound.watched(partial(list, map(_complaint, items)))
            for item, code in zip(items, said, strict=True):
                if code is not None:
                    self.wrong(code, item.path, name=".".join(str(part) for part in item.path))
        self._untried.clear()

    def aggregator(self, choice: Choice, path: KeyPath) -> BoundAggregator:
        """Return an aggregator with its checked parameters; an empty one where something is wrong with it."""
        known = self._registry.aggregators
        if choice.kind not in known:
            self.wrong("unknown_aggregator", path, name=choice.kind, known=list(known))
            return BoundAggregator(_NO_AGGREGATOR, NoParameters())
        aggregator = known[choice.kind]
        parameters = self._method_parameters(aggregator.parameters, choice, path)
        plugin = self._registry.origins["aggregators", aggregator.id]
        return BoundAggregator(aggregator, parameters or aggregator.parameters.model_construct(), plugin)

    def _method_parameters(self, model: Any, choice: Choice, path: KeyPath) -> Any:
        at = self._loaded.at
        return self._noting(
            lambda: validated(model, choice.parameters, at, self._loaded.key_at, RulesetError, path)
        )


def _complaint(item: _Untried) -> str | None:
    """Return the code of what a curve says against its parameters, if it does."""
    try:
        item.bound.curve.judge([_NOBODY], item.full, item.bound.parameters)
    except Exception as problem:  # noqa: BLE001
        if isinstance(problem, ValueError) and str(problem) in codes("errors"):
            return str(problem)
    return None


def _usable(stage: Sequence[str]) -> str:
    names = [f"{name}.…" if name in ("points", "label") else name for name in stage]
    return ", ".join([*DEPARTMENTS.columns, "…", *names])
