"""Ranks and lists in thousands of drawn worlds at once, by the rules of `ranking` and `selecting`.

Arrays are draws x departments; a rank of `UNRANKED` is none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duban.exact import rounded
from duban.plan import Plan, PlannedSelection
from duban.ruleset import Quota, ShareQuota

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ranks = NDArray[np.int32]
UNRANKED = np.iinfo(np.int32).max


def scopes_of(groups: Sequence[str], by_group: bool) -> list[tuple[str, NDArray[np.intp]]]:
    """Return who is compared with whom: the departments of each group, or all."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        found[group if by_group else ""].append(place)
    return [(name, np.array(places, dtype=np.intp)) for name, places in sorted(found.items())]


def ranks(plan: Plan, groups: Sequence[str], ranked: Flags, totals: Floats, ties: Sequence[Floats]) -> Ranks:
    """Return every department's rank; `ties` are turned so that higher is better, NaN last."""
    found = np.full(totals.shape, UNRANKED, dtype=np.int32)
    taking_part = np.where(ranked, totals, -np.inf)
    last = [np.broadcast_to(np.where(np.isnan(tie), -np.inf, tie), totals.shape) for tie in ties]
    dense = plan.ruleset.ranking.ties == "dense"
    for _, places in scopes_of(groups, plan.ruleset.ranking.within == "group"):
        found[:, places] = _ranked(taking_part[:, places], [tie[:, places] for tie in last], dense)
    return np.where(ranked, found, UNRANKED)


def _ranked(totals: Floats, ties: Sequence[Floats], dense: bool) -> Ranks:
    order = np.argsort(-totals, axis=1)
    in_order = np.take_along_axis(totals, order, axis=1)
    new = np.ones(totals.shape, dtype=bool)
    new[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
    if ties and not new.all():
        _break_ties(order, new, ties)
    if dense:
        numbers = np.cumsum(new, axis=1)
    else:
        numbers = np.maximum.accumulate(np.where(new, np.arange(1, totals.shape[1] + 1), 0), axis=1)
    found = np.empty(totals.shape, dtype=np.int32)
    np.put_along_axis(found, order, numbers.astype(np.int32), axis=1)
    return found


def _break_ties(order: NDArray[np.intp], new: Flags, ties: Sequence[Floats]) -> None:
    """Put those of equal totals in the order of the tie-breaks; `new` then marks only the first of real equals."""
    blocks = np.cumsum(new).reshape(new.shape)
    tied = ~new
    tied[:, :-1] |= ~new[:, 1:]
    rows, _ = np.nonzero(tied)
    members, block = order[tied], blocks[tied]
    keys = [tie[rows, members] for tie in ties]
    sorting = np.lexsort([*(-key for key in reversed(keys)), block])
    order[tied] = members[sorting]
    differs = np.ones(len(block), dtype=bool)
    differs[1:] = block[1:] != block[:-1]
    for key in keys:
        differs[1:] |= key[sorting][1:] != key[sorting][:-1]
    new[tied] = differs


@dataclass(frozen=True, eq=False)
class Standing:
    """Who is where in a block of worlds: what a list looks at."""

    ranks: Ranks
    totals: Floats
    exempt: Flags
    not_selectable: Flags

    def widened(self, shape: tuple[int, ...]) -> "Standing":
        """Return the same in every world, where only what a list asks for is drawn."""
        if self.ranks.shape == shape:
            return self
        exempt, not_selectable = (
            np.broadcast_to(flags, shape) for flags in (self.exempt, self.not_selectable)
        )
        ranks, totals = np.broadcast_to(self.ranks, shape), np.broadcast_to(self.totals, shape)
        return Standing(ranks, totals, exempt, not_selectable)


def chosen(
    plan: Plan, selection: PlannedSelection, groups: Sequence[str], standing: Standing, among: Flags
) -> Flags:
    """Return who is on the list; `among` says whom its condition lets in."""
    rule, close = selection.rule, 1e-9
    standing = standing.widened(np.broadcast_shapes(standing.ranks.shape, among.shape))
    ranked = standing.ranks != UNRANKED
    fits = ranked & among & ~standing.not_selectable
    if rule.at_least is not None:
        fits &= standing.totals >= float(rule.at_least) - close
    if rule.at_most is not None:
        fits &= standing.totals <= float(rule.at_most) + close
    by_group = plan.ruleset.ranking.within == "group" or isinstance(rule.quota, Mapping)
    found = np.zeros(standing.ranks.shape, dtype=bool)
    for name, places in scopes_of(groups, by_group):
        quota = _places_there(
            rule.quota, name, ranked[:, places].sum(axis=1), (~standing.exempt[:, places]).sum(axis=1)
        )
        there = standing.ranks[:, places].astype(np.int64)
        there = -there if rule.start == "bottom" else there
        found[:, places] = _walked(there, fits[:, places], quota, rule.cut_tie == "extend")
    return found


def _places_there(
    quota: Any, scope: str, ranked: NDArray[np.intp], taking_part: NDArray[np.intp]
) -> NDArray[np.intp] | None:
    """Return the number of places in every world, None where there is no limit."""
    rule: Quota | None = quota.get(scope, 0) if isinstance(quota, Mapping) else quota
    if rule is None:
        return None
    if not isinstance(rule, ShareQuota):
        return np.full(len(ranked), rule)
    numbers = ranked if rule.of == "ranked" else taking_part
    known = {number: _share_of(rule, number) for number in set(numbers.tolist())}
    return np.array([known[number] for number in numbers.tolist()])


def _share_of(rule: ShareQuota, number: int) -> int:
    exact = rule.share * number
    places = -(-exact // 1) if rule.round == "up" else exact // 1
    places = int(rounded(exact, 0)) if rule.round == "half_up" else int(places)
    places = max(places, rule.at_least)
    return places if rule.at_most is None else min(places, rule.at_most)


def _walked(there: NDArray[np.int64], fits: Flags, quota: NDArray[np.intp] | None, extend: bool) -> Flags:
    """Return who is taken, walking up the ranks until the quota; who shares a rank is taken or left together."""
    if quota is None:
        return fits
    found = np.zeros(fits.shape, dtype=bool)
    far = np.iinfo(np.int64).max
    for number in sorted(set(quota.tolist()) - {0}):
        rows = quota == number
        mine = np.where(fits[rows], there[rows], far)
        if number >= mine.shape[1]:
            found[rows] = fits[rows]
            continue
        last = np.partition(mine, number - 1, axis=1)[:, number - 1 : number]
        taken = mine <= last
        if not extend:
            taken &= (mine < last) | (taken.sum(axis=1, keepdims=True) <= number)
        found[rows] = taken & fits[rows]
    return found
