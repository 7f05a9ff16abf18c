"""Sports bureau 市体育局: a department with six cases, and what can be said of it fairly.

The record tells of six cases "in recent years". Of six, one rating more or less is 17 points of a hundred: by itself the
year says little, and a criterion with `min_cases` rightly stays `too_few_cases`. The bureau's earlier cases, in
`sports_earlier`, are pooled with this year's: the pooled rates rest on the pooled number of cases, which `min_cases` looks
at, and the lower and upper bounds say how sure they are (Jeffreys, 95 %). A lower bound is the careful thing to score.
"""

from duban import Measure, column, table

from .common import HANDLED, SOURCE, DepartmentRow, not_earlier


class Earlier(DepartmentRow):
    """One case of an earlier year."""

    year: int = column("年度", "年份", title_en="Year", unit="年")
    earlier_case: str = column("往年建议编号", "建议编号", "编号", title_en="Earlier case")
    in_time: bool | None = column("是否按时办结", "按时办结", title_en="Answered in time")
    satisfied: bool | None = column("是否满意", "答复满意", title_en="Satisfied with the answer")


TITLES = {
    "on_time": ("按时办结率", "On-time rate"),
    "satisfied": ("答复满意率", "Satisfied with the answer"),
}


def _earlier(rate: str, answer: str, title: str, title_en: str) -> Measure:
    return Measure(
        id=f"sports_earlier_{rate}",
        title=f"往年{title}",
        title_en=f"{title_en}: earlier years",
        table="sports_earlier",
        count=f"{answer} is not null and year < year(:period_from)",
        hit=answer,
        source=SOURCE,
    )


def _pooled(rate: str, title: str, title_en: str) -> tuple[Measure, ...]:
    """Return the rate over this year and the earlier ones, and the bounds of its 95 % interval."""
    hits = f"hits.sports_{rate} + hits.sports_earlier_{rate}"
    count = f"count.sports_{rate} + count.sports_earlier_{rate}"

    def bound(end: str) -> str:
        # Of no case at all the interval would be 0 to 1; then there is nothing to say.
        return f"case when {count} > 0 then jeffreys_{end}({hits}, {count}) end"

    forms = (
        ("pooled", "累计", "all years", f"({hits}) / ({count})"),
        ("low", "累计下限", "all years, lower bound", bound("low")),
        ("high", "累计上限", "all years, upper bound", bound("high")),
    )
    return tuple(
        Measure(
            id=f"sports_{rate}_{form}",
            title=f"{title}（{words}）",
            title_en=f"{title_en}: {words_en}",
            formula=formula,
            count=count,
            source=SOURCE,
        )
        for form, words, words_en, formula in forms
    )


TABLES = (
    table(
        "sports_earlier",
        "往年承办件",
        Earlier,
        key=("department", "year", "earlier_case"),
        title_en="Cases of earlier years",
        source=SOURCE,
    ),
)
CHECKS = (not_earlier("sports_earlier"),)
MEASURES = (
    Measure(
        id="sports_on_time",
        title="本年按时办结率",
        title_en="On-time rate: this year",
        # Not yet due and not yet answered: nobody can say.
        count=f"{HANDLED} and deadline_on is not null and (deadline_on <= :as_of or replied_on is not null)",
        hit="replied_on <= deadline_on",
        source=SOURCE,
    ),
    Measure(
        id="sports_satisfied",
        title="本年答复满意率",
        title_en="Satisfied with the answer: this year",
        count=f"{HANDLED} and answer_rating_counted is not null",
        hit="answer_rating_counted in ('very_satisfied', 'satisfied')",
        source=SOURCE,
    ),
    _earlier("on_time", "in_time", *TITLES["on_time"]),
    _earlier("satisfied", "satisfied", *TITLES["satisfied"]),
    *_pooled("on_time", *TITLES["on_time"]),
    *_pooled("satisfied", *TITLES["satisfied"]),
)
