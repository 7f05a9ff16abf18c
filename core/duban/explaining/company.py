"""Who is judged beside whom: the departments as a curve saw them."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.facts import FactTable, holding
from duban.methods import Subject
from duban.plan import PlannedCriterion
from duban.results import CriterionScore, Value
from duban.stages.scoring import participants
from duban.terms import Status


class Seen(NamedTuple):
    """One department as the curve saw it, and all that were judged together."""

    subject: Subject
    company: Sequence[Subject]


class Company:
    """All departments of a run as its curves saw them."""

    def __init__(self, evaluated: Evaluated) -> None:
        self._evaluated = evaluated
        groups = evaluated.judgement.groups
        self._facts = FactTable(evaluated.departments, evaluated.figures, groups)
        self._takes_part = participants(evaluated.plan, evaluated.departments, self._facts)

    def seen(self, criterion: PlannedCriterion, index: int) -> Seen | None:
        """Return a department among those that it was judged with, None where it has no value.

        Who is exempt was judged as if it took part; the others were judged without it.
        """
        scores = self._evaluated.judgement.scores.criteria[criterion.id]
        if seen_value(scores[index]) is None:
            return None
        texts = criterion.curve.conditions
        facts = self._facts.with_facts({"value": [seen_value(score) for score in scores]})
        held = {text: holding(condition, facts) for text, condition in texts.items()}
        subjects = {
            place: Subject(value, group, lambda text, place=place: held[text][place], department.name)  # type: ignore[misc]
            for place, (score, group, department) in enumerate(
                zip(scores, self._evaluated.judgement.groups, self._evaluated.departments, strict=True)
            )
            if (value := seen_value(score)) is not None
        }
        everybody = not self._takes_part[index]
        together = [subject for place, subject in subjects.items() if everybody or self._takes_part[place]]
        return Seen(subjects[index], together)

    def facts(self, criterion: PlannedCriterion, index: int) -> dict[str, Value]:
        """Return what the conditions of a criterion's curve asked of a department."""
        score = self._evaluated.judgement.scores.criteria[criterion.id][index]
        names = {name for condition in criterion.curve.conditions.values() for name in condition.names}
        return {
            name: seen_value(score) if name == "value" else self._facts.column(name)[index]
            for name in sorted(names)
        }


def seen_value(score: CriterionScore) -> Fraction | None:
    """Return what the curve saw: the measured value, or what the rule on small numbers made of it."""
    if score.status is not Status.MEASURED:
        return None
    return score.value if score.judged is None else score.judged
