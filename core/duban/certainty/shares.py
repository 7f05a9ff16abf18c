"""One criterion in thousands of drawn worlds: from each department's value to its share of the full points.

What cannot be put into arrays keeps what was measured, and `held` says so.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from duban.errors import DubanError
from duban.evaluating import Evaluated
from duban.exact import RoundingMode
from duban.facts import FactTable
from duban.judging import judgements
from duban.methods import Subject
from duban.plan import PlannedCriterion
from duban.ruleset import LowerBound, Rounding, Shrink
from duban.terms import Missing, Status

from .arrays import Array, Kind, Lookup, NotVectorised, Translator, floats, texts
from .curves import Table, numbers_in, tabulated

Floats = NDArray[np.float64]
# How far beyond its numbers a curve is tried where its value is no share, as a multiple of their span.
_BEYOND = 10
# A tie in exact numbers is a little less in floats.
_HALF = 0.5 + 1e-9


class Criterion(NamedTuple):
    """A criterion over arrays: `share` and `label` in every world; `held` where nothing about it is drawn."""

    share: Callable[[Lookup], Floats]
    label: Callable[[Lookup], Array]
    drawn: bool
    held: bool = False


def rounded_floats(values: Floats, places: int, mode: RoundingMode) -> Floats:
    """Return numbers rounded as `exact.rounded` does."""
    scaled = np.abs(values) * 10.0**places
    whole = np.floor(scaled + (1e-9 if mode == "down" else _HALF))
    if mode == "half_even":
        whole -= (np.abs(scaled - np.floor(scaled) - 0.5) < 1e-9) & (whole % 2 == 1)
    return np.copysign(whole / 10.0**places, values)


def values_of(criterion: PlannedCriterion, evaluated: Evaluated, world: Lookup) -> Floats:
    """Return each department's value: of its own measure, or of the common one."""
    if not criterion.by_department and criterion.use is not None:
        return world(criterion.use.key)
    uses = [criterion.use_for(department) for department in evaluated.departments]
    keys = [None if use is None else use.key for use in uses]
    parts = {key: world(key) for key in sorted({key for key in keys if key is not None})}
    rows = max((len(part) for part in parts.values()), default=1)
    found = np.full((rows, len(keys)), np.nan)
    for key, part in parts.items():
        mine = [place for place, own in enumerate(keys) if own == key]
        found[:, mine] = part[:, mine]
    return found


def criterion_over_arrays(
    criterion: PlannedCriterion, evaluated: Evaluated, drawn: Mapping[str, Kind], takes_part: Sequence[bool]
) -> Criterion:
    """Return the criterion over arrays; `drawn` names the measures that are drawn."""
    scores = evaluated.judgement.scores.criteria[criterion.id]
    full = criterion.rule.points
    points = [score.points for score in scores]
    exact = floats([None if one is None else one / full if full else Fraction(0) for one in points])
    labels = texts([score.label for score in scores])
    known = Criterion(lambda world: exact, lambda world: labels, drawn=False)
    keys = {
        use.key for department in evaluated.departments if (use := criterion.use_for(department)) is not None
    }
    asked = {name for condition in criterion.curve.conditions.values() for name in condition.names}
    if not (keys | asked) & drawn.keys():
        return known
    try:
        return _Drawn(criterion, evaluated, drawn, takes_part, exact).made()
    except (NotVectorised, DubanError):
        return known._replace(held=True)


class _Drawn:
    """A criterion with something drawn."""

    def __init__(
        self,
        criterion: PlannedCriterion,
        evaluated: Evaluated,
        drawn: Mapping[str, Kind],
        takes_part: Sequence[bool],
        exact: Floats,
    ) -> None:
        self._criterion, self._evaluated, self._drawn = criterion, evaluated, drawn
        self._takes_part, self._exact = np.array(takes_part, dtype=bool), exact
        self._scores = evaluated.judgement.scores.criteria[criterion.id]
        self._groups = evaluated.judgement.groups
        self._facts = FactTable(evaluated.departments, evaluated.figures, self._groups)
        self._measured = np.array(
            [score.status is Status.MEASURED and score.value is not None for score in self._scores]
        )
        # What the curve sees: the value, or what the ruleset makes of one of few cases.
        self._seen = [score.value if score.judged is None else score.judged for score in self._scores]
        self._means = np.array([score.treatment is Missing.GROUP_MEAN for score in self._scores], dtype=bool)

    def made(self) -> Criterion:
        """Return the criterion. Raises: NotVectorised; DubanError, where the curve cannot judge."""
        criterion = self._criterion
        if isinstance(criterion.rule.small_numbers, LowerBound):
            # The worse end of the interval of the cases: that is no question of the rate behind them.
            raise NotVectorised("lower_bound")
        if criterion.curve.curve.many is not None:
            judge, label = self._together(), None
        else:
            judge, label = self._alone()
        full, rounding = float(criterion.rule.points), self._evaluated.plan.ruleset.rounding

        def share(world: Lookup) -> Floats:
            shares = _share_of(judge(world), full, rounding)
            found = shares if self._measured.all() else np.where(self._measured, shares, self._exact)
            return self._with_means(found, full, rounding) if self._means.any() else found

        none = texts([None] * len(self._scores))

        def labels(world: Lookup) -> Array:
            return none if label is None else np.where(self._measured, label(world), none)

        return Criterion(share, labels, drawn=True)

    def _values(self, world: Lookup) -> Floats:
        values = values_of(self._criterion, self._evaluated, world)
        rule = self._criterion.rule.small_numbers
        return self._shrunk(values, float(rule.strength)) if isinstance(rule, Shrink) else values

    def _shrunk(self, values: Floats, strength: float) -> Floats:
        """Return rates drawn towards that of their group, as `small_numbers.shrunk` does."""
        found = values.copy()
        cases = np.array([float(score.count) for score in self._scores])
        for places in self._pools():
            inside = places[self._takes_part[places] & ~np.isnan(values[0, places])]
            if not len(inside) or not cases[inside].sum():
                continue
            hits = values[:, inside] * cases[inside]
            rate = hits.sum(axis=1, keepdims=True) / cases[inside].sum()
            own = values[:, places] * cases[places]
            found[:, places] = (own + strength * rate) / (cases[places] + strength)
        return found

    def _pools(self) -> list[NDArray[np.intp]]:
        """Return whose cases make up a group's rate: the same measure in the same group."""
        uses = [self._criterion.use_for(department) for department in self._evaluated.departments]
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, (group, use, score) in enumerate(zip(self._groups, uses, self._scores, strict=True)):
            if use is not None and score.hits is not None and score.value is not None:
                found[group, use.key].append(place)
        return [np.array(places, dtype=np.intp) for places in found.values()]

    def _with_means(self, shares: Floats, full: float, rounding: Rounding) -> Floats:
        """Put in the mean share of the group for whom it stands in."""
        found = shares.copy()
        for group in sorted(set(self._groups)):
            inside = np.array([one == group for one in self._groups], dtype=bool)
            known = inside & self._takes_part & ~np.isnan(self._exact[0]) & ~self._means & self._measured
            if known.any():
                mean = shares[:, known].mean(axis=1, keepdims=True)
                found[:, inside & self._means] = _share_of(mean * full, full, rounding)
        return found

    def _together(self) -> Callable[[Lookup], Floats]:
        """Return the judgement of a curve that compares departments: who takes part, then who does not."""
        bound, full = self._criterion.curve, self._criterion.rule.points
        many = bound.curve.many
        inside, everybody = self._measured & self._takes_part, self._measured
        names = np.array(self._groups)

        def judge(world: Lookup) -> Floats:
            values = self._values(world)
            found = np.full(values.shape, np.nan)
            assert many is not None
            for whom, written in ((everybody, everybody & ~inside), (inside, inside)):
                if written.any():
                    judged = many(values[:, whom], names[whom], float(full), bound.parameters)
                    found[:, written] = judged[:, written[whom]]
            return found

        return judge

    def _alone(self) -> tuple[Callable[[Lookup], Floats], Callable[[Lookup], Array]]:
        """Return points and labels of a curve that looks at one department: a table for each group and set of texts."""
        self._refuse_comparing()
        conditions = self._criterion.curve.conditions
        known = self._facts.with_facts({"value": self._seen})
        translator = Translator({**self._drawn, "value": "number"}, known)
        held = {text: translator.condition(condition) for text, condition in sorted(conditions.items())}
        tables: dict[tuple[str, frozenset[str]], Table] = {}

        def table(group: str, texts_held: frozenset[str]) -> Table:
            if (group, texts_held) not in tables:
                tables[group, texts_held] = self._tabulated(group, texts_held)
            return tables[group, texts_held]

        groups = {
            group: np.array([place for place, one in enumerate(self._groups) if one == group], dtype=int)
            for group in sorted(set(self._groups))
        }
        plain = [table(group, frozenset()) for group in groups]
        alike = all(_equal(one, plain[0]) for one in plain)

        def judged(world: Lookup, what: str) -> Array:
            values = self._values(world)
            if alike and not held:
                same: Array = getattr(plain[0], what)(values)
                return same
            said = [part(_with_value(world, values)) == 1 for part in held.values()]
            values, *said = np.broadcast_arrays(values, *said)
            answers = dict(zip(held, said, strict=True))
            found = np.empty(values.shape, dtype=float if what == "points_at" else object)
            for group, places in groups.items():
                mine = values[:, places]
                result = getattr(table(group, frozenset()), what)(mine) if not held else None
                for texts_held, where in _combinations(answers, places) if held else ():
                    one = getattr(table(group, texts_held), what)(mine)
                    result = one if result is None else np.where(where, one, result)
                found[:, places] = result
            return found

        return lambda world: judged(world, "points_at"), lambda world: judged(world, "labels_at")

    def _refuse_comparing(self) -> None:
        """Refuse a curve that says something else of a department when others are there. Raises: NotVectorised."""
        subjects = [
            Subject(value, group, _nothing_holds)
            for value, group, measured in zip(self._seen, self._groups, self._measured, strict=True)
            if value is not None and measured
        ]
        together = list(judgements(self._criterion, subjects))
        distinct = {subject[:2]: number for number, subject in enumerate(subjects)}
        some = [subjects[number] for number in sorted(distinct.values())[:4]]
        if any(
            judgements(self._criterion, [subject])[0] != together[distinct[subject[:2]]] for subject in some
        ):
            raise NotVectorised("compares")

    def _tabulated(self, group: str, held: frozenset[str]) -> Table:
        def look(values: Sequence[Fraction]) -> Sequence[Any]:
            subjects = [Subject(value, group, held.__contains__) for value in values]
            return judgements(self._criterion, subjects)

        met = [value for value in self._seen if value is not None]
        numbers = set(numbers_in(self._criterion.curve.parameters))
        if all(score.hits is not None or score.value is None for score in self._scores):
            inside = {number for number in numbers if 0 < number < 1}
            return tabulated(look, {Fraction(0), Fraction(1), *inside}, met)
        marks = {Fraction(0), Fraction(1), *numbers, *met}
        far = _BEYOND * (max(marks) - min(marks))
        return tabulated(look, {*numbers, Fraction(0), Fraction(1), min(marks) - far, max(marks) + far}, met)


def _equal(one: Table, other: Table) -> bool:
    return all(np.array_equal(first, second) for first, second in zip(one, other, strict=True))


def _nothing_holds(text: str) -> bool:
    return False


def _with_value(world: Lookup, values: Floats) -> Lookup:
    return lambda name: values if name == "value" else world(name)


def _combinations(
    answers: Mapping[str, Array], places: NDArray[np.intp]
) -> list[tuple[frozenset[str], Array]]:
    """Return each set of texts that hold somewhere, and where it is that set."""
    codes = sum(
        (answer[:, places].astype(np.int64) << number for number, answer in enumerate(answers.values())),
        start=np.int64(0),
    )
    names = list(answers)
    return [
        (frozenset(name for number, name in enumerate(names) if code >> number & 1), codes == code)
        for code in np.unique(codes).tolist()
    ]


def _share_of(points: Floats, full: float, rounding: Rounding) -> Floats:
    if not full:
        return np.zeros_like(points)
    if rounding.points is not None:
        points = rounded_floats(points, rounding.points, rounding.mode)
    return points / full
