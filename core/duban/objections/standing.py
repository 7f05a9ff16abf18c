"""Where the objections of a workspace stand on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duban.corrections import CORRECTIONS_FILE, read_corrections
from duban.findings import Finding
from duban.objecting import OBJECTIONS_FILE, Clock, Objection, clock_of, read_objections
from duban.preparing import prepare


@dataclass(frozen=True)
class Standing:
    """The register with the clock that holds for it; `corrected` is number → corrections made for that objection."""

    objections: Sequence[Objection]
    clock: Clock
    corrected: dict[str, int]
    findings: Sequence[Finding]


def standing(workspace: str | Path, disable: Iterable[str] = ()) -> Standing:
    """Read the register of objections and what the ruleset says of their clock.

    Raises: DubanError.
    """
    prepared = prepare(workspace, date.today(), None, (), disable)
    folder = prepared.opened.folder
    objections, findings = read_objections(folder / OBJECTIONS_FILE)
    clock = clock_of(prepared.plan.ruleset.objections, prepared.opened.workspace.published_on, folder)
    corrected: dict[str, int] = {}
    for line in read_corrections(folder / CORRECTIONS_FILE).lines:
        corrected[line.objection] = corrected.get(line.objection, 0) + 1
    return Standing(objections, clock, corrected, findings)
