"""One ledger read and counted under two rulesets, and under any choice of what they count differently."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from duban.derived import check_columns
from duban.describing.opening import Opened
from duban.errors import Stopped
from duban.findings import findings_frame
from duban.pipeline import Facts, measured
from duban.preparing import Prepared, prepare
from duban.resolving import resolve
from duban.results import Department, Figures
from duban.ruleset import Ruleset
from duban.stages.checking import stops
from duban.texts import Language

from .parts import DATA, NEVER_NEEDED, VIEW, Chosen, Parts


def prepare_both(
    workspace: str | Path, old: Opened, new: Opened, as_of: date | None, disable: Sequence[str]
) -> tuple[Prepared, Prepared]:
    """Return the workspace with each of the rulesets, on the same day and for the same period.

    The period is that in which the workspace itself counts. Values given by date stay those of each ruleset's own period.

    Raises: DubanError.
    """
    own = prepare(workspace, as_of, None, (), disable)
    return _prepared(own, old), _prepared(own, new)


def _prepared(own: Prepared, opened: Opened) -> Prepared:
    registry, tables = opened.registry, opened.tables
    with registry.explaining():
        plan = resolve(opened.loaded, registry, tables, own.plan.period)
        check_columns(registry.columns.values(), registry.origins, tables, plan)
    return replace(own, loaded=opened.loaded, plan=plan, registry=registry, tables=tables)


@dataclass
class Ledger:
    """Counts a workspace; each way of counting is counted once."""

    old: Prepared
    new: Prepared
    parts: Parts
    language: Language = "zh"
    _runs: dict[tuple[Chosen, bool], Facts] = field(default_factory=dict)

    def counted(self, chosen: Chosen) -> tuple[Sequence[Department], Figures]:
        """Return departments and figures with the chosen parts new.

        Raises: Stopped, where findings stop it; DubanError.
        """
        view = frozenset(part for part in chosen if part[0] in VIEW)
        sides = {is_new: self._facts(view, is_new) for is_new in (False, True)}
        figures = {}
        for key in {*sides[False].figures, *sides[True].figures}:
            part = self.parts.of_measure(self._measure(key))
            first = sides[part in chosen]
            figures[key] = (first if key in first.figures else sides[part not in chosen]).figures[key]
        return sides[DATA in chosen].departments, figures

    def _measure(self, key: str) -> str:
        uses = self.new.plan.uses if key in self.new.plan.uses else self.old.plan.uses
        return uses[key].measure.id

    def _facts(self, view: Chosen, is_new: bool) -> Facts:
        """Return all that one ruleset measures, the ledger read and dated as the view says."""
        if (view, is_new) not in self._runs:
            prepared = self.new if is_new else self.old
            rules = self._rules(view, prepared.plan.ruleset)
            plan = replace(prepared.plan, ruleset=rules)
            loaded = replace(prepared.loaded, ruleset=rules)
            self._runs[view, is_new] = measured(replace(prepared, plan=plan, loaded=loaded))
        return self._runs[view, is_new]

    def _rules(self, view: Chosen, own: Ruleset) -> Ruleset:
        """Return a ruleset with the sections that the view says, and of its own what its texts may name."""
        if DATA in self.parts.changes:
            return own
        update: dict[str, Any] = {}
        for section in VIEW:
            source = (self.new if (section, "") in view else self.old).plan.ruleset
            update[section] = getattr(source, section)
            if section in ("deadlines", "scales"):
                named = {
                    name: rule
                    for name, rule in getattr(own, section).items()
                    if (section, name) not in NEVER_NEEDED
                }
                update[section] = {**named, **update[section]}
        return own.model_copy(update=update)

    def check(self) -> None:
        """Count the ledger under each ruleset as it is. Raises: Stopped, naming the ruleset that cannot be applied."""
        every = frozenset(part for part in self.parts.changes if part[0] in VIEW)
        for view, is_new in ((frozenset(), False), (every, True)):
            facts = self._facts(view, is_new)
            if facts.stopped:
                prepared = self.new if is_new else self.old
                found = findings_frame(facts.findings, self.language)
                settings = prepared.opened.workspace.findings
                number = max(1, sum(stops(item, settings) for item in facts.findings))
                raise Stopped(prepared.loaded.ruleset.id, number, found, "diff_stopped")
