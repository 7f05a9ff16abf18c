"""What became of the examples, in words: for a failure what was expected, what came, and how it came about."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from duban.exact import plain
from duban.methods import Parameters
from duban.plan import PlannedCriterion
from duban.terms import Status
from duban.texts import Language, phrase

from .comparing import Difference, Judged, indices
from .opening import Suite
from .running import Outcome

# What only one criterion decides; everything else rests on all of them.
_OF_ONE_CRITERION = ("points", "labels", "values")


class Teller:
    """Tells outcomes in one language."""

    def __init__(self, suite: Suite, language: Language) -> None:
        self._suite, self._language = suite, language

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase of the examples."""
        return phrase(f"examples.{key}", self._language, **facts)

    def reasons(self, outcome: Outcome) -> Iterator[str]:
        """Return the lines below an example that failed."""
        if outcome.error is not None:
            yield from outcome.error.line(self._language).splitlines()
        if outcome.findings:
            yield self.say("stopped")
            for finding in outcome.findings:
                message, action = finding.sentences(self._language)
                yield f"  [{finding.code}] {finding.table} {finding.row or ''} {finding.column}: {message} {action}"
        for difference in outcome.differences:
            yield self.difference(outcome, difference)
        if outcome.judged is not None:
            for department in dict.fromkeys(item.department for item in outcome.differences):
                mine = [item for item in outcome.differences if item.department == department]
                yield from (f"  {line}" for line in self._origins(outcome.judged, department, mine))

    def difference(self, outcome: Outcome, difference: Difference) -> str:
        """Return one difference with its place."""
        key = f"{difference.key}.{difference.name}" if difference.name else difference.key
        return self.say(
            "difference",
            place=self._suite.at((outcome.id, *difference.path)),
            department=difference.department,
            title=self.say(f"key_{difference.key}"),
            name=key,
            expected=self.value(difference.expected),
            found=self.value(difference.found),
        )

    def value(self, value: object) -> str:
        """Return a value as it could be expected: exact."""
        if value is None:
            return self.say("none")
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, tuple):
            return f"[{', '.join(map(str, value))}]"
        return written(value) if isinstance(value, Fraction | int) else str(value)

    def _origins(self, judged: Judged, department: str, mine: list[Difference]) -> Iterator[str]:
        """Return how the numbers of a department came about, as far as they bear on what differs."""
        index = indices(judged.departments)[department]
        named = {item.name for item in mine if item.key in _OF_ONE_CRITERION}
        whole = any(item.key not in _OF_ONE_CRITERION for item in mine)
        wanted = [item for item in judged.plan.criteria if item.id in named or (whole and item.rule.points)]
        scores = judged.judgement.scores.criteria
        for criterion in wanted:
            if criterion.id in named or scores[criterion.id][index].points is not None:
                yield self._criterion(judged, criterion, index)
        yield from self._without_value(judged, index) if whole else ()
        if not whole:
            return
        totals = judged.judgement.totals
        for dimension in judged.plan.dimensions:
            points = self.value(totals.dimensions[dimension.id][index])
            yield self.say(
                "dimension", title=dimension.rule.name(self._language), id=dimension.id, points=points
            )
        yield from (row.reason for row in totals.rows[index])
        adjusted = self.value(totals.adjustments[index])
        base, total = (self.value(numbers[index]) for numbers in (totals.base, totals.total))
        yield self.say("total", base=base, adjustments=adjusted, total=total)
        yield judged.judgement.main_reasons[index]

    def _without_value(self, judged: Judged, index: int) -> Iterator[str]:
        """Return the scored criteria that are not available to a department, in one line."""
        scores = judged.judgement.scores.criteria
        titles = [
            item.rule.name(self._language)
            for item in judged.plan.criteria
            if item.rule.points and scores[item.id][index].points is None
        ]
        if titles:
            yield self.say("without_value", titles=self.say("comma").join(titles))

    def _criterion(self, judged: Judged, criterion: PlannedCriterion, index: int) -> str:
        score = judged.judgement.scores.criteria[criterion.id][index]
        said = {
            "title": criterion.rule.name(self._language),
            "id": criterion.id,
            "value": self.value(score.value),
            "count": score.count,
            "curve": curve_text(criterion),
            "points": self.value(score.points),
            "full": plain(criterion.rule.points),
            "label": f" {score.label}" if score.label else "",
        }
        if score.status is Status.MEASURED:
            return self.say("criterion", **said)
        status = phrase(f"scoring.status_{score.status}", self._language)
        return self.say("criterion_without", status=status, treatment=score.treatment, **said)


def written(number: Fraction | int) -> str:
    """Return a number as it could stand in examples: a decimal that ends, else a ratio."""
    text = plain(number)
    return text if Fraction(text) == number else f'"{Fraction(number)}"'


def curve_text(criterion: PlannedCriterion) -> str:
    """Return the curve with its parameters, much as it stands in the ruleset."""
    bound = criterion.curve
    return f"{bound.curve.id} {{ {_said(bound.parameters)} }}"


def _said(value: Any) -> str:
    if isinstance(value, Parameters):
        return ", ".join(f"{name} = {_said(item)}" for name, item in value if item is not None)
    if isinstance(value, tuple):
        return f"[{'; '.join(_said(item) for item in value)}]"
    return written(value) if isinstance(value, Fraction) else str(value)
