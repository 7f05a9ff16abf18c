"""What every spreadsheet format has in common: which sheet is read, and how a value becomes text."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from duban.errors import InputError, Position, WorkspaceError


def choose_sheet(
    names: Sequence[str], visible: Sequence[str], sheet: str | None, shown: str, at: Position | str
) -> str:
    """Return the sheet to read: the named one, or the first visible one.

    Raises: WorkspaceError, for a name that the file lacks; InputError, for a file without a visible sheet.
    """
    if sheet is None:
        if not visible:
            raise InputError("no_visible_sheet", shown, known=names)
        return visible[0]
    exact = [name for name in names if name == sheet]
    alike = [name for name in names if name.strip() == sheet.strip()]
    if not exact and not alike:
        raise WorkspaceError("unknown_sheet", at, name=sheet, file=shown, known=names)
    return (exact or alike)[0]


def as_text(value: object) -> str | None:
    """Return a cell's value as text: ISO dates, whole numbers without a point, no exponents, TRUE and FALSE."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
