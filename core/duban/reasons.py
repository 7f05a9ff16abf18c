"""Why each department stands where it stands: one sentence each, from ranks, totals, gates and the main list."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .exact import plain
from .gating import shown_total
from .plan import Plan, PlannedSelection
from .results import Choice, Place, Scores, Totals
from .ruleset import Cap
from .terms import Effect, Missing
from .texts import Language, phrase


def list_reasons(
    plan: Plan,
    selection: PlannedSelection | None,
    groups: Sequence[str],
    scores: Scores,
    totals: Totals,
    places: Sequence[Place],
    choices: Mapping[str, Sequence[Choice]],
    language: Language = "zh",
) -> list[str]:
    """Return why each department is on one list or not; without a list, why it stands where it stands."""
    teller = _Teller(plan, selection, groups, scores, totals, places, language)
    chosen = choices[selection.id] if selection is not None else [None] * len(places)
    return [teller.sentence(index, choice) for index, choice in enumerate(chosen)]


class _Teller:
    """What the sentences of one list have in common."""

    def __init__(
        self,
        plan: Plan,
        selection: PlannedSelection | None,
        groups: Sequence[str],
        scores: Scores,
        totals: Totals,
        places: Sequence[Place],
        language: Language,
    ) -> None:
        self._plan, self._selection = plan, selection
        self._groups, self._scores, self._totals, self._places = groups, scores, totals, places
        self._language = language
        self._gates = {gate.id: gate.rule for gate in plan.gates}
        self._titles = {group.id: group.rule.name(language) for group in plan.groups}
        self._by_group = bool(plan.groups) and plan.ruleset.ranking.within == "group"
        self._ranked = Counter(
            self._scope(index) for index, place in enumerate(places) if place.rank is not None
        )

    def sentence(self, index: int, choice: Choice | None) -> str:
        """Return the whole sentence for one department."""
        place = self._places[index]
        if place.rank is None:
            return self._standing(index, place)
        where = self._place(index, place)
        if choice is None or self._selection is None:
            return self._say("reason_ranked", place=where)
        title = self._selection.rule.name(self._language)
        facts = {
            **choice.facts,
            "line": self._line(choice.cause),
            "gates": self._held(index, Effect.NOT_SELECTABLE),
        }
        return self._say(f"reason_{_detail(choice, bool(facts['line']))}", place=where, title=title, **facts)

    def _say(self, key: str, **facts: object) -> str:
        return phrase(f"scoring.{key}", self._language, **facts)

    def _scope(self, index: int) -> str:
        return self._groups[index] if self._by_group else ""

    def _standing(self, index: int, place: Place) -> str:
        """Return why a department is not ranked."""
        if place.cause == "gate":
            effect = self._totals.effects[index]
            key = "standing_exempt" if effect is Effect.EXEMPT else "standing_gate"
            return self._say(key, gates=self._held(index, effect))
        return self._say(f"standing_{place.cause}", criteria=self._unranking(index))

    def _unranking(self, index: int) -> str:
        """Return the titles of the criteria whose missing value takes the department off the ranking."""
        scores = self._scores.criteria
        return self._listed(
            criterion.rule.name(self._language)
            for criterion in sorted(self._plan.criteria, key=lambda item: item.id)
            if scores[criterion.id][index].treatment is Missing.NOT_RANKED
        )

    def _place(self, index: int, place: Place) -> str:
        """Return the rank among how many, and the total."""
        total = self._totals.total[index]
        scope = self._scope(index)
        among = "place_among_group" if self._by_group else "place_among_all"
        gates = self._capping(index)
        return self._say(
            "place",
            among=self._say(among, group=self._titles.get(scope, scope), number=self._ranked[scope]),
            rank=place.rank,
            shared=self._say("place_shared", sharing=place.sharing) if place.sharing > 1 else "",
            total="" if total is None else shown_total(total, self._plan.ruleset.rounding.total),
            capped=self._say("place_capped", gates=gates) if gates else "",
        )

    def _held(self, index: int, effect: Effect | None) -> str:
        """Return the titles of the gates with one effect that hold for a department."""
        held = (self._gates[name] for name in self._totals.held[index])
        return self._listed(rule.name(self._language) for rule in held if rule.kind is effect)

    def _capping(self, index: int) -> str:
        """Return the titles of the gates whose cap is the department's total."""
        held = (self._gates[name] for name in self._totals.held[index])
        return self._listed(
            rule.name(self._language)
            for rule in held
            if isinstance(rule.effect, Cap) and rule.effect.cap == self._totals.total[index]
        )

    def _line(self, cause: str) -> str:
        """Return the line that the total did not reach, or those that a chosen department kept to."""
        rule = self._selection.rule if self._selection is not None else None
        if rule is None or cause not in ("chosen", "below", "above"):
            return ""
        limits = {"at_least": rule.at_least, "at_most": rule.at_most}
        if cause != "chosen":
            return plain(limits["at_least" if cause == "below" else "at_most"])
        kept = {name: limit for name, limit in limits.items() if limit is not None}
        return self._listed(self._say(f"line_{name}", line=plain(limit)) for name, limit in kept.items())

    def _listed(self, titles: Iterable[str]) -> str:
        return self._say("between").join(titles)


def _detail(choice: Choice, has_line: bool) -> str:
    """Return which sentence tells the cause: a full quota has three, a choice two."""
    if choice.cause == "chosen":
        return "chosen_line" if has_line else "chosen"
    if choice.cause != "quota":
        return choice.cause
    quota, taken = choice.facts.get("quota"), choice.facts.get("taken")
    if not quota:
        return "quota_none"
    return (
        "quota_after_tie" if isinstance(taken, int) and isinstance(quota, int) and taken < quota else "quota"
    )
