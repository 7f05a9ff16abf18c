"""What is supposed: a value of the rules, a cell of the ledger, a file of corrections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duban.corrections import ALWAYS_STOP, Edit, read_corrections
from duban.differences.parts import Part
from duban.errors import InputError, Stopped, UsageError
from duban.findings import findings_frame
from duban.overriding import Override, read_override
from duban.tables import CASES

# `2024-0123.result_rating=satisfied`, with `@department` and `@role` where the number alone means several rows.
_CASE = re.compile(r"\s*(?P<who>.+?)\.(?P<column>[^.=@]+)=(?P<value>.*)", re.DOTALL)
_KEY = ("case_id", "department", "role")


@dataclass(frozen=True)
class Cause:
    """One thing that is supposed: it changes the rules or the ledger, and has a share in every move."""

    part: Part
    overrides: tuple[Override, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def name(self) -> str:
        """What somebody wrote: the value and where it goes, or the file."""
        return self.part[1]


def of_rules(texts: Sequence[str]) -> list[Cause]:
    """Return a cause for each `--set KEY=VALUE`. Raises: RulesetError."""
    overrides = [read_override(text) for text in dict.fromkeys(texts)]
    return [Cause(("set", override.text), overrides=(override,)) for override in overrides]


def of_cases(texts: Sequence[str]) -> list[Cause]:
    """Return a cause for each `--case CASE[@DEPARTMENT[@ROLE]].COLUMN=VALUE`. Raises: UsageError."""
    return [Cause(("case", text), edits=(_edit(text),)) for text in dict.fromkeys(texts)]


def _edit(text: str) -> Edit:
    found = _CASE.fullmatch(text)
    names = found["who"].split("@") if found is not None else []
    if found is None or len(names) > len(_KEY) or not all(name.strip() for name in names):
        raise UsageError("whatif_case_form", f"--case {text}")
    key = {column: name.strip() for column, name in zip(_KEY, names, strict=False)}
    return Edit(CASES.name, key, found["column"].strip(), found["value"].strip())


def of_corrections(file: str | Path, known: Sequence[Edit]) -> Cause:
    """Return the cause of a file like `corrections.csv`; a copy of the workspace's own adds what follows `known`.

    Raises: InputError, for a file that cannot be read; Stopped, where a line or the chain of hashes is broken.
    """
    path = Path(file)
    if not path.is_file():
        raise InputError("file_not_found", str(file))
    read = read_corrections(path)
    broken = [item for item in read.findings if item.code in ALWAYS_STOP]
    if broken:
        raise Stopped(str(file), len(broken), findings_frame(broken), "whatif_corrections_broken")
    edits = read.edits
    shared = len(known) if edits[: len(known)] == list(known) else 0
    return Cause(("corrections", str(file)), edits=tuple(edits[shared:]))


def together(causes: Sequence[Cause]) -> list[Cause]:
    """Return the causes of one kind as one: those that only make sense together, or are too many to split."""
    made = []
    for kind in sorted({cause.part[0] for cause in causes}):
        of_kind = [cause for cause in causes if cause.part[0] == kind]
        made.append(
            Cause(
                (kind, "" if len(of_kind) > 1 else of_kind[0].name),
                tuple(item for cause in of_kind for item in cause.overrides),
                tuple(item for cause in of_kind for item in cause.edits),
            )
        )
    return made
