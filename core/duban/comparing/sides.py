"""What is compared: a workspace, which can be measured again, or what a run wrote, which cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from duban.corrections import CORRECTIONS_FILE, Edit
from duban.derived import check_columns
from duban.describing.opening import Opened
from duban.differences.standpoints import Standpoints, standpoints
from duban.errors import Stopped
from duban.evaluating import standings
from duban.findings import findings_frame
from duban.manifest import manifest
from duban.pipeline import Facts, measured
from duban.preparing import Prepared, prepare
from duban.resolving import resolve
from duban.results import Department, Figure, Figures
from duban.stages.checking import stops
from duban.texts import Language


class Counted(NamedTuple):
    """What the engine gave: the departments by id, and by the key of a use their figures by id."""

    departments: Mapping[str, Department]
    figures: Mapping[str, Mapping[str, Figure]]


class Side(Protocol):
    """One of the two: `told` is where it says that each department stands, `edits` its corrections, None for unknown."""

    @property
    def name(self) -> str:
        """What it was called on the command line."""

    @property
    def title(self) -> str:
        """The title of its workspace."""

    @property
    def rules(self) -> Opened:
        """Its ruleset, resolved."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What its numbers rest on, as result.json has it."""

    @property
    def edits(self) -> Sequence[Edit] | None:
        """Its corrections."""

    @property
    def told(self) -> Standpoints:
        """Where its departments stand."""

    def counted(self, rules: Opened, edits: Sequence[Edit] | None) -> Counted:
        """Return what its ledger gives for rules, with other corrections where some are given.

        Raises: Stopped, where findings stop it; DubanError, where it cannot be counted so.
        """


def by_id(departments: Sequence[Department], figures: Figures) -> Counted:
    """Return what stands in parallel sequences by the ids of the departments."""
    ids = [item.id for item in departments]
    return Counted(
        dict(zip(ids, departments, strict=True)),
        {key: dict(zip(ids, column, strict=True)) for key, column in figures.items()},
    )


def ledger_of(side: Side) -> tuple[object, ...]:
    """Return what tells one ledger from another: its files, the workspace's settings, the day and the period."""
    held = side.manifest
    files = {name: digest for name, digest in held["inputs"].items() if name != CORRECTIONS_FILE}
    return held["as_of"], held["period"], held.get("workspace"), files


def corrections_of(side: Side) -> object:
    """Return what tells one register of corrections from another, None where there is none."""
    return side.manifest["inputs"].get(CORRECTIONS_FILE)


@dataclass
class WorkspaceSide:
    """A workspace, judged by duban as it is now."""

    name: str
    prepared: Prepared
    language: Language = "zh"
    _known: dict[str, Facts] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title of the workspace."""
        return self.prepared.opened.workspace.title

    @cached_property
    def rules(self) -> Opened:
        """Its ruleset, resolved for its period."""
        return Opened(self.prepared.loaded, self.prepared.plan, self.prepared.registry, self.prepared.tables)

    @property
    def edits(self) -> Sequence[Edit]:
        """Its corrections."""
        return self.prepared.edits

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What its numbers rest on."""
        plan, opened = self.prepared.plan, self.prepared.opened
        inputs = [*self._facts(self.prepared).inputs]
        register = opened.folder / CORRECTIONS_FILE
        inputs += [register] if register.is_file() else []
        return manifest(
            opened.folder,
            inputs,
            plan.ruleset,
            self.prepared.registry,
            self.prepared.as_of,
            plan.period,
            {},
        )

    @cached_property
    def told(self) -> Standpoints:
        """Where its departments stand."""
        facts = self._facts(self.prepared)
        with self.prepared.registry.explaining():
            judged = standings(self.prepared.plan, facts.departments, facts.figures)
        return standpoints(facts.departments, judged)

    def counted(self, rules: Opened, edits: Sequence[Edit] | None) -> Counted:
        """Return what the ledger gives for rules in the workspace's own period; of other corrections those that fit it."""
        prepared = self.prepared if rules.plan is self.prepared.plan else self._with(rules)
        facts = self._facts(prepared) if edits is None else self._corrected(prepared, edits)
        return by_id(facts.departments, facts.figures)

    def _with(self, rules: Opened) -> Prepared:
        with rules.registry.explaining():
            plan = resolve(rules.loaded, rules.registry, rules.tables, self.prepared.plan.period)
            check_columns(rules.registry.columns.values(), rules.registry.origins, rules.tables, plan)
        return replace(
            self.prepared, plan=plan, loaded=rules.loaded, registry=rules.registry, tables=rules.tables
        )

    def _corrected(self, prepared: Prepared, edits: Sequence[Edit]) -> Facts:
        """Return the facts with corrections of another ledger: those that name no row of this one change nothing."""
        kept = list(edits)
        while True:
            trial = replace(prepared, edits=kept)
            facts = measured(trial)
            unfit = {
                item.row
                for item in facts.findings
                if item.table == "corrections" and item.code != "correction_applied"
            }
            if not unfit or not kept:
                return self._checked(trial, facts)
            kept = [edit for edit in kept if edit.line not in unfit]

    def _facts(self, prepared: Prepared) -> Facts:
        key = repr((id(prepared.loaded), prepared.edits))
        if key not in self._known:
            self._known[key] = self._checked(prepared, measured(prepared))
        return self._known[key]

    def _checked(self, prepared: Prepared, facts: Facts) -> Facts:
        if not facts.stopped:
            return facts
        settings = prepared.opened.workspace.findings
        stopping = [item for item in facts.findings if stops(item, settings)]
        found = findings_frame(stopping, self.language)
        code = "compare_stopped" if prepared.plan is self.prepared.plan else "compare_rules_stopped"
        raise Stopped(self.name, max(1, len(stopping)), found, code)


def workspace_side(folder: str | Path, disable: Sequence[str], language: Language) -> WorkspaceSide:
    """Return a workspace as a side. Raises: DubanError."""
    return WorkspaceSide(str(folder), prepare(folder, None, None, (), disable), language)
