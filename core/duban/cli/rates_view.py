"""What the numbers of cases, silence and full marks do to the result, in a line each; the tables have all of it."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from duban.certainty.choices import ALL
from duban.certainty.funnel import OVERDISPERSED
from duban.certainty.influence import EVERYTHING, Influence
from duban.certainty.rates import Rate
from duban.certainty.silent_ranks import RankBounds
from duban.certainty.tables import Qualified
from duban.record import Run

from .console import Paper, shown_number

SHOWN_NAMES, SHOWN_CRITERIA = 8, 5


def show_rates(paper: Paper, run: Run) -> None:
    """Print the rates that are equal and rest on very different numbers, what choices moved, silence, and weights."""
    if run.qualified is None:
        return
    _show_few_cases(paper, run, run.qualified.rates)
    _show_choices(paper, run, run.qualified)
    _show_overdispersed(paper, run, run.qualified.rates)
    _show_silence(paper, run.qualified.rank_bounds)
    for item in [item for item in run.qualified.influences if item.verdict][:SHOWN_CRITERIA]:
        _show_influence(paper, run, item)


def _show_few_cases(paper: Paper, run: Run, rates: Sequence[Rate]) -> None:
    """Print for one criterion who has the same rate with the fewest and with the most cases: the widest contrast.

    What has too few cases to be judged is judged by nobody.
    """
    alike: dict[tuple[str, Fraction], list[Rate]] = defaultdict(list)
    for rate in rates:
        if (
            rate.group_rate is not None
            and rate.judged is not None
            and run.ruleset.criteria[rate.criterion].points
        ):
            alike[rate.criterion, rate.value].append(rate)
    found = [sorted(same, key=lambda rate: (rate.count, rate.department)) for same in alike.values()]
    found = [same for same in found if same[-1].count > 2 * same[0].count]
    if not found:
        return
    widest = max(found, key=lambda same: (same[-1].count - same[0].count, same[0].criterion))
    names = dict(zip(run.ranking["department"], run.ranking["name"], strict=True))
    # The two fewest, or all but the last where there are no more.
    shown = [*widest[:-1][:2], widest[-1]]
    told = [
        paper.say(
            "rate_of",
            name=names[rate.department],
            hits=rate.hits,
            count=rate.count,
            low=_percent(rate.low),
            high=_percent(rate.high),
        )
        for rate in shown
    ]
    title = run.ruleset.criteria[widest[0].criterion].name(paper.language)
    paper.line("few_cases", title=title, value=_percent(widest[0].value), rates=paper.say("comma").join(told))


def _percent(share: Fraction) -> str:
    return f"{shown_number(100 * share, 0)}%"


def _show_choices(paper: Paper, run: Run, qualified: Qualified) -> None:
    rows = [item for item in qualified.moved if item.criterion == ALL]
    if rows:
        ranks = sum(item.rank != item.rank_without for item in rows)
        listed = sum(item.selected != item.selected_without for item in rows)
        paper.line("choices_moved", totals=len(rows), ranks=ranks, listed=listed)


def _show_overdispersed(paper: Paper, run: Run, rates: Sequence[Rate]) -> None:
    """Print the criteria whose rates differ by far more than chance makes them."""
    wide = {rate.criterion for rate in rates if (rate.dispersion or 0) >= OVERDISPERSED}
    titles = [item.name(paper.language) for name, item in run.ruleset.criteria.items() if name in wide]
    if titles:
        more = " …" if len(titles) > SHOWN_CRITERIA else ""
        paper.line("overdispersed", titles=paper.say("comma").join(titles[:SHOWN_CRITERIA]) + more)


def _show_silence(paper: Paper, bounds: Sequence[RankBounds]) -> None:
    silent = {
        "answer": sum(one.answer_silent for one in bounds),
        "result": sum(one.result_silent for one in bounds),
    }
    if not any(silent.values()):
        return
    moving = [one for one in bounds if one.best_rank != one.worst_rank]
    names = [
        paper.say("rank_between", name=one.name, best=one.best_rank, worst=one.worst_rank)
        for one in sorted(moving, key=lambda one: (one.group, one.rank or 0, one.department))
    ]
    more = " …" if len(names) > SHOWN_NAMES else ""
    unknown = any(one.rank is not None and one.best_rank is None for one in bounds)
    key = "silence_moves" if names else "silence_unknown" if unknown else "silence_keeps"
    paper.line(
        key,
        answer=silent["answer"],
        result=silent["result"],
        count=len(names),
        names=paper.say("comma").join(names[:SHOWN_NAMES]) + more,
    )


def _show_influence(paper: Paper, run: Run, item: Influence) -> None:
    rules = run.ruleset.dimensions if item.kind == "dimension" else run.ruleset.criteria
    paper.line(
        "decides_everything" if item.verdict == EVERYTHING else "decides_nothing",
        title=rules[item.id].name(paper.language),
        full=item.at_full,
        departments=item.departments,
        declared=_percent(item.declared or Fraction(0)),
        effective=_percent(item.effective or Fraction(0)),
    )
