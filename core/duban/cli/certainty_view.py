"""How sure the lists are, in a line or two a list: who is undecided, and what the weights decide."""

from fractions import Fraction

import pandas as pd

from duban.certainty.certainty import Verdict
from duban.certainty.weights import RANGE
from duban.record import Run

from .console import Paper, shown_number

SHOWN_NAMES = 8


def show_certainty(paper: Paper, run: Run) -> None:
    """Print for each list how many are firmly in, firmly out and undecided, and whether moved weights change it."""
    if run.certainty is None or run.ranking.empty:
        return
    rows, weights = run.certainty.frame, run.certainty.weights_frame
    for selection, rule in run.ruleset.selections.items():
        title, mine = rule.name(paper.language), rows[rows["selection"] == selection]
        if run.certainty.number:
            _show_verdicts(paper, title, mine)
        else:
            paper.line("certainty_nothing_drawn", title=title)
        _show_weights(paper, run, title, mine, weights[weights["selection"] == selection])


def _show_verdicts(paper: Paper, title: str, rows: pd.DataFrame) -> None:
    counts = {verdict.value: int((rows["verdict"] == verdict.value).sum()) for verdict in Verdict}
    undecided = rows[rows["verdict"] == Verdict.UNDECIDED.value]
    names = _named(paper, undecided.sort_values(["probability", "department"], ascending=[False, True]))
    key = "certainty" if len(undecided) else "certainty_decided"
    paper.text(paper.say(key, title=title, names=names, **counts))


def _named(paper: Paper, rows: pd.DataFrame, share: str = "probability") -> str:
    shown = [f"{name} {_percent(part)}" for name, part in zip(rows["name"], rows[share], strict=True)]
    return paper.say("comma").join(shown[:SHOWN_NAMES]) + (" …" if len(shown) > SHOWN_NAMES else "")


def _percent(share: Fraction) -> str:
    """Return a share as whole percent; only what is certain is 0 or 100."""
    rounded = min(max(share, Fraction(1, 100)), Fraction(99, 100)) if 0 < share < 1 else share
    return f"{shown_number(100 * rounded, 0)}%"


def _show_weights(paper: Paper, run: Run, title: str, rows: pd.DataFrame, weights: pd.DataFrame) -> None:
    """Print who comes or goes when the weights move, and the criterion that decides most."""
    moved = f"{shown_number(100 * RANGE, 0)}%"
    changes = rows[(rows["stays"] > 0) & (rows["stays"] < 1)]
    names = _named(paper, changes.sort_values(["stays", "department"], ascending=[False, True]), "stays")
    paper.line("weights_move" if len(changes) else "weights_keep", title=title, range=moved, names=names)
    deciding = weights[weights["without"] > 0].sort_values(
        ["without", "places", "criterion"], ascending=[False, False, True]
    )
    if len(deciding):
        first = deciding.iloc[0]
        criterion = run.ruleset.criteria[first["criterion"]].name(paper.language)
        paper.line("weights_drive", criterion=criterion, count=int(first["without"]))
