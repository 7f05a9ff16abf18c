"""What comes after the points, in sentences: adjustments, gates, group, rank, tie-breaks and lists."""

from collections.abc import Iterator
from fractions import Fraction

from duban.exact import plain
from duban.ruleset import Cap

from .explanation import ExplainedAdjustment, ExplainedCondition, ExplainedTie, Explanation, Facts
from .saying import Sayer

# So many names are enough to see who shares a total.
SHOWN = 12


class Standing:
    """Says where a department stands, and by which conditions."""

    def __init__(self, sayer: Sayer) -> None:
        self._sayer, self._say = sayer, sayer.say

    def adjustments(self, explained: Explanation, only: str | None = None) -> Iterator[str]:
        """Yield each adjustment: what it did, or that it did nothing, with the numbers."""
        for adjustment in explained.adjustments:
            if only in (None, adjustment.id):
                yield self._adjustment(adjustment)

    def _adjustment(self, adjustment: ExplainedAdjustment) -> str:
        rule = self._sayer.rules.adjustments[adjustment.id]
        if adjustment.row is not None:
            told = self._say("adjustment_done", reason=adjustment.row.reason)
        else:
            title = rule.name(self._sayer.language)
            told = self._say("adjustment_nothing", title=title, facts=self._seen(adjustment))
        if rule.dimension is None:
            return told
        name = self._sayer.title("dimensions", rule.dimension)
        return self._say("in_dimension", told=told, dimension=name)

    def _seen(self, adjustment: ExplainedAdjustment) -> str:
        figure = adjustment.figure
        if figure is None or figure.value is None:
            return self._facts(adjustment.facts)
        measure = self._sayer.teller.plan.uses[adjustment.use or ""].measure
        value = self._sayer.value(measure, figure.value)
        return self._say("fact", title=measure.name(self._sayer.language), value=value)

    def gates(self, explained: Explanation, only: str | None = None) -> Iterator[str]:
        """Yield each gate: whether it holds, and with which numbers."""
        for gate in explained.gates:
            if only in (None, gate.id):
                rule = self._sayer.rules.gates[gate.id]
                cap = plain(rule.effect.cap) if isinstance(rule.effect, Cap) else ""
                effect = self._say(f"effect_{rule.kind.value}", cap=cap)
                yield self._condition(gate, rule.name(self._sayer.language), effect)

    def _condition(self, condition: ExplainedCondition, title: str, effect: str) -> str:
        key = "condition_holds" if condition.holds else "condition_not"
        return self._say(key, title=title, effect=effect, facts=self._facts(condition.facts))

    def _facts(self, facts: Facts) -> str:
        return self._sayer.facts(facts) if facts else self._say("nothing_asked")

    def standing(self, explained: Explanation) -> Iterator[str]:
        """Yield group and grade, the tie-breaks that were asked, and each list with its reason."""
        yield from self._group(explained)
        yield from self._grade(explained)
        yield from self._ties(explained)
        if not explained.lists:
            yield explained.reason
        for item in explained.lists:
            yield self._say("selected" if item.choice.chosen else "not_selected", reason=item.reason)
            if item.facts and item.choice.cause == "not_among":
                yield self._say("asked", facts=self._facts(item.facts))

    def _group(self, explained: Explanation) -> Iterator[str]:
        if not explained.group:
            return
        own = next(group for group in explained.groups if group.holds)
        title = self._sayer.title("groups", own.id)
        key = "group_is" if own.facts else "group_rest"
        yield self._say(key, title=title, facts=self._facts(own.facts))

    def _grade(self, explained: Explanation) -> Iterator[str]:
        own = next((grade for grade in explained.grades if grade.holds), None)
        if own is not None:
            facts = self._sayer.facts(own.facts)
            key = "grade_facts" if facts else "grade_is"
            yield self._say(key, title=self._sayer.title("grades", own.id), facts=facts)

    def _ties(self, explained: Explanation) -> Iterator[str]:
        if explained.ties:
            yield self._say("tied_with", names=self._names(list(explained.ties[0].others)))
        for tie in explained.ties:
            section = "criteria" if tie.name in self._sayer.rules.criteria else "measures"
            others = [
                self._say("fact", title=self._sayer.names[name], value=self._of_tie(tie, value))
                for name, value in tie.others.items()
            ][:SHOWN]
            better = self._say(f"better_{tie.better.value}")
            facts = {"title": self._sayer.title(section, tie.name), "better": better}
            value = self._of_tie(tie, tie.value)
            yield self._say("tie_value", value=value, others=self._sayer.listed(others), **facts)
        if explained.ties and explained.place.sharing > 1:
            yield self._say("tie_left")

    def _names(self, departments: list[str]) -> str:
        shown = self._sayer.listed(self._sayer.names[name] for name in departments[:SHOWN])
        return f"{shown} …" if len(departments) > SHOWN else shown

    def _of_tie(self, tie: ExplainedTie, value: Fraction | None) -> str:
        if value is None:
            return self._say("unknown")
        planned = next(item for item in self._sayer.teller.plan.tie_breaks if item.name == tie.name)
        use = planned.use if planned.criterion is None else planned.criterion.use
        return self._sayer.value(use.measure if use is not None else None, value)
