"""Suppressing: which small counts a public edition withholds, and what else, so that no sum gives them away.

Total, rank and lists are what is published: they always stand, whatever they say of the rest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from duban.cells import is_missing
from duban.evaluating import Evaluated

# A number of the tree of points: what it is ("criterion", "dimension", "change", "base", "changes") and its id.
Node = tuple[str, str]
BASE: Node = ("base", "")
CHANGES: Node = ("changes", "")


class Sum(NamedTuple):
    """One sum that a reader can work out: the whole, and its parts."""

    whole: Node | None
    parts: Sequence[Node]


@dataclass
class Suppressed:
    """What is withheld, by department: criteria, measures, dimensions, changes and base; and tables left out whole."""

    nodes: Mapping[str, set[Node]] = field(default_factory=dict)
    measures: set[tuple[str, str]] = field(default_factory=set)
    two_stage: set[str] = field(default_factory=set)
    silence: set[str] = field(default_factory=set)

    def has(self, department: str, kind: str, name: str = "") -> bool:
        """Return whether one number of one department is withheld."""
        return (kind, name) in self.nodes.get(department, ())

    @property
    def departments(self) -> set[str]:
        """The departments of which something is withheld."""
        return {name for name, nodes in self.nodes.items() if nodes} | self.two_stage


def suppressed(run: Any, least: int) -> Suppressed:
    """Return what a run withholds where counts below `least` are not public; 0 withholds nothing."""
    if not least:
        return Suppressed()
    measures = _small_measures(run, least)
    nodes = {
        department: _for(run, department, measures, least)
        for department in run.ranking["department"].tolist()
    }
    return Suppressed(nodes, measures, _small_tables(run.two_stage, least), _silent(run, least))


def is_small(least: int, *counts: int | None) -> bool:
    """Return whether a count is above zero and below the least that is public."""
    return any(count is not None and 0 < count < least for count in counts)


def small_share(least: int, count: int | None, hits: int | None) -> bool:
    """Return whether a count, those of it that hit, or those that do not are too few to be public."""
    rest = None if count is None or hits is None else count - hits
    return is_small(least, count, hits, rest)


def _small_measures(run: Any, least: int) -> set[tuple[str, str]]:
    """Return the measures of departments that are too small, and the formulas that rest on them."""
    frame = run.measures
    small = {
        (department, key)
        for department, key, count, hits in zip(
            frame["department"], frame["measure"], frame["count"], frame["hits"], strict=True
        )
        if small_share(least, _whole(count), _whole(hits))
    }
    return _with_formulas(run.evaluated, small)


def _whole(value: Any) -> int | None:
    return None if is_missing(value) else int(value)


def _with_formulas(evaluated: Evaluated | None, small: set[tuple[str, str]]) -> set[tuple[str, str]]:
    uses = evaluated.plan.uses if evaluated is not None else {}
    formulas = {key: use.formula.measures for key, use in uses.items() if use.formula is not None}
    found, before = set(small), -1
    while len(found) > before:
        before = len(found)
        ids = {(department, uses[key].measure.id) for department, key in found if key in uses}
        found |= {
            (department, key) for key, named in formulas.items() for department, name in ids if name in named
        }
    return found


def _for(run: Any, department: str, measures: set[tuple[str, str]], least: int) -> set[Node]:
    """Return what is withheld of one department: what is small, then what a sum would give away."""
    keys = _keys(run.evaluated, department)
    criteria = _rows(run.criteria, department)
    found: set[Node] = {
        ("criterion", row["criterion"])
        for row in criteria
        if small_share(least, _whole(row["count"]), _whole(row["hits"]))
        or (department, keys.get(row["criterion"], "")) in measures
    }
    changes = _rows(run.adjustments, department)
    found |= {("change", row["adjustment"]) for row in changes if is_small(least, _whole(row["count"]))}
    sums = _sums(run, criteria, changes)
    while (more := _given_away(sums, found)) is not None:
        found |= {more, *_alike(more, keys)}
    measures |= {(department, keys[name]) for kind, name in found if kind == "criterion" and name in keys}
    return found


def _rows(frame: Any, department: str) -> list[dict[str, Any]]:
    return frame[frame["department"] == department].to_dict("records")  # type: ignore[no-any-return]


def _keys(evaluated: Evaluated | None, department: str) -> dict[str, str]:
    """Return the measure use of each criterion for one department."""
    if evaluated is None:
        return {}
    known = next((item for item in evaluated.departments if item.id == department), None)
    uses = {
        item.id: item.use_for(known) if item.by_department and known is not None else item.use
        for item in evaluated.plan.criteria
    }
    return {name: use.key for name, use in uses.items() if use is not None}


def _sums(run: Any, criteria: Iterable[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> list[Sum]:
    """Return the sums of one department: criteria in their dimension, dimensions in the base, changes beside it."""
    parts: dict[str, list[Node]] = defaultdict(list)
    for row in criteria:
        if not is_missing(row["points"]) and row["full_points"]:
            parts[row["dimension"]].append(("criterion", row["criterion"]))
    outside: list[Node] = []
    for row in changes:
        rule = run.ruleset.adjustments.get(row["adjustment"])
        inside = rule is not None and rule.dimension
        (parts[rule.dimension] if inside else outside).append(("change", row["adjustment"]))
    dimensions: list[Node] = [("dimension", name) for name in run.ruleset.dimensions if parts.get(name)]
    found = [Sum(("dimension", name), parts[name]) for _, name in dimensions]
    return [*found, Sum(BASE, dimensions), Sum(CHANGES, outside), Sum(None, [BASE, CHANGES])]


def _given_away(sums: Iterable[Sum], found: Collection[Node]) -> Node | None:
    """Return what must go too because a sum has a single unknown number; None where each has several, or no other."""
    for one in sums:
        members = [*one.parts, *([one.whole] if one.whole else [])]
        open_ones = [item for item in members if item not in found]
        # The total itself stands: it is no member of the last sum.
        if len(members) - len(open_ones) == 1 and open_ones:
            return open_ones[0]
    return None


def _alike(node: Node, keys: Mapping[str, str]) -> set[Node]:
    """Return the criteria with the same measure: they would say the same."""
    if node[0] != "criterion" or node[1] not in keys:
        return set()
    return {("criterion", name) for name, key in keys.items() if key == keys[node[1]]}


def _small_tables(frame: Any, least: int) -> set[str]:
    """Return the departments whose table of answers and results has a small cell."""
    sizes = frame.groupby("department")["count"].sum().to_dict()
    small = {
        department
        for department, count in zip(frame["department"], frame["count"], strict=True)
        if is_small(least, _whole(count))
    }
    return several(small, sizes)


def _silent(run: Any, least: int) -> set[str]:
    """Return the departments with few answered or silent cases."""
    bounds = run.qualified.rank_bounds if run.qualified is not None else []
    small = {
        item.department
        for item in bounds
        if is_small(least, item.answered, item.answer_silent, item.result_silent)
        or is_small(least, item.answered - item.answer_silent, item.answered - item.result_silent)
    }
    return several(small, {item.department: item.answered for item in bounds})


def several(chosen: set[str], sizes: Mapping[str, int]) -> set[str]:
    """Return what is chosen, and the smallest of the others where a single one would follow from the sum of all."""
    others = sorted(sizes.keys() - chosen, key=lambda name: (sizes[name], name))
    return chosen | set(others[:1]) if len(chosen) == 1 else chosen
