"""`duban whatif WORKSPACE`: before and after a change of the rules or the ledger, no file touched."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from duban.texts import Language, phrase

from .commands import common_options, evaluation_options, looks

if TYPE_CHECKING:
    from duban.supposing.causes import Cause
    from duban.supposing.supposition import Supposition
    from duban.supposing.worlds import Place

    from .console import Paper


Texts = Sequence[str]


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def whatif(as_json: bool, sets: Texts, cases: Texts, corrections: Texts, **place: Any) -> int:
        return _whatif(as_json, (sets, cases, corrections), language, place)

    def several(flag: str, name: str, metavar: str, key: str) -> click.Option:
        return click.Option(
            [flag, name], multiple=True, metavar=metavar, help=phrase(f"supposing.{key}", language)
        )

    return click.Command(
        "whatif",
        callback=whatif,
        params=[
            *evaluation_options(language),
            several("--set", "sets", "KEY=VALUE", "option_set"),
            several("--case", "cases", "CASE.COLUMN=VALUE", "option_case"),
            several("--corrections", "corrections", "FILE", "option_corrections"),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=phrase("differences.option_json", language)
            ),
            *common_options(language),
        ],
        help=phrase("supposing.help", language),
        short_help=phrase("supposing.short", language),
        **looks(language),
    )


def _whatif(
    as_json: bool, said: tuple[Texts, Texts, Texts], language: Language, place: dict[str, Any]
) -> int:
    from duban.errors import Stopped, UsageError
    from duban.supposing.telling import as_data
    from duban.supposing.worlds import Place

    from .console import Paper
    from .findings_view import show_kinds

    if not any(said):
        raise UsageError("whatif_nothing")
    paper = Paper(language)
    try:
        causes, made = _supposed(Place(**place), *said, language)
    except Stopped as stopped:
        show_kinds(Paper(language, aside=as_json), stopped.findings, place["disable"])
        raise
    if as_json:
        click.echo(json.dumps(as_data(made, language), ensure_ascii=False, indent=1))
    else:
        _show(paper, causes, made, place["disable"])
    return 0


def _supposed(
    place: "Place", sets: Texts, cases: Texts, corrections: Texts, language: Language
) -> tuple[Sequence["Cause"], "Supposition"]:
    from duban.supposing.causes import of_cases, of_corrections, of_rules
    from duban.supposing.supposition import suppose
    from duban.supposing.worlds import known_edits

    causes = [*of_rules(sets), *of_cases(cases)]
    known = known_edits(place) if corrections else ()
    causes += [of_corrections(file, known) for file in dict.fromkeys(corrections)]
    return causes, suppose(place, causes, language)


def _show(paper: "Paper", causes: Sequence["Cause"], made: "Supposition", disable: tuple[str, ...]) -> None:
    from duban.supposing.telling import say, title

    from .moves_view import MovesView

    for cause in causes:
        paper.text(say("supposed", paper.language, text=title(cause, paper.language)), "bold")
    moved = [move for move in made.moves if move.is_moved]
    rules = [side.prepared.plan.ruleset for side in (made.before, made.after)]
    view = MovesView(paper, {cause.part: title(cause, paper.language) for cause in made.causes}, rules)
    paper.gap()
    if moved:
        view.table(say("heading", paper.language, count=len(moved)), moved)
        if len(moved) < len(made.moves):
            paper.text(say("unmoved", paper.language, count=len(made.moves) - len(moved)))
    else:
        paper.text(say("nobody", paper.language))
    _show_changed(paper, made)
    if moved and len(causes) > 1:
        if made.split is None:
            paper.text(say("not_split", paper.language))
        else:
            count = made.split.evaluations
            view.parts(moved, phrase(f"differences.split_{made.split.method}", paper.language, count=count))
    _show_arising(paper, made, disable)
    paper.gap()
    paper.text(say("nothing_written", paper.language))


def _show_changed(paper: "Paper", made: "Supposition") -> None:
    """Print, for each department whose cases were changed, the criteria that are counted or worth something else."""
    from itertools import groupby

    from duban.supposing.telling import cells, say

    columns = [
        (say(f"column_{key}", paper.language), key != "criterion")
        for key in ("criterion", "counted", "value", "points")
    ]
    for department, changed in groupby(made.changed, key=lambda item: item.department):
        rows = [cells(item, made, paper.language) for item in changed]
        paper.gap()
        paper.table(say("concerned", paper.language, name=department.name), columns, rows)


def _show_arising(paper: "Paper", made: "Supposition", disable: tuple[str, ...]) -> None:
    from duban.findings import findings_frame
    from duban.supposing.telling import say

    from .findings_view import show_kinds

    if made.arising:
        paper.gap()
        paper.text(say("arising", paper.language, count=len(made.arising)))
        show_kinds(paper, findings_frame(made.arising, paper.language), disable)
