"""What the gates do to a department: all of them see the same facts, so their order changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .exact import fixed, plain
from .facts import FactTable, holding
from .plan import PlannedCriterion, PlannedGate
from .results import AdjustmentRow, CriterionScore
from .ruleset import Cap, Gate
from .terms import Effect, Missing
from .texts import Language, phrase

_STRENGTH = {effect: strength for strength, effect in enumerate(Effect)}


@dataclass(frozen=True)
class Gated:
    """The gates that hold for one department, sorted by id, and what they do together."""

    held: tuple[PlannedGate, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the gates."""
        return tuple(gate.id for gate in self.held)

    @property
    def effect(self) -> Effect | None:
        """The strongest effect, None for none."""
        return max((gate.rule.kind for gate in self.held), key=_STRENGTH.__getitem__, default=None)

    @property
    def cap(self) -> Fraction | None:
        """The smallest cap, None for none."""
        return min(
            (gate.rule.effect.cap for gate in self.held if isinstance(gate.rule.effect, Cap)), default=None
        )

    def rows(self, language: Language) -> list[AdjustmentRow]:
        """Return what is told of each gate."""
        return [_row(gate, language) for gate in self.held]


def gated(gates: Sequence[PlannedGate], facts: FactTable) -> list[Gated]:
    """Return for every department the gates that hold; equal outcomes are one object."""
    in_order = sorted(gates, key=lambda gate: gate.id)
    columns = [holding(gate.condition, facts) for gate in in_order]
    rows = zip(*columns, strict=True) if columns else [()] * len(facts.departments)
    known: dict[tuple[bool, ...], Gated] = {}
    outcomes = []
    for row in rows:
        if row not in known:
            known[row] = Gated(tuple(gate for gate, holds in zip(in_order, row, strict=True) if holds))
        outcomes.append(known[row])
    return outcomes


def stronger(effect: Effect | None, other: Effect | None) -> Effect | None:
    """Return the stronger of two effects."""
    found = [item for item in (effect, other) if item is not None]
    return max(found, key=_STRENGTH.__getitem__, default=None)


def left_unranked(
    criteria: Sequence[PlannedCriterion], scores: Mapping[str, Sequence[CriterionScore]], number: int
) -> list[tuple[PlannedCriterion, ...]]:
    """Return for every department the criteria whose missing value takes it off the ranking, sorted by id."""
    found: list[tuple[PlannedCriterion, ...]] = [()] * number
    for criterion in sorted(criteria, key=lambda item: item.id):
        for index, score in enumerate(scores[criterion.id]):
            if score.treatment is Missing.NOT_RANKED:
                found[index] = (*found[index], criterion)
    return found


def missing_row(criterion: PlannedCriterion, score: CriterionScore, language: Language) -> AdjustmentRow:
    """Return what is told of a missing value that takes a department off the ranking."""
    status = phrase(f"scoring.status_{score.status}", language)
    reason = phrase("scoring.missing", language, title=criterion.rule.name(language), status=status)
    return AdjustmentRow(criterion.id, "criterion", score.count, None, Effect.NOT_RANKED.value, reason)


def _row(gate: PlannedGate, language: Language) -> AdjustmentRow:
    reason = phrase(
        f"scoring.gate_{gate.rule.kind}", language, title=gate.rule.name(language), cap=_cap(gate.rule)
    )
    return AdjustmentRow(gate.id, "gate", None, None, gate.rule.kind.value, reason)


def _cap(rule: Gate) -> str:
    return plain(rule.effect.cap) if isinstance(rule.effect, Cap) else ""


def signed(points: Fraction) -> str:
    """Return points with their sign, for sentences."""
    return f"+{plain(points)}" if points > 0 else plain(points)


def shown_total(total: Fraction, places: int) -> str:
    """Return a total as published; a cap may have more places than the rounding."""
    text = fixed(total, places)
    return text if Fraction(text) == total else plain(total)
