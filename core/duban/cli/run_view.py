"""How a run stands in the terminal: the ranking, who is not in it, the lists, and what to know about the data."""

from fractions import Fraction

import pandas as pd
from rich.cells import cell_len

from duban.record import Run
from duban.terms import Standing

from .certainty_view import show_certainty
from .console import Paper, shown_number
from .findings_view import show_counts
from .rates_view import show_rates

SHOWN_ROWS = 50
SHOWN_UNRANKED = 20
# Rank, name, total, grade and whether selected, with a name on two or three lines.
OTHER_COLUMNS = 34


def show_run(paper: Paper, run: Run, disable: tuple[str, ...] = ()) -> None:
    """Print everything that the user of the list wants to see first."""
    paper.text(run.title, "bold")
    paper.line(
        "made_by", ruleset=run.ruleset.name(paper.language), id=run.ruleset.id, as_of=run.as_of.isoformat()
    )
    paper.gap()
    if run.ruleset.ranking.within == "all":
        _show_group(paper, run, "", run.ranking.sort_values(["rank", "department"]))
    else:
        for group in _groups(run):
            _show_group(paper, run, group, run.ranking[run.ranking["group"] == group])
    _show_unranked(paper, run)
    _show_selections(paper, run)
    show_certainty(paper, run)
    show_rates(paper, run)
    paper.gap()
    _show_responses(paper, run)
    # Who reads a criterion's counts as one column must know that they are not.
    for message in run.findings.loc[run.findings["code"] == "own_measures", "message"]:
        paper.text(message)
    show_counts(paper, run.findings, disable)
    if run.out is not None:
        paper.line("files", out=run.out)
        _show_blanks(paper, run)


def _show_blanks(paper: Paper, run: Run) -> None:
    """Name what the office has not said and its documents now leave blank."""
    blanks = run.report.blanks()
    if blanks and run.out is not None and (run.out / "circular.docx").exists():
        names = paper.say("comma").join(
            paper.say("blank", name=paper.say(f"blank_{key}"), place=key) for key in blanks
        )
        paper.line("blanks", names=names)


def _groups(run: Run) -> list[str]:
    """Return the groups in the order of the ruleset; one without a rule comes last."""
    present = sorted(set(run.ranking["group"]))
    return sorted(present, key=[*run.ruleset.groups, *present].index)


def _show_group(paper: Paper, run: Run, group: str, rows: pd.DataFrame) -> None:
    ranked = rows[rows["status"] == Standing.RANKED.value]
    if ranked.empty:
        return
    dimensions = _shown_dimensions(paper, run)
    points = {(row.department, row.dimension): row.points for row in run.dimensions.itertuples()}
    columns = [(paper.say(key), key != "name") for key in ("rank", "name", "total")]
    columns += [(run.ruleset.dimensions[dimension].name(paper.language), True) for dimension in dimensions]
    columns += [(paper.say(key), False) for key in ("grade", "selected")]
    cells = [
        [
            *(str(row["rank"]), row["name"], shown_number(row["total"], run.ruleset.rounding.total)),
            *(shown_number(points.get((row["department"], dimension))) for dimension in dimensions),
            *(_grade(paper, run, row["grade"]), paper.say("yes") if row["selected"] else ""),
        ]
        for row in ranked.head(SHOWN_ROWS).to_dict("records")
    ]
    paper.table(_group_title(paper, run, group), columns, cells)
    if len(ranked) > SHOWN_ROWS:
        paper.line("more_ranked", count=len(ranked) - SHOWN_ROWS)


def _shown_dimensions(paper: Paper, run: Run) -> list[str]:
    """Return the dimensions that have a column: none where the terminal is too narrow for all of them."""
    titles = {name: cell_len(rule.name(paper.language)) for name, rule in run.ruleset.dimensions.items()}
    return list(titles) if paper.width >= OTHER_COLUMNS + sum(titles.values()) + 2 * len(titles) else []


def _group_title(paper: Paper, run: Run, group: str) -> str:
    rule = run.ruleset.groups.get(group)
    return rule.name(paper.language) if rule is not None else paper.say("ranking")


def _grade(paper: Paper, run: Run, grade: object) -> str:
    rule = run.ruleset.grades.get(grade) if isinstance(grade, str) else None
    return rule.name(paper.language) if rule is not None else ""


def _show_unranked(paper: Paper, run: Run) -> None:
    rows = run.ranking[run.ranking["status"] != Standing.RANKED.value]
    if rows.empty:
        return
    paper.line("unranked", count=len(rows))
    for row in rows.head(SHOWN_UNRANKED).to_dict("records"):
        paper.line("unranked_one", name=row["name"], reason=row["reason"])
    if len(rows) > SHOWN_UNRANKED:
        paper.line("more_ranked", count=len(rows) - SHOWN_UNRANKED)


def _show_selections(paper: Paper, run: Run) -> None:
    for selection, rule in run.ruleset.selections.items():
        chosen = run.selections[run.selections["selection"] == selection]
        names = paper.say("comma").join(chosen["name"].head(SHOWN_ROWS)) or paper.say("nobody")
        more = " …" if len(chosen) > SHOWN_ROWS else ""
        paper.line(
            "selection", title=rule.name(paper.language), count=len(chosen), names=names + more, style="bold"
        )


def _show_responses(paper: Paper, run: Run) -> None:
    """Print how many cases were rated at each stage, and what silence counts as."""
    choices = run.manifest.get("non_response", {})
    for stage, counted in sorted(run.manifest.get("responses", {}).items()):
        if counted["cases"]:
            share = shown_number(Fraction(100 * counted["rated"], counted["cases"]))
            silence = paper.say(f"silence_{choices.get(stage, 'exclude')}")
            paper.line(f"responses_{stage}", silence=silence, share=share, **counted)
