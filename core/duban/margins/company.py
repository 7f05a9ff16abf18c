"""Many trials of one department at once: as long as nobody else's points move, only its own need to be worked out.

Whether they move is not taken for granted: every curve is asked, with the department at each of its values among the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from duban.evaluating import Evaluated, Standings
from duban.facts import FactTable, score_facts
from duban.methods import Judged, Subject
from duban.plan import Plan, PlannedCriterion
from duban.results import Choice, CriterionScore, Department, Figure, Figures, Place, Scores
from duban.ruleset import Criterion
from duban.stages.adjusting import adjust
from duban.stages.ranking import rank
from duban.stages.scoring import assign_groups, participants, score
from duban.stages.selecting import select
from duban.terms import Missing, Status

T = TypeVar("T")
Judge = Callable[[Sequence[Subject], Fraction, Any], Sequence[Judged]]


class Outcome(NamedTuple):
    """Where a department stands: its place, its total, and what becomes of it on each list."""

    place: Place
    total: Fraction | None
    choices: Mapping[str, Choice]

    @classmethod
    def of(cls, stood: Standings, index: int) -> "Outcome":
        """Return where one department stands among all."""
        choices = {name: column[index] for name, column in stood.lists.items()}
        return cls(stood.places[index], stood.totals.total[index], choices)


@dataclass
class _Among:
    """A curve that judges each subject alone among the others, and notes where it moves their points."""

    judge: Judge
    texts: Sequence[str]
    others: Sequence[Subject] = ()
    alone: Sequence[Judged] = ()
    known: dict[tuple[object, ...], Judged] = field(default_factory=dict)
    moving: set[Fraction] = field(default_factory=set)

    def listen(self, subjects: Sequence[Subject], full: Fraction, parameters: Any) -> Sequence[Judged]:
        """Judge the others, and keep them."""
        self.others, self.alone = subjects, list(self.judge(subjects, full, parameters))
        return self.alone

    def judge_each(self, subjects: Sequence[Subject], full: Fraction, parameters: Any) -> Sequence[Judged]:
        """Judge each subject as one more among the others."""
        return [self._one(subject, full, parameters) for subject in subjects]

    def _one(self, subject: Subject, full: Fraction, parameters: Any) -> Judged:
        # All that a curve can see of a subject.
        key = (subject.value, subject.group, tuple(subject.holds(text) for text in self.texts))
        if key not in self.known:
            *others, self.known[key] = self.judge([*self.others, subject], full, parameters)
            if others != self.alone:
                self.moving.add(subject.value)
        return self.known[key]


class Company:
    """The other departments of a run, with curves that judge one more among them."""

    def __init__(self, evaluated: Evaluated, index: int, among: Mapping[str, _Among]) -> None:
        self._evaluated, self._index, self._among = evaluated, index, among
        # By all that ranking and selecting look at.
        self._known: dict[tuple[object, ...], Outcome] = {}
        plan, department = evaluated.plan, evaluated.departments[index]
        self._plan = _judged_by(plan, among)
        # The columns that ranking and selecting look into; the others may stay as they are.
        named = {name for item in plan.selections if item.condition for name in item.condition.names}
        self._scores = [
            item.id for item in plan.criteria if {f"points.{item.id}", f"label.{item.id}"} & named
        ]
        self._figures = [*_tie_keys(plan, department), *(named & evaluated.figures.keys())]

    @classmethod
    def of(cls, evaluated: Evaluated, index: int) -> "Company | None":
        """Return the company of a department; None where the points of others hang on its figures."""
        plan, departments, figures, judgement = evaluated
        elsewhere = [number for number in range(len(departments)) if number != index]
        if any(
            item.rule.small_numbers is not None
            or any(_is_mean(item.rule, judgement.scores.criteria[item.id][number]) for number in elsewhere)
            for item in plan.criteria
        ):
            return None
        taking_part = participants(plan, departments, FactTable(departments, figures))
        kept = [number for number, takes_part in enumerate(taking_part) if takes_part and number != index]
        others = [departments[number] for number in kept]
        theirs = {key: [column[number] for number in kept] for key, column in figures.items()}
        among = {
            item.id: _Among(item.curve.curve.judge, list(item.curve.conditions)) for item in plan.criteria
        }
        score(_judged_by(plan, among, listening=True), others, theirs, assign_groups(plan, others, theirs))
        company = cls(evaluated, index, among)
        as_it_is = {key: column[index] for key, column in figures.items()}
        company.outcomes([as_it_is])
        return None if any(one.moving for one in among.values()) else company

    def outcomes(self, rows: Sequence[Mapping[str, Figure]]) -> list[Outcome | None]:
        """Return where it stands when the department has these figures; None where others' points move."""
        plan, departments, figures, _ = self._evaluated
        copies = [departments[self._index]] * len(rows)
        own = {key: [row[key] for row in rows] for key in figures}
        groups = assign_groups(plan, copies, own)
        scores = score(self._plan, copies, own, groups)
        stood = Standings(groups, scores, adjust(self._plan, copies, own, groups, scores), (), {})
        taking_part = participants(plan, copies, FactTable(copies, own, groups))
        found: list[Outcome | None] = []
        for number, key in enumerate(zip(*_deciding(plan, copies, own, stood), strict=True)):
            if not taking_part[number] or self._moves(scores, number):
                found.append(None)
                continue
            if key not in self._known:
                self._known[key] = self._placed(number, rows[number], stood)
            found.append(self._known[key])
        return found

    def _moves(self, scores: Scores, number: int) -> bool:
        """Return whether another department's points were seen to move at a value that this row has, or its own hang on them."""
        return any(
            scores.criteria[item.id][number].value in self._among[item.id].moving
            or _is_mean(item.rule, scores.criteria[item.id][number])
            for item in self._plan.criteria
        )

    def _placed(self, number: int, row: Mapping[str, Figure], own: Standings) -> Outcome:
        """Return where one row of the department stands, ranked and selected among the others."""
        plan, departments, figures, before = self._evaluated

        def put(column: Sequence[T], value: T) -> list[T]:
            return [*column[: self._index], value, *column[self._index + 1 :]]

        totals = replace(
            before.totals,
            base=put(before.totals.base, own.totals.base[number]),
            total=put(before.totals.total, own.totals.total[number]),
            effects=put(before.totals.effects, own.totals.effects[number]),
            held=put(before.totals.held, own.totals.held[number]),
            grades=put(before.totals.grades, own.totals.grades[number]),
        )
        criteria = dict(before.scores.criteria)
        for name in self._scores:
            criteria[name] = put(criteria[name], own.scores.criteria[name][number])
        scores, groups = replace(before.scores, criteria=criteria), put(before.groups, own.groups[number])
        measured = dict(figures)
        for key in self._figures:
            measured[key] = put(measured[key], row[key])
        places = rank(plan, departments, measured, groups, totals)
        lists = select(plan, departments, measured, groups, scores, totals, places)
        return Outcome.of(Standings(groups, scores, totals, places, lists), self._index)


def _is_mean(rule: Criterion, score: CriterionScore) -> bool:
    """Return whether a department is given what the others of its group have on average."""
    return score.status is not Status.MEASURED and rule.when_missing(score.status) is Missing.GROUP_MEAN


def _judged_by(plan: Plan, among: Mapping[str, _Among], *, listening: bool = False) -> Plan:
    """Return the plan with its curves asked among the others, or only listened to."""

    def heard(item: PlannedCriterion) -> PlannedCriterion:
        one = among[item.id]
        judge = one.listen if listening else one.judge_each
        return replace(item, curve=replace(item.curve, curve=replace(item.curve.curve, judge=judge)))

    return replace(plan, criteria=[heard(item) for item in plan.criteria])


def _deciding(
    plan: Plan, copies: Sequence[Department], own: Figures, stood: Standings
) -> list[Sequence[object]]:
    """Return all that ranking and selecting look at, one column a fact: rows that agree in it stand at one place."""
    totals = stood.totals
    conditions = [item.condition for item in plan.selections if item.condition is not None]
    later = {"base": totals.base, "total": totals.total, "grade": totals.grades}
    facts = FactTable(copies, own, stood.groups, {**score_facts(stood.scores.criteria, conditions), **later})
    named = sorted({name for condition in conditions for name in condition.names})
    return [
        stood.groups,
        totals.total,
        totals.effects,
        totals.held,
        *(facts.column(name) for name in named),
        *([figure.value for figure in own[key]] for key in _tie_keys(plan, copies[0])),
    ]


def _tie_keys(plan: Plan, department: Department) -> list[str]:
    """Return the measure uses that tell a department's equal totals apart."""
    uses = (
        tie.use if tie.criterion is None else tie.criterion.use_for(department) for tie in plan.tie_breaks
    )
    return [use.key for use in uses if use is not None]
