"""How moves stand in the terminal: where each department was and is, and what moved it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from duban.differences.parts import Part
from duban.differences.standpoints import Move, Shares, Standpoint
from duban.exact import fixed
from duban.ruleset import Ruleset
from duban.texts import phrase

from .console import Paper, shown_number

PLACES = 2


class MovesView:
    """Shows moves; `titles` are those of the parts, groups and lists are called as the last ruleset says that has them."""

    def __init__(self, paper: Paper, titles: Mapping[Part, str], rules: Sequence[Ruleset]) -> None:
        self._paper, self._titles = paper, titles
        self._separator = phrase("describing.semicolon", paper.language)
        self._groups, self._lists = (
            {
                name: item.name(paper.language)
                for rule in rules
                for name, item in getattr(rule, section).items()
            }
            for section in ("groups", "selections")
        )

    def _say(self, key: str, **facts: object) -> str:
        return phrase(f"differences.{key}", self._paper.language, **facts)

    def table(self, heading: str, moves: Iterable[Move]) -> None:
        """Print the table of moves by rank."""
        numbers = {"rank": True, "total": True, "move": True}
        keys = ("group", "rank", "department", "total", "move", "lists")
        columns = [(self._say(f"column_{key}"), numbers.get(key, False)) for key in keys]
        self._paper.table(heading, columns, [self._row(move) for move in sorted(moves, key=_place_in_table)])

    def parts(self, moves: Iterable[Move], how: str) -> None:
        """Print how moves were split, and the parts of each, the largest first."""
        largest = sorted(moves, key=_size, reverse=True)
        moved = [(move, lines) for move in largest if (lines := list(self._parts(move)))]
        self._paper.gap()
        if not moved:
            self._paper.text(self._say("no_move"))
            return
        self._paper.text(how)
        self._paper.text(self._say("split_shown"))
        for move, lines in moved:
            self._paper.gap()
            self._paper.text(move.department.name, "bold")
            for line in lines:
                self._paper.text(f"  {line}")

    def _row(self, move: Move) -> list[str]:
        before, after = move.before, move.after
        return [
            self._both(*(self._groups.get(side.group, "") for side in (before, after))),
            self._both(*("—" if side.rank is None else str(side.rank) for side in (before, after))),
            move.department.name,
            self._both(*(shown_number(side.total, PLACES) for side in (before, after))),
            signed(_moved(move)),
            self._separator.join(self._entries(before, after)),
        ]

    def _both(self, before: str, after: str) -> str:
        return after if before == after else self._say("before_after", before=before, after=after)

    def _entries(self, before: Standpoint, after: Standpoint) -> Iterator[str]:
        for name, title in self._lists.items():
            if (name in before.lists) != (name in after.lists):
                yield self._say("enters" if name in after.lists else "leaves", name=title)

    def _parts(self, move: Move) -> Iterator[str]:
        """Yield what moved the total, also where it cancels out, the rank, and who is on a list."""
        if any(move.total.values()):
            yield self._split("split_total", move.total)
        if _sum(move.rank.values()):
            yield self._split("split_rank", move.rank)
        for name, shares in move.lists.items():
            if _sum(shares.values()):
                yield self._split("split_list", shares, name=self._lists.get(name, name))

    def _split(self, key: str, shares: Shares, **facts: str) -> str:
        """Return the shares, the largest first; those that round to nothing are told together."""
        ordered = sorted(shares.items(), key=lambda item: (-abs(item[1]), item[0]))
        told = [f"{self._titles[part]} {signed(share)}" for part, share in ordered if _is_seen(share)]
        rest = [share for share in shares.values() if share and not _is_seen(share)]
        if rest:
            told.append(self._say("rest", count=len(rest), number=signed(_sum(rest))))
        return self._say(key, number=signed(_sum(shares.values())), parts=self._separator.join(told), **facts)


def _place_in_table(move: Move) -> tuple[Any, ...]:
    after = move.after
    return after.group, after.rank is None, after.rank or 0, move.department.name


def _size(move: Move) -> tuple[Fraction, Fraction]:
    return abs(_sum(move.rank.values())), abs(_moved(move))


def _moved(move: Move) -> Fraction:
    return (move.after.total or Fraction(0)) - (move.before.total or Fraction(0))


def _sum(shares: Iterable[Fraction]) -> Fraction:
    return sum(shares, Fraction(0))


def _is_seen(share: Fraction) -> bool:
    return signed(share).strip("+-0.") != ""


def signed(number: Fraction) -> str:
    """Return a move with its sign, rounded as the tables show it."""
    shown = fixed(number, PLACES)
    return f"+{shown}" if number > 0 else shown
