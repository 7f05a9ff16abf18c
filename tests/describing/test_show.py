import io
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import docx
import pytest
from docx.oxml.ns import qn

from duban import Curve, Exact, Parameters, hookimpl, pointwise
from duban.cli import execute
from duban.describing.html import html
from duban.describing.markdown import markdown
from duban.describing.opening import open_ruleset
from duban.describing.page import Heading, Listing, Page, Paragraph, Row, Table
from duban.describing.rules import rules_page
from duban.describing.word import word
from duban.loading import load_ruleset
from duban.registry import installed, load
from duban.resolving import resolve
from duban.tables import known_tables
from duban.texts import Language

RULES = """format = 1
id = "r"
title = "办法"
basis = "总则"
incomplete = ["没有写名额"]
period = { from = 2024-01-01, to = 2024-12-31 }
[deadlines.reply]
working_days = 15
volume = [{ over = 19, days = 10 }]
basis = "第二条"
[dimensions.d]
title = "时效"
start = "full"
[criteria.a]
title = "按时"
dimension = "d"
measure = "on_time"
with = { grace_days = 3 }
points = [{ from = 2020-01-01, value = 10, basis = "2020年修订" }]
curve = { kind = "per_point", full_at = 0.98, lose = 1 }
missing = { too_few_cases = "full" }
min_cases = 5
basis = "第三条"
[criteria.b]
title = "逾期"
dimension = "d"
measure = "overdue"
points = 5
curve = { kind = "bands", bands = [{ at_least = 3, points = 0, label = "差" }, { label = "好", points = 5 }] }
missing = "not_ranked"
basis = ["第三条", "第四条"]
[adjustments.bonus]
title = "表扬"
when = "label.b = '好' and on_time >= 0.9"
points = 2
[gates.g]
title = "封顶"
when = "points.a < 5"
effect = { cap = 80.5 }
[selections.s]
title = "优秀"
quota = { share = 0.2, at_most = 3 }
from = "bottom"
cut_tie = "drop"
ordered = false
"""


def page_of(folder: Path, text: str, language: Language = "zh") -> Page:
    (folder / "r.toml").write_text(text, "utf-8")
    return rules_page(*open_ruleset(str(folder / "r.toml")), language)


def text_of(folder: Path, text: str = RULES, language: Language = "zh") -> str:
    return markdown(page_of(folder, text, language))


def test_every_rule_is_said_with_its_numbers(tmp_path: Path) -> None:
    text = text_of(tmp_path)
    for said in (
        "依据：总则。",
        "评价周期：2024年1月1日至2024年12月31日",
        "## 尚待明确\n\n- 没有写名额",
        "满分 15 分。",
        "| **时效** |  | **15** | **从满分起扣** |",
        "达标：答复日期不晚于办理期限后 3 天",
        "达到 98% 得满分，每低 1 个百分点扣 1 分，扣完为止",
        "不足 5 件：得满分<br>没有可计的、台账缺列：分值由本维度其他项分摊",
        "points 自 2020-01-01 起适用 2020年修订",
        "达到 3 件为“差”，得 0 分；其余为“好”，得 5 分",
        "表扬：“逾期”等次为“好”，且按时办结率不少于 90% 的，加 2 分",
        "封顶：“按时”得分小于 5 的，总分最高 80.5 分",
        "按名次从后往前取；名额：参加排名单位数的 20%（四舍五入），至多 3 个；末位并列的都不列入；名单不分先后",
        "自交办日期起 15 个工作日，承办超过 19 件的加 10 天（依据：第二条）",
    ):
        assert said in text, said


def test_rules_without_points_are_said_to_rank_nobody() -> None:
    text = markdown(rules_page(*open_ruleset("shenzhen-2007"), "zh"))
    assert "不计分，只定等次。" in text
    assert "## 排名\n\n- 没有总分，不排名\n" in text
    assert "统一排名" not in text


@pytest.mark.parametrize(
    ("name", "said"),
    [("baoji", "没有基础分，总分是加减分之和。"), ("chongqing-2018", "只公布，不计分。")],
)
def test_rules_without_a_base_say_where_the_total_is_from(name: str, said: str) -> None:
    assert said in markdown(rules_page(*open_ruleset(name), "zh"))


@pytest.mark.parametrize(
    ("language", "start"),
    [("zh", "自协办意见退回日期起 5 个工作日"), ("en", "Co-handler's opinion sent back on")],
)
def test_a_deadline_from_a_column_of_the_ruleset_calls_it_by_its_title(
    language: Language, start: str
) -> None:
    assert start in markdown(rules_page(*open_ruleset("chongqing-2018"), language))


def test_every_clause_has_its_rules_and_rules_without_one_are_listed(tmp_path: Path) -> None:
    text = text_of(tmp_path)
    assert "| 第三条 | 评分项“按时”<br>评分项“逾期” |" in text
    assert "| 第四条 | 评分项“逾期” |" in text
    assert "| 2020年修订 | 评分项“按时” |" in text
    assert "| 第二条 | 办理期限“答复” |" in text
    bare = text.split("没有写明条款的规则")[1]
    assert re.findall(r"^- (.*)$", bare, flags=re.MULTILINE) == [
        "维度：时效",
        "加减分：表扬",
        "资格与否决：封顶",
        "评选：优秀",
    ]


def test_english_says_the_same_rules(tmp_path: Path) -> None:
    text = text_of(tmp_path, language="en")
    assert "1 less for every 1 percentage points below it" in text
    assert "Meets it: replied\\_on \\<= deadline\\_on + interval (3) day" in text
    assert "a shared last place: none of them" in text


@pytest.mark.parametrize("name", installed().rulesets)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shipped_ruleset_is_shown_whole_in_every_format(name: str, language: Language) -> None:
    opened = open_ruleset(name)
    page = rules_page(*opened, language)
    assert "?" not in markdown(page)
    contents = (page_text(markdown(page)), unescape(html(page)), docx_text(word(page)))
    for rule in opened.plan.ruleset.criteria.values():
        for content in contents:
            assert rule.name(language) in content


def test_a_curve_without_words_shows_its_title_and_parameters(tmp_path: Path) -> None:
    class Square(Parameters):
        """One number."""

        full_at: Exact

    curve = Curve("square", "平方得分", Square, pointwise(lambda value, full, parameters: full))

    def register_curves() -> list[Curve]:
        return [curve]

    plugin = ModuleType("own")
    vars(plugin)["register_curves"] = hookimpl(register_curves)
    registry = load([plugin])
    text = RULES.replace(
        '{ kind = "per_point", full_at = 0.98, lose = 1 }', '{ kind = "square", full_at = 0.5 }'
    )
    (tmp_path / "r.toml").write_text(text, "utf-8")
    loaded = load_ruleset("r.toml", tmp_path, "", registry.rulesets)
    tables = known_tables(registry.tables.values())
    plan = resolve(loaded, registry, tables, None)
    assert "平方得分（full\\_at = 0.5）" in markdown(rules_page(loaded, plan, registry, tables))


HOSTILE = '<script>alert(1)</script> | **粗** `x` [a](javascript:b) & \x1b[31m\x00 #1 ~~y~~ $z$ "'


@pytest.fixture
def hostile() -> Page:
    row = Row((HOSTILE, f"一\n{HOSTILE}"))
    blocks = (Heading(HOSTILE), Paragraph(f"1. {HOSTILE}\n# 二"), Listing((f"- {HOSTILE}",)))
    return Page(HOSTILE, (*blocks, Table((HOSTILE, "b"), (row,), (50, 50))))


def test_hostile_text_is_text_in_markdown(hostile: Page) -> None:
    text = markdown(hostile)
    assert "\x1b" not in text
    assert not re.search(r"(?<!\\)<(?!br>)", text)
    assert not re.search(r"(?<!\\)[`\[]", text)
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {3}
    assert "\n1\\. " in text


def page_text(text: str) -> str:
    """Return Markdown without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_hostile_text_is_text_in_html_and_nothing_is_fetched(hostile: Page) -> None:
    parser = Tags()
    parser.feed(html(hostile))
    assert not {"script", "a", "img", "link"} & set(parser.tags)
    assert set(parser.attributes) <= {"lang", "charset", "name", "content", "style"}
    assert sum("<script>alert(1)</script>" in data for data in parser.text) == 8
    assert "\x1b" not in html(hostile)


def docx_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_hostile_text_is_text_in_word(hostile: Page) -> None:
    text = docx_text(word(hostile))
    assert text.count("<script>alert(1)</script> | **粗** `x`") == 7


def test_a_word_file_is_a4_with_borders_and_a_head_on_every_page(tmp_path: Path) -> None:
    document = docx.Document(io.BytesIO(word(page_of(tmp_path, RULES))))
    section = document.sections[0]
    sides = [side.mm for side in (section.page_width, section.page_height) if side is not None]
    assert [round(side) for side in sides] == [210, 297]
    assert document.tables
    for table in document.tables:
        assert table.style is not None
        assert table.style.name == "Table Grid"
        assert list(table.rows[0]._tr.iter(qn("w:tblHeader")))
        widths = [column.width for column in table.columns]
        assert abs(sum(width.mm for width in widths if width is not None) - 170) < 1
    assert document.core_properties.author == ""


def test_the_command_shows_or_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["ruleset", "show", "npc-base"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# 代表建议办理工作评价办法")
    for name, start in (("a.md", shown.encode()[:30]), ("a.html", b"<!DOCTYPE html>"), ("a.docx", b"PK")):
        assert execute(["ruleset", "show", "npc-base", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    capsys.readouterr()
    assert execute(["ruleset", "show", "npc-base", "--format", "docx"]) == 2
    assert "[docx_needs_file]" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rules.toml", "a.pdf", "a", "a.htm"])
def test_a_file_name_that_says_no_format_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = tmp_path / name
    assert execute(["ruleset", "show", "npc-base", "--out", str(file)]) == 2
    assert "[show_format]" in capsys.readouterr().err
    assert not file.exists()
    assert execute(["ruleset", "show", "npc-base", "--format", "html", "--out", str(file)]) == 0
    assert file.read_bytes().startswith(b"<!DOCTYPE html>")


def test_a_ruleset_that_does_not_resolve_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.toml").write_text(RULES.replace('"overdue"', '"overdeu"'), "utf-8")
    assert execute(["ruleset", "show", str(tmp_path / "r.toml")]) == 2
    assert "r.toml:27:11: [unknown_measure]" in capsys.readouterr().err


def test_numbers_stand_apart_from_words_in_chinese_only(tmp_path: Path) -> None:
    more = """
[criteria.n]
title = "满意"
dimension = "d"
measure = "answer_satisfied"
points = 5
curve = { kind = "bands", bands = [{ at_least = 0.8, when = "cases > 3", points = 5 }, { points = 1 }] }
[groups.many]
title = "多"
when = "cases > 9"
[groups.few]
title = "少"
[selections.three]
title = "三家"
quota = 3
[conversions.pay]
title = "奖金"
value = "-100 * overdue"
unit = "元"
"""
    text = text_of(tmp_path, RULES + more)
    assert "达到 80% 且承办件数大于 3 得 5 分；其余得 1 分" in text
    assert "三家：按名次从前往后取；名额：每组 3 个" in text
    assert "优秀：按名次从后往前取；名额：每组参加排名单位数的 20%" in text
    assert "奖金：−100 × 逾期件数（单位：元），保留 2 位小数" in text
    english = text_of(tmp_path, RULES + more, "en")
    assert r"from 80% on and cases \> 3: 5; the others: 1" in english
    assert r"-100 \* overdue (元), to 2 places" in english
