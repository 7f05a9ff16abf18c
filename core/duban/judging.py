"""One criterion over all departments: the curve's points, and what a missing value means."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from numbers import Rational

from .errors import DubanError, MeasureError, PluginError, RulesetError
from .exact import rounded
from .facts import FactTable, holding
from .limiting import reason
from .methods import Judged, Subject
from .plan import BoundAggregator, MeasureUse, PlannedCriterion, PlannedDimension
from .results import CriterionScore, Department, Figure
from .ruleset import Rounding
from .small_numbers import judged_values
from .terms import Better, Missing, Status
from .texts import codes

_NO_USE = Figure(Status.NOT_APPLICABLE)
_NOTHING = Fraction(0)
_FULL_SHARE = Fraction(1)


class Judging:
    """One criterion over all departments; `takes_part` says who is compared with the others."""

    def __init__(
        self, rounding: Rounding, criterion: PlannedCriterion, facts: FactTable, takes_part: Sequence[bool]
    ) -> None:
        self._criterion = criterion
        self._full = criterion.rule.points
        self._rounding = rounding
        self._facts, self._takes_part = facts, takes_part
        self._groups = facts.groups or ()
        self._uses = uses_of(criterion, facts.departments)
        self._figures = _figures_of(criterion, self._uses, facts)
        self._statuses = [self._status(figure) for figure in self._figures]
        self._values = self._judged_values()

    def scores(self) -> tuple[list[CriterionScore], list[Fraction | None]]:
        """Return the scores, and the share of the full points of each."""
        judged = self._judgements()
        # Curves judge a value once, so equal judgements are mostly one object.
        distinct = {id(one): one for one in judged.values()}
        known = {key: self._share(one.points) for key, one in distinct.items()}
        shares = [
            known[id(judged[index])] if index in judged else None for index in range(len(self._figures))
        ]
        means = self._group_means(shares)
        scores = []
        for index, (figure, status) in enumerate(zip(self._figures, self._statuses, strict=True)):
            if index in judged:
                measured = (status, figure.count, figure.hits, figure.value)
                scores.append(CriterionScore(*measured, *judged[index], judged=self._values[index]))
                continue
            treatment, shares[index] = self._without_value(status, means.get(self._groups[index]))
            points = None if (share := shares[index]) is None else self._full * share
            scores.append(
                CriterionScore(status, figure.count, figure.hits, figure.value, points, None, treatment)
            )
        return scores, shares

    def _judged_values(self) -> Sequence[Fraction | None]:
        """Return what the curve sees: the measured values, or what small numbers make of them."""
        rule = self._criterion.rule.small_numbers
        if rule is None:
            return [figure.value for figure in self._figures]
        groups = self._groups or [""] * len(self._figures)
        pools = [(group, use and use.key) for group, use in zip(groups, self._uses, strict=True)]
        better = [use.measure.better if use is not None else Better.HIGHER for use in self._uses]
        return judged_values(rule, self._figures, pools, self._takes_part, better)

    def _status(self, figure: Figure) -> Status:
        if figure.status is Status.FAILED:
            raise MeasureError("measure_failed", self._criterion.id, criterion=self._criterion.rule.title)
        if figure.status is Status.MEASURED and figure.count < self._criterion.rule.min_cases:
            return Status.TOO_FEW_CASES
        return figure.status

    def _share(self, points: Fraction) -> Fraction:
        return points / self._full if self._full else _NOTHING

    def _final(self, points: Fraction) -> Fraction:
        """Return points rounded as the ruleset says; none where the criterion is shown, not scored."""
        if not self._full or self._rounding.points is None:
            return points if self._full else _NOTHING
        return rounded(points, self._rounding.points, self._rounding.mode)

    def _judgements(self) -> dict[int, Judged]:
        """Return what the curve says of each measured department, by its index.

        Who is exempt is judged as if it took part; the others are judged without it.
        """
        subjects = self._subjects()
        inside = {index: subject for index, subject in subjects.items() if self._takes_part[index]}
        known = self._judge(inside)
        if len(inside) < len(subjects):
            known = self._judge(subjects) | known
        return known

    def _subjects(self) -> dict[int, Subject]:
        """Return the departments with a measured value, by index."""
        conditions = self._criterion.curve.conditions
        facts = self._facts.with_facts({"value": self._values})
        held = {text: holding(condition, facts) for text, condition in conditions.items()}
        # A curve without conditions asks nothing, so that one test serves all its subjects.
        common = partial(_holds, held, 0)
        return {
            index: Subject(value, self._groups[index], partial(_holds, held, index) if held else common)
            for index, (value, status) in enumerate(zip(self._values, self._statuses, strict=True))
            if status is Status.MEASURED and value is not None
        }

    def _judge(self, subjects: Mapping[int, Subject]) -> dict[int, Judged]:
        """Return the curve's judgement by index, with the points rounded."""
        judged = judgements(self._criterion, list(subjects.values()))
        distinct = {id(one): one for one in judged}
        known = {key: Judged(self._final(Fraction(one.points)), one.label) for key, one in distinct.items()}
        return {index: known[id(one)] for index, one in zip(subjects, judged, strict=True)}

    def _group_means(self, shares: Sequence[Fraction | None]) -> Mapping[str, Fraction]:
        """Return the mean share of the measured departments of each group that take part, where it is asked for."""
        missing = self._criterion.rule.missing
        if Missing.GROUP_MEAN not in ([missing] if isinstance(missing, Missing) else missing.values()):
            return {}
        known: dict[str, list[Fraction]] = defaultdict(list)
        for share, group, takes_part in zip(shares, self._groups, self._takes_part, strict=True):
            if share is not None and takes_part:
                known[group].append(share)
        means = {group: sum(items, _NOTHING) / len(items) for group, items in known.items()}
        return {group: self._share(self._final(mean * self._full)) for group, mean in means.items()}

    def _without_value(self, status: Status, mean: Fraction | None) -> tuple[Missing, Fraction | None]:
        """Return what the missing value means, and the share that it gives; None makes the criterion unavailable."""
        treatment = self._criterion.rule.when_missing(status)
        if treatment is Missing.GROUP_MEAN:
            return (treatment, mean) if mean is not None else (Missing.REDISTRIBUTE, None)
        return treatment, {Missing.ZERO: _NOTHING, Missing.FULL: _FULL_SHARE}.get(treatment)


def _holds(held: Mapping[str, Sequence[bool]], index: int, text: str) -> bool:
    return held[text][index]


def judgements(criterion: PlannedCriterion, subjects: Sequence[Subject]) -> Sequence[Judged]:
    """Return what the criterion's curve says of the subjects.

    Raises: RulesetError, where the parameters do not fit the points; PluginError, where the curve is wrong.
    """
    bound, full = criterion.curve, criterion.rule.points
    facts = {"plugin": bound.plugin, "curve": bound.curve.id, "criterion": criterion.rule.title}
    try:
        judged = bound.judge(subjects, full)
    except DubanError:
        raise
    except Exception as error:
        if isinstance(error, ValueError) and str(error) in codes("errors"):
            raise RulesetError(str(error), name=f"criteria.{criterion.id}.curve") from error
        raise PluginError("curve_raised", reason=reason(error), **facts) from error
    if not _judges_well(judged, len(subjects), full):
        raise PluginError("curve_judges_wrongly", **facts)
    return judged


def _judges_well(judged: object, number: int, full: Fraction) -> bool:
    """Return whether there is one judgement a department, each in exact points and no more than the full points.

    The points of a criterion that is shown, not scored, are ignored.
    """
    if not isinstance(judged, Sequence) or len(judged) != number:
        return False
    distinct = {id(one): one for one in judged}.values()
    return all(
        isinstance(one, Judged)
        and isinstance(one.points, Rational)
        and (one.points <= full or not full)
        and (one.label is None or isinstance(one.label, str))
        for one in distinct
    )


def uses_of(criterion: PlannedCriterion, departments: Sequence[Department]) -> Sequence[MeasureUse | None]:
    """Return each department's use: its own measure's, or the common one."""
    if not criterion.by_department:
        return [criterion.use] * len(departments)
    return [criterion.use_for(department) for department in departments]


def _figures_of(
    criterion: PlannedCriterion, uses: Sequence[MeasureUse | None], facts: FactTable
) -> Sequence[Figure]:
    """Return each department's figure."""
    if not criterion.by_department and criterion.use is not None:
        return facts.figures[criterion.use.key]
    return [_NO_USE if use is None else facts.figures[use.key][index] for index, use in enumerate(uses)]


def full_points(criteria: Sequence[PlannedCriterion], dimension: PlannedDimension) -> Fraction:
    """Return a dimension's declared points, by default the sum of its criteria's."""
    if dimension.rule.points is not None:
        return dimension.rule.points
    return sum((item.rule.points for item in criteria if item.rule.dimension == dimension.id), _NOTHING)


def combined(
    aggregator: BoundAggregator, shares: Sequence[Fraction], weights: Sequence[Fraction]
) -> Fraction:
    """Return the share of the whole.

    Raises: PluginError, where the aggregator raises, or gives something else than an exact number.
    """
    made, plugin = aggregator.aggregator, aggregator.plugin
    try:
        share = made.combine(shares, weights, aggregator.parameters)
    except DubanError:
        raise
    except Exception as error:
        raise PluginError(
            "aggregator_raised", plugin=plugin, aggregator=made.id, reason=reason(error)
        ) from error
    if not isinstance(share, Rational):
        raise PluginError("aggregator_not_exact", plugin=plugin, aggregator=made.id, value=repr(share))
    return Fraction(share)
