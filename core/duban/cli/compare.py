"""`duban compare A B`: who moved between two runs, and what moved them."""

import json
from typing import TYPE_CHECKING

import click

from duban.texts import Language, phrase

from .commands import common_options, disable_option, looks

if TYPE_CHECKING:
    from duban.comparing.comparison import Comparison

    from .console import Paper


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def compare(old: str, new: str, as_json: bool, disable: tuple[str, ...]) -> int:
        return _compare(old, new, as_json, disable, language)

    return click.Command(
        "compare",
        callback=compare,
        params=[
            click.Argument(["old"], metavar="A"),
            click.Argument(["new"], metavar="B"),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=phrase("differences.option_json", language)
            ),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("comparing.help", language),
        short_help=phrase("comparing.short", language),
        **looks(language),
    )


def _compare(old: str, new: str, as_json: bool, disable: tuple[str, ...], language: Language) -> int:
    from duban.comparing.comparison import compare
    from duban.comparing.opening import open_side
    from duban.comparing.telling import as_data
    from duban.errors import Stopped

    from .console import Paper
    from .findings_view import show_kinds

    paper = Paper(language)
    try:
        made = compare(open_side(old, disable, language), open_side(new, disable, language))
    except Stopped as stopped:
        show_kinds(Paper(language, aside=as_json), stopped.findings, disable)
        raise
    if as_json:
        click.echo(json.dumps(as_data(made, language), ensure_ascii=False, indent=1))
    else:
        _show(paper, made)
    return 0


def _show(paper: "Paper", made: "Comparison") -> None:
    from duban.comparing.comparison import CAUSES
    from duban.comparing.telling import cause_title, differences, say, side_title

    from .moves_view import MovesView

    language = paper.language
    for mark, side in zip("AB", (made.old, made.new), strict=True):
        paper.text(f"{mark}  {side_title(side, language)}")
    for sentence in differences(made, language):
        paper.text(f"· {sentence}")
    paper.gap()
    moved = [move for move in made.moves if move.is_moved]
    if not moved:
        paper.text(say("nobody", language))
        return
    rules = [side.rules.loaded.ruleset for side in (made.old, made.new)]
    titles = {part: cause_title(part[0], language) for part in CAUSES}
    view = MovesView(paper, titles, rules)
    view.table(say("heading", language, count=len(moved)), moved)
    if len(moved) < len(made.moves):
        paper.text(say("unmoved", language, count=len(made.moves) - len(moved)))
    if made.obstacle is None:
        view.parts(moved, say("split", language, count=made.evaluations))
    else:
        paper.text(say("not_split", language, reason=made.obstacle.line(language)))
