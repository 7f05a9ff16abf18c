"""Binds measures: each with its parameters and filter, its texts parsed; a formula with all that it rests on."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any, TypeVar

from .conditions import Formula, compile_formula
from .defining import from_rule, from_sheet
from .documents import KeyPath
from .errors import DubanError, MeasureError, Problems, RulesetError, raise_all
from .language.grammar import parse
from .language.text import LONGEST_TEXT, Clause, place_of
from .loading import LoadedRuleset
from .measure_parameters import given_parameters, use_key
from .measures import Measure
from .plan import MeasureUse
from .registry import Registry
from .tables import Table
from .terms import Aggregate

_Made = TypeVar("_Made")


class Uses:
    """Looks measures up for one ruleset; remembers their uses and every error."""

    def __init__(self, loaded: LoadedRuleset, registry: Registry, tables: Mapping[str, Table]) -> None:
        self.errors: list[DubanError] = []
        self.uses: dict[str, MeasureUse] = {}
        self._loaded, self._registry, self._tables = loaded, registry, tables
        # By measure; None where something is wrong with it.
        self._formulas: dict[str, MeasureUse | None] = {}
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

    def _noting(self, action: Callable[[], _Made]) -> _Made | None:
        try:
            return action()
        except DubanError as error:
            self.errors.append(error)
            return None

    def use(
        self, name: str, path: KeyPath, given: Mapping[str, Any], where: str | None, owner: KeyPath
    ) -> MeasureUse | None:
        """Return a measure with its parameters and filter; None where something is wrong with them."""
        if name not in self.measures:
            self.wrong("unknown_measure", path, name=name, known=list(self.measures))
            return None
        measure, before = self.measures[name], len(self.errors)
        if measure.formula is not None:
            return self._formula_use(measure, path, given, where, owner)
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

    def _formula_use(
        self, measure: Measure, path: KeyPath, given: Mapping[str, Any], where: str | None, owner: KeyPath
    ) -> MeasureUse | None:
        for key, said in (("with", given), ("where", where)):
            if said:
                self.wrong("formula_alone", (*owner, key), name=measure.id, key=key)
        if measure.id not in self._formulas:
            self._bind_formulas(measure.id, path)
        return self._formulas[measure.id]

    def _bind_formulas(self, first: str, path: KeyPath) -> None:
        """Bind a formula and those that it rests on, however far: what is named before what names it."""
        parts: dict[str, list[Formula | None]] = {}
        named: dict[str, set[str]] = {}
        waiting = [first]
        while waiting:
            name = waiting.pop()
            parts[name] = self._parts(self.measures[name])
            known = {other for part in parts[name] if part for other in part.measures}
            named[name] = {other for other in known - self._formulas.keys() if self._is_formula(other)}
            waiting += named[name] - named.keys() - set(waiting)
        ordered, circle = _in_order(named)
        if circle:
            place = self._formula_clause(self.measures[circle[0]], "formula", circle[0]).at
            self.errors.append(RulesetError("formula_cycle", place, chain=" → ".join(circle)))
            self._formulas |= dict.fromkeys(named)
        for name in ordered:
            self._formulas[name] = self._formula(self.measures[name], parts[name], path)

    def _is_formula(self, name: str) -> bool:
        return name in self.measures and self.measures[name].formula is not None

    def _parts(self, measure: Measure) -> list[Formula | None]:
        """Return the formula, and that of the count where the measure has one; None for one with a mistake."""
        texts = [("formula", measure.formula or "")]
        texts += [("count", measure.count)] if measure.count != "true" else []
        clauses = [self._formula_clause(measure, part, text) for part, text in texts]
        return [self._noting(partial(compile_formula, clause)) for clause in clauses]

    def _formula_clause(self, measure: Measure, part: str, text: str) -> Clause:
        if measure.id in self._loaded.ruleset.measures:
            return Clause(
                text, self._loaded.at(("measures", measure.id, part)), f"measures.{measure.id}.{part}"
            )
        return Clause(text, self._registry.origins["measures", measure.id], f"{measure.id}.{part}")

    def _formula(self, measure: Measure, parts: list[Formula | None], path: KeyPath) -> MeasureUse | None:
        before, known = len(self.errors), [part for part in parts if part is not None]
        for part in known:
            for name in sorted(part.names):
                self._ingredient(name, part.clause, path)
        rests_on_wrong = any(
            self._formulas.get(name, True) is None for part in known for name in part.measures
        )
        if len(known) < len(parts) or len(self.errors) > before or rests_on_wrong:
            return None
        formula, count = [*known, None][:2]
        rows = Clause("true", "", measure.id)
        made = MeasureUse(measure.id, measure, {}, rows, formula=formula, count_formula=count)
        return self.uses.setdefault(measure.id, made)

    def _ingredient(self, name: str, clause: Clause, path: KeyPath) -> None:
        """Use a measure that a formula names, with its parameters at their defaults."""
        prefix, _, measure_id = name.rpartition(".")
        place, measure = place_of(clause, name), self.measures.get(measure_id)
        said = {"owner": clause.owner, "name": measure_id}
        if measure is None:
            self.errors.append(
                RulesetError("unknown_measure", place, name=measure_id, known=list(self.measures))
            )
            return
        if prefix == "hits" and measure.kind is not Aggregate.SHARE:
            self.errors.append(RulesetError("formula_hits", place, **said))
        lacking = sorted(key for key, parameter in measure.parameters.items() if parameter.default is None)
        if lacking:
            self.errors.append(RulesetError("formula_parameter", place, **said, parameter=lacking[0]))
        else:
            self.use(measure_id, path, {}, None, path)

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


def _in_order(named: Mapping[str, Collection[str]]) -> tuple[list[str], list[str]]:
    """Return formulas so that each stands after those that it names, and a circle of them where there is one."""
    try:
        return list(
            TopologicalSorter({name: sorted(named[name]) for name in sorted(named)}).static_order()
        ), []
    except CycleError as error:
        # graphlib tells first who is named, and begins where it happened to look.
        circle = list(reversed(error.args[1]))[1:]
        start = circle.index(min(circle))
        return [], [*circle[start:], *circle[:start], circle[start]]


def _in_file(error: DubanError) -> tuple[str, int, int, str]:
    at = error.at
    if isinstance(error, MeasureError) and isinstance(at, str):
        return at, 0, 0, error.code
    file, line, column = (at.file, at.line, at.column) if isinstance(at, tuple) else (str(at or ""), 0, 0)
    return file, line or 0, column or 0, error.code
