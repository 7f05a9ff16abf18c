"""The parts that a move is split into: whatever differs and can be old or new by itself."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from duban.conditions import compile_formula
from duban.language.text import Clause
from duban.plan import Plan
from duban.ruleset import Ruleset

from .meaning import Change, RuleKey

# A section and an id; the id is "" where the whole section is one part.
Part = RuleKey
# The parts that are new; the others are old.
Chosen = frozenset[Part]
# All that counts, where it cannot be split: the rulesets read a column of the ledger differently.
DATA: Part = ("data", "")
# What changes how the ledger is read and dated.
VIEW = ("deadlines", "outcomes", "ratings", "scales")
_MEASURES = ("measures", "sheets")
_ONE_EACH = ("criteria", "adjustments", "gates", "dimensions", "selections")
_WHOLE = ("groups", "ranking", "grades", "rounding", "aggregate")
# Texts can be read without these ids; without another the name of a deadline or a scale would mean nothing.
NEVER_NEEDED = frozenset({("deadlines", "reply"), ("scales", "rating")})


class Parts(NamedTuple):
    """The parts that differ, sorted, each with its differences."""

    changes: Mapping[Part, tuple[Change, ...]]
    # By a ruleset's own measure: the part that says how it is counted, where that differs.
    by_measure: Mapping[str, Part]

    def of_measure(self, name: str) -> Part | None:
        """Return the part that decides by which ruleset a measure is counted; None where both say the same."""
        return DATA if DATA in self.changes else self.by_measure.get(name)


def parts_of(found: Iterable[Change], old: Plan, new: Plan) -> Parts:
    """Return the parts of two rulesets that differ so.

    Words, the period and conversions are no parts: no total depends on them. Neither is what only one ruleset has and
    only its own rules can name, such as a dimension with its criteria: it stands beside those that need it.
    """
    told = [change for change in found if not change.is_worded]
    by_measure = _by_measure(told, old.ruleset, new.ruleset)
    one_sided = _one_sided_dimensions(old, new)
    held: dict[Part, list[Change]] = {}
    for change in told:
        part = by_measure.get(change.id) if change.section in _MEASURES else _part(change)
        if part is not None and not (change.section == "dimensions" and change.id in one_sided):
            held.setdefault(part, []).append(change)
    if _is_indivisible(told):
        counting = [change for change in told if change.section in (*VIEW, *_MEASURES, "columns")]
        held = {part: items for part, items in held.items() if part[0] not in (*VIEW, *_MEASURES)}
        held[DATA] = counting
    return Parts({part: tuple(held[part]) for part in sorted(held)}, by_measure)


def _part(change: Change) -> Part | None:
    if change.section in _ONE_EACH:
        return change.rule if change.id else None
    if change.section in ("outcomes", "ratings", *_WHOLE):
        return change.section, ""
    if change.section in VIEW and (change.kind == "changed" or change.rule in NEVER_NEEDED):
        return change.section, ""
    return None


def _is_indivisible(told: Iterable[Change]) -> bool:
    """Return whether no ledger can be read by the columns of one ruleset and dated by the other's deadlines."""
    columns = [change.kind for change in told if change.section == "columns"]
    return "changed" in columns or (
        bool(columns) and any(_part(change) == ("deadlines", "") for change in told)
    )


def _one_sided_dimensions(old: Plan, new: Plan) -> set[str]:
    """Return the dimensions that only one ruleset has, and that something in it needs."""
    needed = needed_dimensions(old) ^ needed_dimensions(new)
    return needed & ({*old.ruleset.dimensions} ^ {*new.ruleset.dimensions})


def needed_dimensions(plan: Plan) -> set[str]:
    """Return the dimensions that a criterion or an adjustment is in."""
    inside = {item.rule.dimension for item in plan.criteria}
    return inside | {item.rule.dimension for item in plan.adjustments if item.rule.dimension is not None}


def scored_dimensions(plan: Plan) -> set[str]:
    """Return the dimensions that points come from: not those in which everything is only shown."""
    inside = {item.rule.dimension for item in plan.criteria if item.rule.points > 0}
    return inside | {item.rule.dimension for item in plan.adjustments if item.rule.dimension is not None}


def _by_measure(told: Iterable[Change], old: Ruleset, new: Ruleset) -> dict[str, Part]:
    """Return the part of every own measure that counts differently, itself or through a formula.

    Measures that formulas tie together are one part: none of them then rests on what its own ruleset does not have.
    """
    in_both = _own(old) & _own(new)
    changed = {change.id for change in told if change.section in _MEASURES} & in_both
    found: dict[str, Part] = {}
    for family in _families(old, new):
        if family & changed:
            found |= dict.fromkeys(family, ("measures", min(family & changed)))
    return found


def _own(rules: Ruleset) -> set[str]:
    return {*rules.measures, *rules.sheets}


def _families(old: Ruleset, new: Ruleset) -> list[set[str]]:
    """Return the own measures of both, those together that a formula names."""
    families = [{name} for name in _own(old) | _own(new)]
    for rules in (old, new):
        for name, rule in rules.measures.items():
            if rule.formula is None:
                continue
            texts = [rule.formula, *([rule.count] if rule.count else [])]
            named = {other for text in texts for other in compile_formula(Clause(text, "", name)).measures}
            tied = [family for family in families if family & {name, *named}]
            families = [family for family in families if family not in tied] + [set().union(*tied)]
    return families
