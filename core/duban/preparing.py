"""Everything a run knows before it reads a cell: workspace, ruleset, plugins, plan, files."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .corrections import CORRECTIONS_FILE, Corrections, Edit, read_corrections
from .derived import check_columns
from .documents import KeyPath
from .errors import Position, RulesetError, WorkspaceError
from .findings import Finding, finding
from .language.text import place_of
from .loading import LoadedRuleset, load_ruleset, load_workspace
from .objecting import OBJECTIONS_FILE, read_objections, without_objection
from .overriding import Override
from .own_columns import with_own_columns
from .plan import Plan, PlannedCriterion
from .registry import Registry, installed, load, names_of
from .resolving import resolve
from .results import Department
from .tables import CASES, DEPARTMENTS, Table, known_tables
from .terms import ColumnType
from .texts import Text
from .workspace import OpenedWorkspace


@dataclass(frozen=True)
class Prepared:
    """A workspace and its resolved rules; `at` tells where a key of `duban.toml` stands.

    `edits` are made to the cells while they are read: the workspace's corrections, then those given from memory.
    """

    opened: OpenedWorkspace
    at: Callable[[KeyPath], Position]
    loaded: LoadedRuleset
    plan: Plan
    registry: Registry
    tables: Mapping[str, Table]
    as_of: date
    findings: Sequence[Finding]
    edits: Sequence[Edit] = ()


def prepare(
    workspace: str | Path,
    as_of: date | None,
    ruleset: str | Path | None,
    plugins: Sequence[object],
    disable: Iterable[str] = (),
    edits: Sequence[Edit] = (),
    overrides: Sequence[Override] = (),
) -> Prepared:
    """Load everything that a run rests on; `as_of` and `ruleset` come before what the workspace says.

    `overrides` change single values of the rules; `edits` are made after the workspace's own corrections.

    Raises: DubanError; the errors of one file together.
    """
    registry = load(plugins, disable) if plugins else installed(names_of(disable))
    with registry.explaining():
        return _prepared(workspace, as_of, ruleset, registry, overrides, edits)


def _prepared(
    workspace: str | Path,
    as_of: date | None,
    ruleset: str | Path | None,
    registry: Registry,
    overrides: Sequence[Override],
    edits: Sequence[Edit],
) -> Prepared:
    opened, at = load_workspace(_folder(Path(workspace)))
    tables = known_tables(registry.tables.values())
    unknown = [name for name in opened.workspace.tables if name not in tables]
    if unknown:
        raise WorkspaceError("unknown_table", at(("tables", unknown[0])), name=unknown[0], known=list(tables))
    _check_period(opened, at)
    loaded = _ruleset(opened, at, ruleset, registry, overrides)
    tables = with_own_columns(tables, loaded)
    plan = resolve(loaded, registry, tables, opened.workspace.period)
    check_columns(registry.columns.values(), registry.origins, tables, plan)
    day = as_of or opened.workspace.as_of
    findings = [] if day else [finding("as_of_today", file="duban.toml", value=date.today().isoformat())]
    corrections = read_corrections(opened.folder / CORRECTIONS_FILE)
    findings += [*_incomplete(loaded), *_plugin_findings(registry), *_registered(opened, corrections)]
    edits = (*corrections.edits, *edits)
    return Prepared(opened, at, loaded, plan, registry, tables, day or date.today(), findings, edits)


def _registered(opened: OpenedWorkspace, corrections: Corrections) -> list[Finding]:
    """Return what is wrong with the registers of corrections and objections."""
    objections, findings = read_objections(opened.folder / OBJECTIONS_FILE)
    return [*corrections.findings, *findings, *without_objection(corrections.lines, objections)]


def _incomplete(loaded: LoadedRuleset) -> list[Finding]:
    """Return one finding with what the rules say that their source leaves open."""
    gaps = loaded.ruleset.incomplete
    place = str(loaded.at(("incomplete",)))
    return [finding("rules_incomplete", file=place, value="；".join(gaps), number=len(gaps))] if gaps else []


def _plugin_findings(registry: Registry) -> list[Finding]:
    """Return a finding for each plugin that is not loaded, or not all of it: the run goes on, but says so."""
    disabled = [finding("plugin_disabled", value=name) for name in registry.disabled]
    partly = {True: "plugin_partly_left_out", False: "plugin_left_out"}
    return disabled + [
        finding(
            partly[name in registry.versions], value=name, reason=fault.what("zh"), reason_en=fault.what("en")
        )
        for name, fault in registry.faults.items()
    ]


def _check_period(opened: OpenedWorkspace, at: Callable[[KeyPath], Position]) -> None:
    """Refuse a period of the workspace by what is no date, at its own place: the ruleset says nothing of it."""
    period = opened.workspace.period
    dates = [name for name, column in CASES.columns.items() if column.type is ColumnType.DATE]
    if period is not None and period.by not in dates:
        raise WorkspaceError("unknown_date_column", at(("period", "by")), name=period.by, known=dates)


def _folder(path: Path) -> Path:
    """Return the folder of a workspace; its `duban.toml` may be named instead."""
    return path.parent if path.name == "duban.toml" and path.is_file() else path


def _ruleset(
    opened: OpenedWorkspace,
    at: Callable[[KeyPath], Position],
    given: str | Path | None,
    registry: Registry,
    overrides: Sequence[Override],
) -> LoadedRuleset:
    period = opened.workspace.period
    first_day = period.start if period else None
    if given is None:
        at_key = at(("ruleset",))
        name = opened.workspace.ruleset
        return load_ruleset(name, opened.folder, at_key, registry.rulesets, first_day, overrides)
    if str(given) in registry.rulesets:
        return load_ruleset(str(given), opened.folder, "--ruleset", registry.rulesets, first_day, overrides)
    path = Path(given)
    root = path.resolve().parent
    return load_ruleset(path.name, root, "--ruleset", registry.rulesets, first_day, overrides)


def check_attributes(
    plan: Plan, departments: Sequence[Department], measures: Collection[str]
) -> list[Finding]:
    """Check the names in department text that only the departments table can explain; `measures` are those that exist.

    Returns a finding for a canonical attribute that the table lacks. Raises: RulesetError, for any other name.
    """
    if not departments:
        return []  # An empty table does not tell what it would have.
    known = {name for department in departments for name in department.attributes}
    usable = {*known, *DEPARTMENTS.columns, *measures}
    findings = []
    for name, clause in plan.attributes:
        if name in ("department", "name") or name in known:
            continue
        if name not in DEPARTMENTS.columns:
            raise RulesetError("unknown_name", place_of(clause, name), name=name, known=usable)
        place = {"table": "departments", "file": str(clause.at), "column": name}
        findings.append(finding("attribute_not_available", **place, clause=clause.text))
    for name in sorted(known & set(plan.uses)):
        raise RulesetError("ambiguous_name", plan.ruleset.id, name=name)
    return findings


def check_named_departments(prepared: Prepared, departments: Sequence[Department]) -> list[Finding]:
    """Return what to know of each `measure_by_department`: who has which measure, and names that no department has.

    Raises: RulesetError, where a criterion calls one department by two names.
    """
    findings = []
    for criterion in prepared.plan.criteria:
        if criterion.rule.measure_by_department:
            findings += _unknown_names(prepared, criterion, departments)
            findings += _own_measures(prepared, criterion, departments)
    return findings


def _unknown_names(
    prepared: Prepared, criterion: PlannedCriterion, departments: Sequence[Department]
) -> list[Finding]:
    keys = criterion.rule.measure_by_department
    for department in departments:
        called = [name for name in dict.fromkeys(department.names) if name in keys]
        if len(called) > 1:
            at = prepared.loaded.at(("criteria", criterion.id, "measure_by_department", called[1]))
            raise RulesetError("named_twice", at, department=department.name, names="、".join(called))
    known = {name for department in departments for name in department.names}
    return [
        finding(
            "rule_names_nobody",
            table="departments",
            file=str(prepared.loaded.at(("criteria", criterion.id, "measure_by_department", name))),
            value=name,
            criterion=criterion.rule.title,
        )
        for name in sorted(keys.keys() - known)
    ]


def _own_measures(
    prepared: Prepared, criterion: PlannedCriterion, departments: Sequence[Department]
) -> list[Finding]:
    """Return the finding that tells how many departments are judged by which measure, none where one serves all."""
    uses = [use for department in departments if (use := criterion.use_for(department)) is not None]
    counted = Counter(use.key for use in uses)
    titles = {use.key: use.measure for use in uses}
    # The most common first; at the same number by id.
    keys = sorted(counted, key=lambda key: (-counted[key], key))
    said = {
        language: separator.join(f"{titles[key].name(language)} {counted[key]}" for key in keys)
        for language, separator in (("zh", "、"), ("en", ", "))
    }
    if len(counted) < 2:
        return []
    at = prepared.loaded.at(("criteria", criterion.id, "measure_by_department"))
    told = {"criterion": Text(criterion.rule.name("zh"), criterion.rule.name("en")), "measures": Text(**said)}
    return [finding("own_measures", file=str(at), value=criterion.rule.title, **told)]
