"""What of the rules no example reaches: criteria, pieces of curves, gates, adjustments, grades, groups, selections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from duban.documents import KeyPath
from duban.facts import FactTable, holding
from duban.plan import Plan, PlannedCriterion
from duban.ruleset import Selection
from duban.terms import Status

from .comparing import Judged
from .pieces import Piece, Pieces


@dataclass(frozen=True)
class Gap:
    """One thing that no example reaches: where it stands, what it is (a phrase's key), and facts for the sentence."""

    path: KeyPath
    code: str
    facts: dict[str, str] = field(default_factory=dict)
    piece: Piece | None = None


def gaps(plan: Plan, judged: Sequence[Judged]) -> list[Gap]:
    """Return what none of the judged examples reaches, in the order of the rules."""
    return [
        *_criteria(plan, judged),
        *_dimensions(plan, judged),
        *_adjustments(plan, judged),
        *_gates(plan, judged),
        *_named(plan, judged),
        *_selections(plan, judged),
    ]


def _criteria(plan: Plan, judged: Sequence[Judged]) -> Iterator[Gap]:
    for criterion in plan.criteria:
        path: KeyPath = ("criteria", criterion.id)
        scores = [score for item in judged for score in item.judgement.scores.criteria[criterion.id]]
        measured = [score for score in scores if score.status is Status.MEASURED]
        decides = bool(criterion.rule.points or criterion.curve.labels)
        if not decides:
            continue
        if not measured:
            yield Gap(path, "criterion")
            continue
        curve = Pieces(criterion)
        reached = {piece for score in measured for piece in curve.of(score)}
        yield from (
            Gap((*path, "curve"), f"piece_{piece.kind}", {"label": piece.label}, piece)
            for piece in curve.all()
            if piece not in reached
        )
        yield from _texts(criterion, judged)
        if criterion.rule.min_cases and not any(score.status is Status.TOO_FEW_CASES for score in scores):
            yield Gap((*path, "min_cases"), "too_few")
        if criterion.rule.small_numbers and all(score.judged == score.value for score in measured):
            yield Gap((*path, "small_numbers"), "small_numbers")


def _texts(criterion: PlannedCriterion, judged: Sequence[Judged]) -> Iterator[Gap]:
    """Return the department texts of a curve that hold for nobody, or for everybody."""
    for text, condition in criterion.curve.conditions.items():
        seen: set[bool] = set()
        for item in judged:
            values = [score.judged for score in item.judgement.scores.criteria[criterion.id]]
            facts = FactTable(item.departments, item.figures, item.judgement.groups, {"value": values})
            seen |= set(holding(condition, facts))
        if True not in seen:
            yield Gap(("criteria", criterion.id, "curve"), "text_never", {"text": text})
        if False not in seen:
            yield Gap(("criteria", criterion.id, "curve"), "text_always", {"text": text})


def _dimensions(plan: Plan, judged: Sequence[Judged]) -> Iterator[Gap]:
    effects = _rows(judged)
    for dimension in plan.dimensions:
        for key in ("floor", "ceiling"):
            if getattr(dimension.rule, key) is not None and (dimension.id, key) not in effects:
                yield Gap(("dimensions", dimension.id, key), key)


def _rows(judged: Sequence[Judged]) -> set[tuple[str, str]]:
    """Return what happened to somebody: the id of an adjustment or a dimension, with its effect."""
    rows = [row for item in judged for rows in item.judgement.totals.rows for row in rows]
    return {(row.adjustment, row.effect if row.kind == "dimension" else "") for row in rows if row.points}


def _adjustments(plan: Plan, judged: Sequence[Judged]) -> Iterator[Gap]:
    applied = _rows(judged)
    for adjustment in plan.adjustments:
        path: KeyPath = ("adjustments", adjustment.id)
        if (adjustment.id, "") not in applied:
            yield Gap(path, "adjustment")
            continue
        limit, each = adjustment.rule.limit, adjustment.rule.each
        if adjustment.use is not None and limit is not None and each is not None:
            wanted = {
                abs(each * figure.value)
                for item in judged
                for figure in item.figures[adjustment.use.key]
                if figure.value
            }
            if not any(value >= abs(limit) for value in wanted):
                yield Gap((*path, "limit"), "limit")
        elif adjustment.condition is not None and all(
            any(row.adjustment == adjustment.id for row in rows)
            for item in judged
            for rows in item.judgement.totals.rows
        ):
            yield Gap((*path, "when"), "text_always", {"text": adjustment.rule.when or ""})


def _gates(plan: Plan, judged: Sequence[Judged]) -> Iterator[Gap]:
    held = [gates for item in judged for gates in item.judgement.totals.held]
    for gate in plan.gates:
        if not any(gate.id in gates for gates in held):
            yield Gap(("gates", gate.id), "gate_never")
        if held and all(gate.id in gates for gates in held):
            yield Gap(("gates", gate.id), "gate_always")


def _named(plan: Plan, judged: Sequence[Judged]) -> Iterator[Gap]:
    grades = {grade for item in judged for grade in item.judgement.totals.grades}
    groups = {group for item in judged for group in item.judgement.groups}
    yield from (Gap(("grades", grade.id), "grade") for grade in plan.grades if grade.id not in grades)
    yield from (Gap(("groups", group.id), "group") for group in plan.groups if group.id not in groups)


def _selections(plan: Plan, judged: Sequence[Judged]) -> Iterator[Gap]:
    for selection in plan.selections:
        choices = [choice for item in judged for choice in item.judgement.lists[selection.id]]
        causes = {choice.cause for choice in choices}
        path: KeyPath = ("selections", selection.id)
        if not any(choice.chosen for choice in choices):
            yield Gap(path, "selection_nobody")
        yield from (
            Gap((*path, key), code)
            for key, code, reaching in _limits(selection.rule)
            if not causes & reaching
        )


def _limits(rule: Selection) -> Iterator[tuple[str, str, set[str]]]:
    """Return what keeps departments off a list: the key, the gap's code, and the causes that show it."""
    if rule.at_least is not None:
        yield "at_least", "selection_below", {"below"}
    if rule.at_most is not None:
        yield "at_most", "selection_above", {"above"}
    if rule.among is not None:
        yield "among", "selection_not_among", {"not_among"}
    if rule.quota is not None:
        yield "quota", "selection_quota", {"quota", "tie_dropped"}
        yield "cut_tie", "selection_tie", {"tie_extended", "tie_dropped"}
