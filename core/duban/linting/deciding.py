"""Conditions that decide nothing: gates, groups, grades and lists that hold for nobody, or for everybody."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from itertools import pairwise

from sqlglot import exp

from duban.documents import KeyPath, path_to
from duban.exact import plain
from duban.language.nodes import name_of
from duban.language.text import Node, flattened
from duban.plan import Plan, PlannedAdjustment, PlannedSelection
from duban.ruleset import Cap, Quota, ShareQuota
from duban.terms import Better

from .cells import Range, Ranges, along, can_fail, can_hold, never_first, tree_of
from .lint import Lint
from .possible import UNKNOWN
from .ranges import Known
from .spans import point

_TAKES_ALL = "true"
# What a department is called.
NAMES = ("department", "name")


def deciding_lints(plan: Plan, known: Known) -> Iterator[Lint]:
    """Return what is wrong with adjustments, gates, groups, grades and selections."""
    for adjustment in plan.adjustments:
        yield from _of_adjustment(adjustment, known)
    yield from _of_gates(plan, known)
    yield from _of_groups(plan, known)
    yield from _of_grades(plan, known)
    for selection in plan.selections:
        yield from _of_selection(plan, selection, known)
    yield from _of_tie_breaks(plan)
    for path, text in name_texts(plan):
        yield Lint("name_decides", path, {"text": text})


def name_texts(plan: Plan) -> Iterator[tuple[KeyPath, str]]:
    """Return the texts that ask for the name of a department; who is in which group may go by names."""
    for path, text in _deciding_texts(plan):
        if any(name_of(column) in NAMES for column in tree_of(text).find_all(exp.Column)):
            yield path, text


def _deciding_texts(plan: Plan) -> Iterator[tuple[KeyPath, str]]:
    rules = plan.ruleset
    for section in ("adjustments", "gates", "grades"):
        for name, item in getattr(rules, section).items():
            if item.when is not None:
                yield (section, name, "when"), item.when
    for name, item in rules.selections.items():
        if item.among is not None:
            yield ("selections", name, "among"), item.among
    for criterion in plan.criteria:
        for text in criterion.curve.conditions:
            path = path_to(text, criterion.rule.curve.parameters)
            yield ("criteria", criterion.id, "curve", *(path or ())), text


def _text(text: str | None, path: KeyPath, known: Known, kind: str) -> Iterator[Lint]:
    """Return a lint where a text holds for nobody, or for everybody of whom enough is known."""
    if text is None:
        return
    if not can_hold(text, known):
        yield Lint(f"{kind}_never", path, {"text": text})
    elif not can_fail(text, known):
        yield Lint(f"{kind}_always", path, {"text": text})


def _of_adjustment(item: PlannedAdjustment, known: Known) -> Iterator[Lint]:
    path: KeyPath = ("adjustments", item.id)
    yield from _text(item.rule.when, (*path, "when"), known, "adjustment")
    if known.adjustment(item) == point(Fraction(0)):
        yield Lint("adjustment_nothing", path)
    if item.use is None or not item.rule.each:
        return
    if (item.rule.each < 0) is (item.use.measure.better is Better.HIGHER):
        facts = {"measure": item.use.measure.id, "use": item.use.key, "each": item.rule.each}
        yield Lint("adjustment_against_direction", (*path, "each"), facts)


def _of_gates(plan: Plan, known: Known) -> Iterator[Lint]:
    for gate in plan.gates:
        path: KeyPath = ("gates", gate.id)
        found = list(_text(gate.rule.when, (*path, "when"), known, "gate"))
        yield from found
        highest = known.total.high
        capped = gate.rule.effect.cap if isinstance(gate.rule.effect, Cap) else None
        if capped is not None and highest is not None and capped >= highest and not found:
            yield Lint("cap_idle", (*path, "effect"), {"cap": capped, "highest": highest})


def _of_groups(plan: Plan, known: Known) -> Iterator[Lint]:
    for group in plan.groups:
        yield from _text(group.rule.when, ("groups", group.id, "when"), known, "group")


def _of_grades(plan: Plan, known: Known) -> Iterator[Lint]:
    texts = [_joined(grade.rule.when, grade.rule.at_least) for grade in plan.grades]
    ranges = partial(_graded, known)
    for index in never_first(texts, ranges):
        grade = plan.grades[index]
        key = "at_least" if grade.rule.at_least is not None else "when"
        yield Lint("grade_unreachable", ("grades", grade.id, key), {"title": grade.rule.title})
    yield from _grade_holes(texts, ranges)
    lines = [grade.rule.at_least for grade in plan.grades if grade.rule.when is None]
    lowest = min((line for line in lines if line is not None), default=None)
    under = lowest is not None and (known.total.low is None or lowest > known.total.low)
    if plan.grades and None not in lines and under:
        yield Lint("grade_gap", ("grades",), {"lowest": lowest})


def _grade_holes(texts: list[str], ranges: Ranges) -> Iterator[Lint]:
    """Return a lint where totals have no grade, while some above and some below have one."""
    pieces = along(texts, "total", ranges)
    graded = [number for number, (_, holds) in enumerate(pieces) if holds]
    for below, above in pairwise(graded):
        if above > below + 1:
            facts = {"low": pieces[below + 1][0].low, "high": pieces[above][0].low}
            yield Lint("grade_hole", ("grades",), facts)
            return


def _graded(known: Known, name: str) -> Range:
    """Who has no total has no grade: for grades the total is known."""
    found = known(name)
    return found._replace(values=found.values - UNKNOWN or found.values) if name == "total" else found


def _joined(when: str | None, at_least: Fraction | None) -> str:
    parts = [f"({when})"] if when is not None else []
    parts += [f"total >= {_literal(at_least)}"] if at_least is not None else []
    return " and ".join(parts) or _TAKES_ALL


def _literal(number: Fraction) -> str:
    return plain(number) if number >= 0 else f"(-{plain(-number)})"


def _of_selection(plan: Plan, item: PlannedSelection, known: Known) -> Iterator[Lint]:
    rule, path = item.rule, ("selections", item.id)
    yield from _text(rule.among, (*path, "among"), known, "selection")
    lowest, highest = known.total[:2]
    if not plan.has_points:
        yield Lint("selection_without_total", path)
    elif rule.at_least is not None and highest is not None and rule.at_least > highest:
        yield Lint("selection_too_high", (*path, "at_least"), {"line": rule.at_least, "highest": highest})
    elif rule.at_most is not None and lowest is not None and rule.at_most < lowest:
        yield Lint("selection_too_low", (*path, "at_most"), {"line": rule.at_most, "lowest": lowest})
    elif None not in (rule.at_least, rule.at_most) and rule.at_least > rule.at_most:  # type: ignore[operator]
        facts = {"at_least": rule.at_least, "at_most": rule.at_most}
        yield Lint("selection_crossed", (*path, "at_most"), facts)
    yield from _of_quota(plan, rule.quota, (*path, "quota"), _most(rule.among))


def _of_quota(
    plan: Plan, quota: Quota | Mapping[str, Quota] | None, path: KeyPath, most: int | None
) -> Iterator[Lint]:
    """Return what is wrong with a quota; `most` is how many departments can be candidates, where the rules say it."""
    sizes = {group.id: _least(_most(group.rule.when), most) for group in plan.groups}
    if isinstance(quota, Mapping):
        missing = [group.id for group in plan.groups if group.id not in quota]
        if missing:
            yield Lint("quota_misses_group", path, {"groups": missing})
        for name in sizes.keys() & quota.keys():
            yield from _of_one_quota(quota[name], (*path, name), sizes[name])
    elif quota is not None:
        each = (
            [size for size in sizes.values() if size is not None]
            if plan.ruleset.ranking.within == "group"
            else []
        )
        yield from _of_one_quota(quota, path, min(each, default=most))


def _of_one_quota(quota: Quota, path: KeyPath, size: int | None) -> Iterator[Lint]:
    if not isinstance(quota, ShareQuota):
        if not quota:
            yield Lint("quota_nobody", path)
        yield from _above(quota, size, path)
        return
    if quota.at_most is not None and quota.at_most < quota.at_least:
        facts = {"at_least": quota.at_least, "at_most": quota.at_most}
        yield Lint("quota_crossed", (*path, "at_most"), facts)
    if quota.at_most == 0 or (not quota.share and not quota.at_least):
        yield Lint("quota_nobody", path)
    yield from _above(quota.at_least, size, (*path, "at_least"))


def _above(places: int, size: int | None, path: KeyPath) -> Iterator[Lint]:
    if size is not None and places > size:
        yield Lint("quota_above_group", path, {"quota": places, "size": size})


def _least(*sizes: int | None) -> int | None:
    return min((size for size in sizes if size is not None), default=None)


def _most(when: str | None) -> int | None:
    """Return how many departments a condition can hold for: those that it names, None where it names none."""
    return None if when is None else _most_of(tree_of(when).unnest())


def _most_of(tree: Node) -> int | None:
    if isinstance(tree, exp.And | exp.Or):
        sizes = [_most_of(part.unnest()) for part in flattened(tree)]
        known = [size for size in sizes if size is not None]
        if isinstance(tree, exp.And):
            return min(known, default=None)
        return sum(known) if len(known) == len(sizes) else None
    if not (
        isinstance(tree, exp.In | exp.EQ) and isinstance(tree.this, exp.Column) and tree.this.name in NAMES
    ):
        return None
    return len({part.name for part in tree.expressions}) if isinstance(tree, exp.In) else 1


def _of_tie_breaks(plan: Plan) -> Iterator[Lint]:
    """Return tie-breaks that tell apart what an earlier one would have told apart already."""
    seen: set[str] = set()
    for number, item in enumerate(plan.tie_breaks):
        criterion = item.criterion
        use = item.use if criterion is None else criterion.use
        own = criterion is not None and bool(criterion.by_department)
        key = item.name if use is None or own else use.key
        if key in seen:
            yield Lint("tie_break_repeated", ("ranking", "tie_break", number), {"name": item.name})
        seen.add(key)
