"""The explanations of a run: made when they are asked for, a department at a time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from duban.describing.telling import Teller
from duban.evaluating import Evaluated
from duban.frames import table
from duban.items import Item

from .explainer import Explainer
from .explanation import Explanation
from .parts import Part
from .returning import Outcome, Returned, Returning
from .saying import Sayer
from .telling import Narrator, Section

if TYPE_CHECKING:
    import pandas as pd


PARTS = ("department", "part", "item", "dimension", "points", "full_points")
REASONS = ("department", "selection", "cause", "reason")


class Explanations(Mapping[str, Explanation]):
    """Why each department stands where it stands, by its id.

    `items` are all rows that measures count, None where the ledger is too large to keep them.
    """

    def __init__(self, evaluated: Evaluated, teller: Teller, items: Sequence[Item] | None = None) -> None:
        self._evaluated, self._teller, self._items = evaluated, teller, items
        self._known: dict[str, Explanation] = {}

    @cached_property
    def sayer(self) -> Sayer:
        """What says numbers and names."""
        names = {department.id: department.name for department in self._evaluated.departments}
        return Sayer(self._teller, names)

    @cached_property
    def narrator(self) -> Narrator:
        """What tells them in the language of the run."""
        return Narrator(self.sayer)

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._evaluated, self.sayer.speech)

    def __getitem__(self, department: str) -> Explanation:
        if department not in self._known:
            self._known[department] = self._explainer.explain(department)
        return self._known[department]

    def __iter__(self) -> Iterator[str]:
        return iter(self._explainer.index)

    def __len__(self) -> int:
        return len(self._evaluated.departments)

    def parts(self) -> Iterator[tuple[str, Sequence[Part]]]:
        """Yield the parts of every total by department, which is all that large runs want of everybody."""
        for name, index in self._explainer.index.items():
            yield name, self._explainer.parts.of(index)

    def frame(self) -> "pd.DataFrame":
        """Return the parts of all totals: department, part, item, dimension, points, full_points."""
        rows = [(name, *part) for name, parts in self.parts() for part in parts]
        return table(PARTS, ((name, kind.value, *rest) for name, kind, *rest in rows))

    def reasons_frame(self) -> "pd.DataFrame":
        """Return why each department is on each list or not: department, selection, cause, reason."""
        judged, departments = self._evaluated.judgement, self._evaluated.departments
        rows = [
            (department.id, name, choice.cause, reason)
            for name in sorted(judged.lists)
            for department, choice, reason in zip(
                departments, judged.lists[name], judged.reasons[name], strict=True
            )
        ]
        return table(REASONS, rows)

    def told(self, department: str) -> list[Section]:
        """Return the answer on a department in sentences, without its cases. Raises: KeyError."""
        return list(self.narrator.sections(self[department]))

    def returning(self, department: str) -> Returning | None:
        """Return what tells which cases cost points, None where the ledger is too large for that."""
        return None if self._items is None else Returning(self._evaluated, self._items, department)

    def cases(self, department: str) -> list[Returned] | None:
        """Return the cases that cost a department points, with what each would give back; None for a large ledger."""
        found = self.returning(department)
        return None if found is None else found.cases()


__all__ = ["Explanation", "Explanations", "Outcome", "Part", "Returned", "Section"]
