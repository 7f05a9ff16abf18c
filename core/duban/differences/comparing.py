"""Two rulesets compared by meaning, and on a ledger if there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duban.describing.opening import Opened, open_ruleset
from duban.ruleset import Period
from duban.texts import Language

from .ledger import Ledger, prepare_both
from .meaning import Change, changes
from .moves import Backtest, backtest
from .parts import Parts, parts_of


@dataclass(frozen=True)
class Comparison:
    """Two rulesets and every difference between them."""

    old: Opened
    new: Opened
    found: list[Change]

    @property
    def in_meaning(self) -> list[Change]:
        """The differences that a number or a list may depend on."""
        return [change for change in self.found if not change.is_worded]

    @property
    def in_words(self) -> list[Change]:
        """The differences of titles, sources and the like."""
        return [change for change in self.found if change.is_worded]


@dataclass(frozen=True)
class Tested:
    """A ledger under both rulesets: the day and the period, the same for both, and the parts of its moves."""

    workspace: str
    as_of: date
    period: Period | None
    parts: Parts
    made: Backtest


def compare(old: str, new: str, disable: Iterable[str] = ()) -> Comparison:
    """Compare two rulesets, each the id of an installed one, a file or a folder. Raises: DubanError."""
    left, right = (open_ruleset(name, disable) for name in (old, new))
    return Comparison(left, right, changes(left.plan, right.plan))


def judged_by_both(
    workspace: str | Path, both: Comparison, as_of: date | None, disable: tuple[str, ...], language: Language
) -> Tested:
    """Judge the ledger of a workspace under both rulesets and split what differs.

    Raises: Stopped, where findings stop it; DubanError.
    """
    old, new = prepare_both(workspace, both.old, both.new, as_of, disable)
    parts = parts_of(changes(old.plan, new.plan), old.plan, new.plan)
    ledger = Ledger(old, new, parts, language)
    ledger.check()
    made = backtest(old.plan, new.plan, parts, ledger.counted)
    title = new.opened.workspace.title or str(workspace)
    return Tested(title, new.as_of, new.plan.period, parts, made)
