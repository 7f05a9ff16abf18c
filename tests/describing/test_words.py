from datetime import date

import pytest

from duban.describing.value_words import SHARE
from duban.describing.words import in_words
from duban.tables import CASES, Column
from duban.terms import ColumnType

MORE = {
    "deadline_on": Column("deadline_on", ColumnType.DATE, ("办理期限",)),
    "on_time": Column("on_time", ColumnType.DECIMAL, ("按时办结率",), unit=SHARE),
    "overdue": Column("overdue", ColumnType.DECIMAL, ("逾期件数",)),
}


def said(text: str, kind: str = "measure", **given: object) -> str:
    return in_words(text, kind, {**CASES.columns, **MORE}.get, given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("role in ('lead', 'separate')", "办理方式为“主办”或“分办”"),
        ("role = 'co'", "办理方式为“协办”"),
        ("role not in ('co')", "办理方式不是“协办”"),
        ("contact_mode <> 'none'", "沟通方式不是“未沟通”"),
        ("replied_on is not null", "有答复日期"),
        ("replied_on is null", "没有答复日期"),
        ("replied_on <= deadline_on", "答复日期不晚于办理期限"),
        ("replied_on > :as_of", "答复日期晚于统计截止日"),
        ("replied_on < date '2024-06-30'", "答复日期早于2024年6月30日"),
        ("assigned_on + interval 3 month >= :period_from", "交办日期后 3 个月不早于评价周期首日"),
        (
            "contacts >= 2 and (round = 1 or key_supervised)",
            "沟通次数不少于 2，且（办理轮次为 1，或者重点督办）",
        ),
        (
            "role = 'co' or contacts > 1 and round = 1",
            "办理方式为“协办”，或者（沟通次数大于 1，且办理轮次为 1）",
        ),
        ("not key_supervised", "重点督办为“否”"),
        (
            "date_diff('day', assigned_on, coalesce(replied_on, :as_of))",
            "从交办日期到答复日期（没有的按统计截止日）的天数",
        ),
        ("scale('rating', answer_rating)", "答复评价的折算值"),
        ("contacts between 1 and 3", "沟通次数在 1 到 3 之间"),
        ("title like '%养老%'", "标题含有“养老”"),
        ("contacts - (round - 1)", "沟通次数 − （办理轮次 − 1）"),
        ("greatest(contacts - 5, 0)", "沟通次数 − 5 与 0 中较大的"),
        ("case when round = 1 then 20 else 0 end", "办理轮次为 1 时为 20，否则为 0"),
        (
            "case role when 'lead' then 2 when 'co' then null end",
            "办理方式为“主办”时为 2，办理方式为“协办”时没有，否则没有",
        ),
        ("-2 * abs(contacts - 1)", "−2 × （沟通次数 − 1）的绝对值"),
        ("month(assigned_on) <= 6", "交办日期的月份不超过 6"),
        ("starts_with(title, '关于') and ends_with(title, '建议')", "标题以“关于”开头，且标题以“建议”结尾"),
        ("least(greatest(contacts, 0), 5)", "沟通次数（不低于 0，不超过 5）"),
        ("year(assigned_on) = 2024", "交办日期的年份为 2024"),
    ],
)
def test_measure_text_in_words(text: str, words: str) -> None:
    assert said(text) == words


def test_parameters_stand_with_their_values() -> None:
    text = "replied_on <= deadline_on + interval (:grace) day"
    assert said(text, grace=0) == "答复日期不晚于办理期限"
    assert said(text, grace=5) == "答复日期不晚于办理期限后 5 天"
    assert said("answer_rating in ('very_satisfied', 'satisfied', :accept)", accept="satisfied") == (
        "答复评价为“很满意”或“满意”"
    )
    assert said("assigned_on >= :since", since=date(2024, 7, 1)) == "交办日期不早于2024年7月1日"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("on_time >= 0.85", "按时办结率不少于 85%"),
        ("overdue > 0", "逾期件数大于 0"),
        ("overdue / 2 < 1", "逾期件数 ÷ 2小于 1"),
    ],
)
def test_department_text_in_words(text: str, words: str) -> None:
    assert said(text, "department") == words


@pytest.mark.parametrize("text", ["nullif(round, 1) = 2", "nobody = 1", "role ==== 'x'"])
def test_what_has_no_words_stands_as_it_is(text: str) -> None:
    assert said(text) == text


def test_what_has_no_words_shows_its_parameters() -> None:
    text = "cast(round as integer) <= :most"
    assert said(text, most=3) == text.replace(":most", "3")
