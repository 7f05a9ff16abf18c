"""The whole plan over arrays: from a block of worlds to ranks and lists, as `evaluating` does for the one measured."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from duban.evaluating import Evaluated
from duban.facts import FactTable
from duban.gating import left_unranked
from duban.plan import TieBreak
from duban.results import Figure
from duban.ruleset import Cap
from duban.terms import Better, Effect, Status

from .arrays import CLOSE, Array, Kind, Lookup, NotVectorised, Translator, floats, texts
from .shares import values_of
from .standing import Flags, Ranks, Standing, chosen, ranks
from .totals import Logic, Totalling, Weights
from .worlds import Floats, World

_STRENGTH = {effect: place + 1 for place, effect in enumerate(Effect)}


class Outcome(NamedTuple):
    """Who is where in a block of worlds, draws x departments; `lists` by the id of the selection."""

    totals: Floats
    ranks: Ranks
    lists: Mapping[str, Flags]


class Judge:
    """A plan over arrays. `drawn` are the keys of the measure uses that are drawn from cases.

    `held` names what has no form for arrays and keeps what was measured.
    """

    def __init__(self, evaluated: Evaluated, drawn: frozenset[str]) -> None:
        self._evaluated, self._plan = evaluated, evaluated.plan
        self.held: set[str] = set()
        self._formulas: dict[str, Callable[[Lookup], Array]] = {}
        self.drawn = frozenset(drawn) | self._drawn_formulas(drawn)
        self._totalling = Totalling(evaluated, self.drawn)
        totals = evaluated.judgement.totals
        self._gates: dict[str, Logic] = {
            gate.id: self._totalling.logic(
                gate.condition, f"gates.{gate.id}", [gate.id in held for held in totals.held]
            )
            for gate in self._plan.gates
        }
        self._among: dict[str, Logic] = {
            item.id: self._totalling.logic(item.condition, f"selections.{item.id}")
            for item in self._plan.selections
            if item.condition is not None
        }
        self._grades: dict[str, Logic] = {
            item.id: self._totalling.logic(item.condition, f"grades.{item.id}")
            for item in self._plan.grades
            if item.condition is not None
        }
        self.held |= self._totalling.held
        departments = evaluated.departments
        self._has_cases = np.array([department.has_cases for department in departments], dtype=bool)
        missing = left_unranked(self._plan.criteria, evaluated.judgement.scores.criteria, len(departments))
        self._unranked = np.array([bool(found) for found in missing], dtype=bool)
        self._needs_grades = any(
            "grade" in item.condition.names for item in self._plan.selections if item.condition is not None
        )

    @property
    def decides(self) -> bool:
        """Whether anything that is drawn reaches a total, a rank or a list; what is shown and not scored does not."""
        asked = set(self._totalling.asked)
        for tie in self._plan.tie_breaks:
            people = self._evaluated.departments
            uses = [tie.use] if tie.criterion is None else [tie.criterion.use_for(one) for one in people]
            asked |= {use.key for use in uses if use is not None}
        return bool(asked & self.drawn) or self._totalling.moves

    def outcome(self, world: World, weights: Weights | None = None) -> Outcome:
        """Return totals, ranks and lists in every world; `weights` move the points of the criteria."""
        lookup = self._with_formulas(world)
        sums = self._totalling.sums(lookup, weights)
        facts = sums.facts | {"base": sums.base, "total": sums.before}

        def known(name: str) -> Array:
            return facts[name] if name in facts else lookup(name)

        strength, total = self._gated(known, sums.before)
        facts["total"] = total
        if self._needs_grades:
            facts["grade"] = self._graded(known, total, strength)
        standing, groups = self._standing(lookup, total, strength), self._evaluated.judgement.groups
        lists = {}
        for item in self._plan.selections:
            among = self._among[item.id](known) if item.id in self._among else np.array([[True]])
            lists[item.id] = chosen(self._plan, item, groups, standing, among)
        return Outcome(standing.totals, standing.ranks, lists)

    def _drawn_formulas(self, drawn: frozenset[str]) -> set[str]:
        """Compile the formulas that rest on something drawn; one without a form for arrays is held."""
        found: set[str] = set()
        for key, use in self._plan.uses.items():
            formula = use.formula
            if formula is None or not formula.measures & (drawn | found):
                continue
            kinds: dict[str, Kind] = {
                name: "number"
                for name in formula.names
                if name.rpartition(".")[2] in drawn | found and not name.startswith("count.")
            }
            try:
                part = Translator(kinds, self._ingredients(formula.names)).part(formula.clause, "formula")
            except NotVectorised:
                self.held.add(f"measures.{key}")
                continue
            found.add(key)
            self._formulas[key] = part.evaluate
        return found

    def _ingredients(self, names: frozenset[str]) -> FactTable:
        figures = self._evaluated.figures
        added = {
            name: [_ingredient(prefix, figure) for figure in figures[measure]]
            for name in names
            for prefix, _, measure in [name.rpartition(".")]
        }
        return FactTable(self._evaluated.departments, figures, None, added)

    def _with_formulas(self, world: World) -> Callable[[str], Floats]:
        """Return a look-up of values in which the formulas are worked out; hits are the rate times the count."""
        known = dict(world)

        def ingredient(name: str) -> Floats:
            prefix, _, measure = name.rpartition(".")
            if prefix != "hits":
                return known[measure]
            counts = np.array([[float(figure.count) for figure in self._evaluated.figures[measure]]])
            hits: Floats = np.nan_to_num(known[measure], nan=0.0) * counts
            return hits

        for key, evaluate in self._formulas.items():
            value = evaluate(ingredient)
            for name in sorted(self._plan.uses[key].formula.needed):  # type: ignore[union-attr]
                needed = known[name.rpartition(".")[2]] if "." not in name else None
                value = value if needed is None else np.where(np.isnan(needed), np.nan, value)
            measured = [figure.status is Status.MEASURED for figure in self._evaluated.figures[key]]
            known[key] = np.where(measured, value, np.nan)
        return known.__getitem__

    def _gated(self, known: Lookup, before: Floats) -> tuple[Array, Floats]:
        """Return the strength of the strongest effect, and the totals under the caps."""
        strength = np.where(self._unranked, _STRENGTH[Effect.NOT_RANKED], 0)[np.newaxis, :]
        total = before
        for gate in self._plan.gates:
            holds = self._gates[gate.id](known)
            strength = np.maximum(strength, holds * _STRENGTH[gate.rule.kind])
            if isinstance(gate.rule.effect, Cap):
                total = np.where(holds, np.minimum(total, float(gate.rule.effect.cap)), total)
        return strength, total

    def _graded(self, known: Lookup, total: Floats, strength: Array) -> Array:
        """Return the first grade that holds; none for who is exempt, and none without a total where there are points."""
        graded = ~np.isnan(total) | (self._has_cases & (not self._plan.has_points))
        graded = graded & (strength < _STRENGTH[Effect.EXEMPT])
        found = np.broadcast_to(texts([None] * total.shape[1]), graded.shape)
        for grade in reversed(self._plan.grades):
            holds = graded & (self._grades[grade.id](known) if grade.id in self._grades else True)
            if grade.rule.at_least is not None:
                holds = holds & (total >= float(grade.rule.at_least) - CLOSE)
            found = np.where(holds, grade.id, found)
        return found

    def _standing(self, lookup: Lookup, total: Floats, strength: Array) -> Standing:
        exempt = (strength >= _STRENGTH[Effect.EXEMPT]) | ~self._has_cases
        ranked = ~exempt & (strength < _STRENGTH[Effect.NOT_RANKED]) & ~np.isnan(total)
        ties = [self._tie(tie, lookup) for tie in self._plan.tie_breaks]
        shape = np.broadcast_shapes(total.shape, ranked.shape, *(tie.shape for tie in ties))
        totals = np.broadcast_to(total, shape)
        places = ranks(
            self._plan, self._evaluated.judgement.groups, np.broadcast_to(ranked, shape), totals, ties
        )
        selectable = np.broadcast_to(strength < _STRENGTH[Effect.NOT_SELECTABLE], shape)
        return Standing(places, totals, np.broadcast_to(exempt, shape), ~selectable)

    def _tie(self, tie: TieBreak, lookup: Lookup) -> Floats:
        """Return what tells equal totals apart, turned so that higher is better."""
        departments = self._evaluated.departments
        if tie.criterion is None:
            uses = [tie.use] * len(departments)
            values = lookup(tie.use.key) if tie.use is not None else floats([None] * len(departments))
        else:
            uses = [tie.criterion.use_for(department) for department in departments]
            values = values_of(tie.criterion, self._evaluated, lookup)
        lower = [use is not None and use.measure.better is Better.LOWER for use in uses]
        return np.where(lower, -values, values)


def _ingredient(prefix: str, figure: Figure) -> Fraction | None:
    """Return what a formula sees of a figure."""
    if not prefix:
        return figure.value
    return Fraction(figure.count if prefix == "count" else figure.hits or 0)
