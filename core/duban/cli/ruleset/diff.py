"""`duban ruleset diff OLD NEW`: what differs in meaning, and what each difference does to a ledger."""

import json
from datetime import date
from typing import TYPE_CHECKING

import click

from duban.cli.commands import Day, common_options, disable_option, looks
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.cli.console import Paper
    from duban.differences.comparing import Comparison, Tested
    from duban.differences.telling import Narrator
    from duban.errors import Position


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
        _show_moves(paper, both, tested, narrator)
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


def _show_moves(paper: "Paper", both: "Comparison", tested: "Tested", narrator: "Narrator") -> None:
    """Show where each department stands before and after, and what moved it."""
    from duban.cli.moves_view import MovesView

    paper.gap()
    if (period := tested.period) is not None:
        start, end = period.start.isoformat(), period.end.isoformat()
        paper.text(narrator.say("backtest_period", start=start, end=end, by=narrator.column(period.by)))
    titles = {part: narrator.title(part) for part in tested.parts.changes}
    view = MovesView(paper, titles, [side.loaded.ruleset for side in (both.old, both.new)])
    heading = narrator.say("backtest", workspace=tested.workspace, as_of=tested.as_of.isoformat())
    view.table(heading, tested.made.moves)
    split = tested.made.split
    view.parts(tested.made.moves, narrator.say(f"split_{split.method}", count=split.evaluations))
