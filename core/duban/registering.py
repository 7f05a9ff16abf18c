"""Adding to the register of corrections: only what can be made is written down, with the old value from the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from unicodedata import category

from .corrections import (
    CORRECTIONS_FILE,
    WITHDRAWAL,
    Correction,
    Edit,
    add_corrections,
    read_corrections,
)
from .errors import UsageError, raise_all
from .findings import Finding
from .pipeline import measured
from .preparing import Prepared, prepare
from .registers import flat
from .terms import Severity
from .texts import Text

# Lines that are not written yet are told apart from those that are.
_DRAFTS = 1_000_000_000
# Control characters, which some programs drop from a file, and halves of characters.
_UNWRITABLE = ("Cc", "Cs")


class Ground(NamedTuple):
    """What a correction rests on: the reason is each edit's own; who makes it, when, and for which objection."""

    reason: str
    evidence: str
    by: str
    on: str
    objection: str = ""


@dataclass(frozen=True)
class Registered:
    """What was written: where, the lines added with their old values, and the SHA-256 of the last."""

    path: Path
    lines: Sequence[Correction]
    head: str


def register(
    workspace: str | Path,
    edits: Sequence[Edit],
    ground: Ground,
    into: Path | None = None,
    disable: Iterable[str] = (),
) -> Registered:
    """Add corrections to the workspace's register, or to the one at `into`, which no run heeds.

    Raises: UsageError, for what could not be made or would change nothing; InputError and OutputError, for the register.
    """
    _refuse_unwritable(ground, edits)
    prepared = prepare(workspace, None, None, (), disable)
    path = into or prepared.opened.folder / CORRECTIONS_FILE
    before = read_corrections(path)
    _refuse(before.findings)
    known = [] if into is None else before.edits
    drafts = [replace(edit, line=_DRAFTS + number, why=ground.reason) for number, edit in enumerate(edits)]
    found = measured(replace(prepared, edits=(*prepared.edits, *known, *drafts))).findings
    _refuse(item for item in found if item.table == "corrections")
    held = {item.row: str(item.facts["old"]) for item in found if item.code == "correction_applied"}
    lines = [_line(replace(edit, old=held[edit.line]), ground) for edit in drafts]
    _refuse_idle(lines)
    head = add_corrections(path, before, lines)
    return Registered(path, lines, head)


def withdraw(
    workspace: str | Path, line: int, ground: Ground, into: Path | None = None, disable: Iterable[str] = ()
) -> Registered:
    """Add a line that takes an earlier correction back.

    Raises: UsageError, where no such correction holds, or a later one rests on it; InputError and OutputError.
    """
    _refuse_unwritable(ground, ())
    prepared = prepare(workspace, None, None, (), disable)
    path = into or prepared.opened.folder / CORRECTIONS_FILE
    before = read_corrections(path)
    _refuse(before.findings)
    known = [correction.edit.line for correction in before.lines]
    if line not in known:
        raise UsageError(
            "correction_not_there", path.name, name=str(line), known=[str(item) for item in known]
        )
    others = () if into is None else prepared.edits
    kept = [edit for edit in before.edits if edit.line != line]
    wrong = {item.row for item in _errors(prepared, (*others, *before.edits))}
    # One that could not be made anyway is no hindrance: it may be the next to be taken back.
    _refuse(item for item in _errors(prepared, (*others, *kept)) if item.row not in wrong)
    edit = Edit(WITHDRAWAL, {"_row": str(line)}, "—", "", "", why=ground.reason)
    lines = [_line(edit, ground)]
    return Registered(path, lines, add_corrections(path, before, lines))


def _refuse_unwritable(ground: Ground, edits: Iterable[Edit]) -> None:
    """Refuse what would spoil the register: a line without its ground, and characters that no csv file carries."""
    for name in ("reason", "evidence", "by", "on"):
        if not flat(getattr(ground, name)):
            raise UsageError("correction_ground_blank", f"--{name}")
    cells = [text for edit in edits for text in (*edit.key, *edit.key.values(), edit.column, edit.new)]
    for text in (*ground, *cells):
        if any(category(char) in _UNWRITABLE and not char.isspace() for char in text):
            raise UsageError("correction_text_unwritable", value=text)


def _errors(prepared: Prepared, edits: Sequence[Edit]) -> list[Finding]:
    found = measured(replace(prepared, edits=edits)).findings
    return [item for item in found if item.table == "corrections" and item.severity is Severity.ERROR]


def _line(edit: Edit, ground: Ground) -> Correction:
    return Correction(edit, ground.evidence, ground.by, ground.on, ground.objection)


def _refuse(findings: Iterable[Finding]) -> None:
    """Refuse with what stands in the way."""
    wrong = [item for item in findings if item.severity is Severity.ERROR]
    raise_all([UsageError("correction_refused", _place(item), reason=_reason(item)) for item in wrong])


def _reason(item: Finding) -> Text:
    return Text(item.sentences("zh")[0], item.sentences("en")[0])


def _place(item: Finding) -> str:
    return f"{item.file}:{item.row}" if item.row is not None and item.row < _DRAFTS else ""


def _refuse_idle(lines: Sequence[Correction]) -> None:
    for line in lines:
        if line.edit.old == line.edit.new:
            raise UsageError("correction_changes_nothing", column=line.edit.column, value=line.edit.new)
