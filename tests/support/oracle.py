"""A second reading of the rules of scoring: one department at a time, in plain loops, from its own small curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from duban.results import Figure
from duban.terms import Status

Rules = Mapping[str, Any]
SPLIT = 4  # departments with this many cases are a group of their own


@dataclass
class Person:
    """What the oracle knows of one department, and what becomes of it."""

    figures: Mapping[str, Figure]
    has_cases: bool
    compared: bool = True
    effects: set[str] = field(default_factory=set)
    shares: dict[str, Fraction | None] = field(default_factory=dict)
    base: Fraction | None = None
    outside: Fraction = Fraction(0)
    total: Fraction | None = None
    rank: int | None = None

    def holds(self, text: str) -> bool:
        name, _, number = text.split()
        return (self.figures[name].value or 0) > int(number)

    @property
    def group(self) -> str:
        return "large" if (self.figures["cases"].value or 0) >= SPLIT else "rest"


def half_up(value: Fraction, places: int) -> Fraction:
    size = floor(abs(value) * 10**places + Fraction(1, 2))
    return Fraction(size if value >= 0 else -size, 10**places)


def points(curve: Rules, value: Fraction, others: Sequence[Fraction]) -> Fraction:
    """Return the points out of 5 or 10; `others` are all values compared, this one included."""
    full, kind = Fraction(curve["full"]), curve["kind"]
    deduction, lose = Fraction(curve.get("otherwise", 0)), Fraction(curve.get("lose", 0))
    if kind == "linear":
        part = (value - curve["zero_at"]) / (Fraction(curve["full_at"]) - curve["zero_at"])
        return full * Fraction(min(max(part, Fraction(0)), Fraction(1)))
    if kind == "threshold":
        return full if value >= curve["at_least"] else deduction
    if kind == "per_point":
        steps = max(curve.get("full_at", Fraction(1)) - value, Fraction(0)) / curve.get(
            "per", Fraction(1, 100)
        )
        return max(full - lose * Fraction(floor(steps) if "whole" in curve else steps), Fraction(0))
    if kind == "deduct":
        return max(full - Fraction(curve["each"]) * value, Fraction(0))
    if kind == "bands":
        return Fraction(4 if value >= Fraction("0.7") else -1)
    if kind == "steps":
        return Fraction(min(1 + 2 * max(floor(value - curve["upto"]), 0), 4))
    low, high = min(others), max(others)
    if low == high:
        return full
    if curve["method"] == "min_max":
        return full * (high - value) / (high - low)
    below, equal = sum(other < value for other in others), sum(other == value for other in others) - 1
    return full * (below + Fraction(equal, 2)) / (len(others) - 1)


def judge_criterion(rules: Rules, name: str, people: Sequence[Person]) -> None:
    rule, places = rules["criteria"][name], rules["rounding"].get("points")

    def final(value: Fraction) -> Fraction:
        return value if places is None else half_up(value, places)

    def measured(one: Person) -> bool:
        figure = one.figures[rule["measure"]]
        return figure.status is Status.MEASURED and figure.count >= rule.get("min_cases", 0)

    full, known = Fraction(rule["points"]), [one for one in people if measured(one)]
    for one in known:
        circle = [
            other.figures[rule["measure"]].value or Fraction(0)
            for other in known
            if (other.compared or not one.compared)
            and (rule.get("curve", {}).get("within") == "all" or other.group == one.group)
        ]
        value = one.figures[rule["measure"]].value or Fraction(0)
        given = points({**rule["curve"], "full": full}, value, circle) if full else Fraction(0)
        one.shares[name] = final(given) / full if full else Fraction(0)
    treatment = rule.get("missing", "redistribute")
    for one in people:
        if one not in known:
            peers = [
                other.shares[name] or 0 for other in known if other.compared and other.group == one.group
            ]
            mean = final(full * sum(peers, Fraction(0)) / len(peers)) / full if peers and full else None
            mean = Fraction(0) if peers and not full else mean
            one.shares[name] = {"zero": Fraction(0), "full": Fraction(1), "group_mean": mean}.get(treatment)
            one.effects |= {"not_ranked"} if treatment == "not_ranked" else set()


def combine(kind: str, parts: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    if kind == "mean":
        return sum((share * weight for share, weight in parts), Fraction(0)) / sum(w for _, w in parts)
    worst = min(share for share, _ in parts)
    return worst if kind == "min" else Fraction(worst >= 1)


def add_up(rules: Rules, one: Person) -> None:
    """Set base, what is added outside it, and the total before the gates."""
    scores: dict[str, Fraction] = {}
    declared: dict[str, Fraction] = {}
    for name, dimension in rules["dimensions"].items():
        mine = {key: rule for key, rule in rules["criteria"].items() if rule["dimension"] == name}
        declared[name] = Fraction(
            dimension.get("points", sum((rule["points"] for rule in mine.values()), Fraction(0)))
        )
        parts = [
            (share, Fraction(rule["points"]))
            for key, rule in mine.items()
            if rule["points"] and (share := one.shares[key]) is not None
        ]
        if dimension.get("start") == "full":
            scores[name] = declared[name] - sum(
                (weight * (1 - share) for share, weight in parts), Fraction(0)
            )
        elif parts:
            scores[name] = declared[name] * combine(dimension.get("aggregate", "mean"), parts)
    each, once = rules["adjustments"]["each"], rules["adjustments"]["once"]
    lost = max(each["each"] * (one.figures["overdue"].value or 0), Fraction(each.get("limit", -1000)))
    for rule, gained in ((each, lost), (once, Fraction(3 if one.holds(once["when"]) else 0))):
        if "dimension" not in rule:
            one.outside += gained
        elif rule["dimension"] in scores:
            scores[rule["dimension"]] += gained
    for name, dimension in rules["dimensions"].items():
        if name in scores:
            kept = min(scores[name], Fraction(dimension.get("ceiling", 1000)))
            scores[name] = max(kept, Fraction(dimension.get("floor", -1000)))
    weighted = [(score / declared[name], declared[name]) for name, score in scores.items() if declared[name]]
    extra = sum((score for name, score in scores.items() if not declared[name]), Fraction(0))
    whole = sum(declared.values(), Fraction(0))
    if one.has_cases and not whole:
        one.base = extra
    elif one.has_cases and weighted:
        there = sum(weight for _, weight in weighted)
        one.base = whole * (combine(rules["aggregate"], weighted) + extra / there)


def rank_all(rules: Rules, people: Sequence[Person]) -> None:
    def key(one: Person) -> list[Fraction]:
        values = {"k0": one.figures["m0"].value, "cases": one.figures["cases"].value}
        late = -(one.figures["overdue"].value or Fraction(0))
        return [one.total or Fraction(0)] + [
            late if name == "overdue" else Fraction(-1) if (value := values[name]) is None else value
            for name in rules["ranking"]["tie_break"]
        ]

    ranked = [
        one
        for one in people
        if one.has_cases and one.total is not None and not one.effects & {"exempt", "not_ranked"}
    ]
    for one in ranked:
        better = [
            key(other)
            for other in ranked
            if key(other) > key(one) and (rules["ranking"].get("within") == "all" or other.group == one.group)
        ]
        dense = rules["ranking"].get("ties") == "dense"
        one.rank = 1 + (len({tuple(item) for item in better}) if dense else len(better))


def places_for(quota: Any, ranked: int) -> int:
    if not isinstance(quota, Mapping):
        return 1000 if quota is None else int(quota)
    exact = quota["share"] * ranked
    rounding: int | Fraction = {"up": ceil(exact), "down": floor(exact)}.get(
        quota.get("round", ""), half_up(exact, 0)
    )
    return min(max(int(rounding), int(quota.get("at_least", 0))), int(quota.get("at_most", 1000)))


def listed(rules: Rules, rule: Rules, people: Sequence[Person]) -> dict[int, int | None]:
    """Return the order on one list by the index of the department."""
    quota = rule.get("quota")
    found: dict[int, int | None] = {}
    by_name = isinstance(quota, Mapping) and "share" not in quota
    whole = rules["ranking"].get("within") == "all" and not by_name
    for group in ["all"] if whole else ["large", "rest"]:
        ranked = [index for index, one in enumerate(people) if one.rank and (whole or one.group == group)]
        left = places_for(quota.get(group, 0) if by_name and quota else quota, len(ranked))
        fit = [
            index
            for index in ranked
            if "not_selectable" not in people[index].effects
            and rule.get("at_least", -1000) <= (people[index].total or 0) <= rule.get("at_most", 1000)
        ]
        order = 1
        for rank in sorted({people[index].rank or 0 for index in fit}, reverse=rule.get("from") == "bottom"):
            tied = [index for index in fit if people[index].rank == rank]
            if left <= 0 or (len(tied) > left and rule.get("cut_tie") == "drop"):
                break
            found |= dict.fromkeys(tied, order if rule.get("ordered", True) else None)
            order, left = order + len(tied), left - len(tied)
    return found


def judge_all(rules: Rules, people: Sequence[Person]) -> None:
    for one in people:
        held = [gate["effect"] for gate in rules["gates"].values() if one.holds(gate["when"])]
        one.effects = {effect for effect in held if isinstance(effect, str)}
        one.compared = one.has_cases and "exempt" not in one.effects
    for name in rules["criteria"]:
        judge_criterion(rules, name, people)
    for one in people:
        add_up(rules, one)
        caps = [
            Fraction(gate["effect"]["cap"])
            for gate in rules["gates"].values()
            if isinstance(gate["effect"], Mapping) and one.holds(gate["when"])
        ]
        if one.base is not None:
            one.total = min([half_up(one.base + one.outside, rules["rounding"]["total"]), *caps])
    rank_all(rules, people)
