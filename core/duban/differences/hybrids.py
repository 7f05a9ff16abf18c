"""Rules of which some parts are new and the others old: always whole, whatever the choice."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from duban.plan import Plan, PlannedCriterion, PlannedDimension, PlannedGroup, TieBreak

from .parts import Chosen, Part, needed_dimensions, scored_dimensions


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)


def hybrid(old: Plan, new: Plan, parts: Collection[Part], chosen: Chosen) -> Plan:
    """Return the old rules with the chosen parts of the new ones; all of them give the new rules.

    Every rule stays bound to what its own ruleset says, so that nothing has to be looked up again.
    """

    def side(section: str) -> Plan:
        return new if (section, "") in chosen else old

    def picked(section: str, olds: Sequence[_Item], news: Sequence[_Item]) -> list[_Item]:
        return list(_picked(section, olds, news, parts, chosen))

    criteria = picked("criteria", old.criteria, new.criteria)
    made = replace(
        new,
        ruleset=new.ruleset.model_copy(
            update={
                "rounding": side("rounding").ruleset.rounding,
                "ranking": side("ranking").ruleset.ranking,
            }
        ),
        criteria=criteria,
        aggregator=side("aggregate").aggregator,
        adjustments=picked("adjustments", old.adjustments, new.adjustments),
        gates=picked("gates", old.gates, new.gates),
        groups=_with_priorities(side("groups").groups),
        grades=side("grades").grades,
        selections=picked("selections", old.selections, new.selections),
        tie_breaks=_tie_breaks(side("ranking").tie_breaks, criteria),
        conversions=(),
    )
    return replace(made, dimensions=_dimensions(old, new, parts, chosen, made))


def _picked(
    section: str, olds: Sequence[_Item], news: Sequence[_Item], parts: Collection[Part], chosen: Chosen
) -> Iterator[_Item]:
    """Yield the rules of a section that stand: the newer of a chosen part, else the older, if there is one."""
    before, after = {item.id: item for item in olds}, {item.id: item for item in news}
    for name in sorted(before.keys() | after.keys()):
        source = after if (section, name) in chosen else before
        if name in source:
            yield source[name]


def _dimensions(
    old: Plan, new: Plan, parts: Collection[Part], chosen: Chosen, made: Plan
) -> list[PlannedDimension]:
    """Return the dimensions that stand; one that is no part and only in one ruleset stands where it is needed."""
    standing = list(_picked("dimensions", old.dimensions, new.dimensions, parts, chosen))
    both = {item.id for item in old.dimensions} & {item.id for item in new.dimensions}
    beside = {
        item.id: item
        for item in (*old.dimensions, *new.dimensions)
        if item.id not in both and ("dimensions", item.id) not in parts
    }
    kept = [item for item in standing if item.id not in beside]
    scored = (scored_dimensions(old) | scored_dimensions(new)) - scored_dimensions(made)
    return kept + [
        _without_points(beside[name]) if name in scored else beside[name]
        for name in sorted(beside.keys() & needed_dimensions(made))
    ]


def _without_points(dimension: PlannedDimension) -> PlannedDimension:
    """Return a dimension that stands for what is only shown: points that nothing in it can earn would move the rest."""
    return replace(dimension, rule=dimension.rule.model_copy(update={"points": None}))


def _with_priorities(groups: Sequence[PlannedGroup]) -> list[PlannedGroup]:
    """Return the groups in a strict order, the stated priorities first.

    In a hybrid two conditions may hold at once that never do in either ruleset; where one holds, nothing changes.
    """

    def stated(group: PlannedGroup) -> tuple[bool, int, str]:
        priority = group.rule.priority
        return priority is None, priority or 0, group.id

    ordered = sorted(groups, key=stated)
    return [
        replace(group, rule=group.rule.model_copy(update={"priority": number}))
        for number, group in enumerate(ordered)
    ]


def _tie_breaks(ties: Sequence[TieBreak], criteria: Sequence[PlannedCriterion]) -> list[TieBreak]:
    """Return the tie-breaks by the criteria that stand; one that does not stand still tells ties apart."""
    standing = {item.id: item for item in criteria}
    return [TieBreak(tie.name, criterion=standing[tie.name]) if tie.name in standing else tie for tie in ties]
