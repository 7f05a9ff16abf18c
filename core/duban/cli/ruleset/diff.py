"""`duban ruleset diff OLD NEW`: what differs in meaning, and what each difference does to a ledger."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from duban.cli.commands import Day, common_options, disable_option, looks
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.cli.console import Paper
    from duban.differences.comparing import Comparison, Tested
    from duban.differences.moves import Move, Shares, Standpoint
    from duban.differences.telling import Narrator
    from duban.errors import Position

PLACES = 2


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def diff(
        old: str, new: str, as_json: bool, cases: str | None, as_of: date | None, disable: tuple[str, ...]
    ) -> int:
        if as_of is not None and cases is None:
            raise click.UsageError(phrase("differences.as_of_alone", language))
        return _diff(old, new, as_json, cases, as_of, disable, language)

    return click.Command(
        "diff",
        callback=diff,
        params=[
            click.Argument(["old"], metavar="OLD"),
            click.Argument(["new"], metavar="NEW"),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=phrase("differences.option_json", language)
            ),
            click.Option(["--cases"], metavar="WORKSPACE", help=phrase("differences.option_cases", language)),
            click.Option(
                ["--as-of"],
                type=Day(language),
                metavar="DATE",
                help=phrase("differences.option_as_of", language),
            ),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("differences.diff", language),
        short_help=phrase("differences.diff_short", language),
        **looks(language),
    )


def _diff(
    old: str,
    new: str,
    as_json: bool,
    cases: str | None,
    as_of: date | None,
    disable: tuple[str, ...],
    language: Language,
) -> int:
    from duban.cli.console import Paper
    from duban.differences.comparing import compare
    from duban.differences.listing import as_data
    from duban.differences.telling import Narrator

    both = compare(old, new, disable)
    narrator, paper = Narrator(both.old, both.new, language), Paper(language)
    tested = None if cases is None else _tested(cases, both, as_of, disable, None if as_json else paper)
    if as_json:
        click.echo(json.dumps(as_data(both, tested, narrator), ensure_ascii=False, indent=1))
        return 0
    _show_changes(paper, both, narrator)
    if tested is not None:
        _Moves(paper, both, tested, narrator).show()
    return 0


def _tested(
    cases: str, both: "Comparison", as_of: date | None, disable: tuple[str, ...], paper: "Paper | None"
) -> "Tested":
    from duban.cli.findings_view import show_kinds
    from duban.differences.comparing import judged_by_both
    from duban.errors import Stopped

    try:
        return judged_by_both(cases, both, as_of, disable, paper.language if paper else "zh")
    except Stopped as stopped:
        if paper is not None:
            show_kinds(paper, stopped.findings, disable)
        raise


def _show_changes(paper: "Paper", both: "Comparison", narrator: "Narrator") -> None:
    rules = [side.loaded.ruleset for side in (both.old, both.new)]
    titles = [rule.name(paper.language) for rule in rules]
    paper.text(narrator.say("compared", old=titles[0], old_id=rules[0].id, new=titles[1], new_id=rules[1].id))
    if not both.in_meaning:
        paper.text(narrator.say("only_words" if both.in_words else "no_change"))
    columns = [(narrator.say(f"column_{key}"), False) for key in ("rule", "change", "old_at", "new_at")]
    for key, found in (("changes", both.in_meaning), ("words", both.in_words)):
        rows = [
            [told.title, told.says, _place(told.old_at), _place(told.new_at)] for told in narrator.told(found)
        ]
        if rows:
            paper.gap()
            paper.table(narrator.say(key, count=len(rows)), columns, rows)


def _place(at: "Position | None") -> str:
    return "—" if at is None else str(at._replace(column=None))


class _Moves:
    """Shows where each department stands before and after, and what moved it."""

    def __init__(self, paper: "Paper", both: "Comparison", tested: "Tested", narrator: "Narrator") -> None:
        self._paper, self._tested, self._say = paper, tested, narrator.say
        self._separator = phrase("describing.semicolon", paper.language)
        self._titles = {part: narrator.title(part) for part in tested.parts.changes}
        rules = [side.loaded.ruleset for side in (both.old, both.new)]
        self._groups, self._lists = (
            {
                name: item.name(paper.language)
                for rule in rules
                for name, item in getattr(rule, section).items()
            }
            for section in ("groups", "selections")
        )

    def show(self) -> None:
        """Print the table of moves by rank, then the parts of each, the largest move first."""
        moves = sorted(self._tested.made.moves, key=_place_in_table)
        numbers = {"rank": True, "total": True, "move": True}
        keys = ("group", "rank", "department", "total", "move", "lists")
        columns = [(self._say(f"column_{key}"), numbers.get(key, False)) for key in keys]
        heading = self._say(
            "backtest", workspace=self._tested.workspace, as_of=self._tested.as_of.isoformat()
        )
        self._paper.gap()
        if (period := self._tested.period) is not None:
            start, end = period.start.isoformat(), period.end.isoformat()
            self._paper.text(self._say("backtest_period", start=start, end=end, by=period.by))
        self._paper.table(heading, columns, [self._row(move) for move in moves])
        largest = sorted(moves, key=_size, reverse=True)
        moved = [(move, lines) for move in largest if (lines := list(self._parts(move)))]
        self._paper.gap()
        if not moved:
            self._paper.text(self._say("no_move"))
            return
        split = self._tested.made.split
        self._paper.text(self._say(f"split_{split.method}", count=split.evaluations))
        self._paper.text(self._say("split_shown"))
        for move, lines in moved:
            self._paper.gap()
            self._paper.text(move.department.name, "bold")
            for line in lines:
                self._paper.text(f"  {line}")

    def _row(self, move: "Move") -> list[str]:
        from duban.cli.console import shown_number

        before, after = move.before, move.after
        return [
            self._both(*(self._groups.get(side.group, "") for side in (before, after))),
            self._both(*("—" if side.rank is None else str(side.rank) for side in (before, after))),
            move.department.name,
            self._both(*(shown_number(side.total, PLACES) for side in (before, after))),
            _signed(_moved(move)),
            self._separator.join(self._entries(before, after)),
        ]

    def _both(self, before: str, after: str) -> str:
        return after if before == after else self._say("before_after", before=before, after=after)

    def _entries(self, before: "Standpoint", after: "Standpoint") -> Iterator[str]:
        for name, title in self._lists.items():
            if (name in before.lists) != (name in after.lists):
                yield self._say("enters" if name in after.lists else "leaves", name=title)

    def _parts(self, move: "Move") -> Iterator[str]:
        """Yield what moved the total, also where it cancels out, the rank, and who is on a list."""
        if any(move.total.values()):
            yield self._split("split_total", move.total)
        if _sum(move.rank.values()):
            yield self._split("split_rank", move.rank)
        for name, shares in move.lists.items():
            if _sum(shares.values()):
                yield self._split("split_list", shares, name=self._lists.get(name, name))

    def _split(self, key: str, shares: "Shares", **facts: str) -> str:
        """Return the shares, the largest first; those that round to nothing are told together."""
        ordered = sorted(shares.items(), key=lambda item: (-abs(item[1]), item[0]))
        told = [f"{self._titles[part]} {_signed(share)}" for part, share in ordered if _is_seen(share)]
        rest = [share for share in shares.values() if share and not _is_seen(share)]
        if rest:
            told.append(self._say("rest", count=len(rest), number=_signed(_sum(rest))))
        return self._say(
            key, number=_signed(_sum(shares.values())), parts=self._separator.join(told), **facts
        )


def _place_in_table(move: "Move") -> tuple[Any, ...]:
    after = move.after
    return after.group, after.rank is None, after.rank or 0, move.department.name


def _size(move: "Move") -> tuple[Fraction, Fraction]:
    return abs(_sum(move.rank.values())), abs(_moved(move))


def _moved(move: "Move") -> Fraction:
    return (move.after.total or Fraction(0)) - (move.before.total or Fraction(0))


def _sum(shares: Iterable[Fraction]) -> Fraction:
    return sum(shares, Fraction(0))


def _is_seen(share: Fraction) -> bool:
    return _signed(share).strip("+-0.") != ""


def _signed(number: Fraction) -> str:
    from duban.exact import fixed

    shown = fixed(number, PLACES)
    return f"+{shown}" if number > 0 else shown
