"""A workspace under any choice of what is supposed; what counts the same is counted once."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from duban.corrections import Edit
from duban.differences.standpoints import Standpoints, standpoints
from duban.errors import Stopped
from duban.evaluating import Evaluated, evaluate
from duban.findings import findings_frame
from duban.pipeline import Facts, measured
from duban.preparing import Prepared, prepare
from duban.stages.checking import stops
from duban.texts import Language

from .causes import Cause

# What decides how a ledger is read, dated and counted, beside the uses of measures.
COUNTING = {"deadlines", "ratings", "outcomes", "scales", "columns", "measures", "sheets"}


class Place(NamedTuple):
    """Where the ledger is, and what comes before what the workspace says."""

    workspace: str | Path
    as_of: date | None = None
    ruleset: str | Path | None = None
    disable: tuple[str, ...] = ()


def known_edits(place: Place) -> Sequence[Edit]:
    """Return the corrections that the workspace has. Raises: DubanError."""
    return prepare(place.workspace, place.as_of, place.ruleset, (), place.disable).edits


class World(NamedTuple):
    """A workspace as it would be: its rules, what the engine gave, and what the rules make of it."""

    prepared: Prepared
    facts: Facts
    evaluated: Evaluated

    @property
    def standpoints(self) -> Standpoints:
        """Where each department stands in it."""
        return standpoints(self.evaluated.departments, self.evaluated.judgement)


class _Counted(NamedTuple):
    """What was counted, of which ledger, by which rules."""

    edits: str
    rules: str
    uses: frozenset[str]
    facts: Facts


class Worlds:
    """Makes the worlds of one workspace."""

    def __init__(self, place: Place, language: Language) -> None:
        self._place, self._language = place, language
        self._counted: list[_Counted] = []

    def world(self, causes: Sequence[Cause], afresh: bool = False) -> World:
        """Return the world in which the causes hold.

        `afresh` counts also what was counted before, for findings of its own.

        Raises: Stopped, where findings stop it; DubanError.
        """
        prepared = prepare(
            self._place.workspace,
            self._place.as_of,
            self._place.ruleset,
            (),
            self._place.disable,
            edits=[edit for cause in causes for edit in cause.edits],
            overrides=[override for cause in causes for override in cause.overrides],
        )
        facts = self._facts(prepared, afresh)
        if facts.stopped:
            raise self._stopped(prepared, facts, "whatif_stopped" if causes else "whatif_stopped_before")
        plan, departments = prepared.plan, facts.departments
        with prepared.registry.explaining():
            judged = evaluate(plan, departments, facts.figures, self._language)
        return World(prepared, facts, Evaluated(plan, departments, facts.figures, judged))

    def _facts(self, prepared: Prepared, afresh: bool) -> Facts:
        plan, edits = prepared.plan, repr(prepared.edits)
        rules = plan.ruleset.model_dump_json(include=COUNTING) + repr(plan.period)
        for known in self._counted:
            same = (known.edits, known.rules) == (edits, rules)
            if same and known.uses >= plan.uses.keys() and not afresh:
                return known.facts
        facts = measured(prepared)
        self._counted.append(_Counted(edits, rules, frozenset(plan.uses), facts))
        return facts

    def _stopped(self, prepared: Prepared, facts: Facts, code: str) -> Stopped:
        """Return the error; of the findings it shows those that stop."""
        settings = prepared.opened.workspace.findings
        stopping = [item for item in facts.findings if stops(item, settings)]
        found = findings_frame(stopping, self._language)
        return Stopped(prepared.opened.folder.name, max(1, len(stopping)), found, code)
