"""The page in a real browser: it opens from disk, loads nothing, and shows any text as text."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser import Seen, browser, needs_browser, opened
from runs import large_run, ruled_run

import duban
from duban.registry import installed
from duban_reports import page
from duban_reports.page.packing import packed

FOLDER = Path(page.__file__).parent
GOLDEN = Path(__file__).parents[1] / "golden"
HOSTILE = (
    "<script>window.intruder = true</script>",
    "</script><img src=x onerror='window.intruder = true'>",
    "<!--<script>",
    "{{ constructor }} ${1} %s {name}",
    "“引号”'单'\"双\"&lt;&amp;\\u003c",
    "市" + "长" * 58 + "局",
    "🏛️👨‍👩‍👧𠮷局",
    "__proto__",
    "\u2028行\u2029段",
)
# No points; no groups and one list; two lists and ranks across groups; no cases; deductions; measures by department.
SHAPES = ("shenzhen-2007", "proposals-120", "hotline-yulin", "shanxi-2015", "fengyang-2014", "qingdao-2015")
pytestmark = needs_browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "sample"
    shutil.copytree(Path(str(installed().samples["harbin-2023"].folder)), folder)
    duban.run(folder)
    return folder / "out" / page.FILE


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    page.write(large_run(60), folder)
    return folder / page.FILE


def names(seen: Seen) -> list[str]:
    """Return the departments that the ranking shows, in its order."""
    return list(seen.page.locator("#ranking td.name a").all_inner_texts())


def test_what_is_vendored_is_what_its_record_says() -> None:
    record = tomllib.loads((FOLDER / "vendor" / "vendored.toml").read_text("utf-8"))
    files = {path.name: path for path in (FOLDER / "vendor").iterdir() if path.name != "vendored.toml"}
    assert {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == record["sha256"]
    script = files["echarts.min.js"].read_text("utf-8")
    assert f'.version="{record["version"]}"' in script
    assert not re.search("</script|<!--", script)
    assert "Apache License" in files["LICENSE"].read_text("utf-8")


def test_the_own_scripts_make_no_markup() -> None:
    for script in (FOLDER / "browser").glob("*.js"):
        text = script.read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(", text
        )
        assert not re.search("</script|<!--|https?:", text)


def test_opens_from_disk_and_asks_for_nothing(chromium: Any, sample: Path) -> None:
    with opened(chromium, sample) as seen:
        assert names(seen)[:3] == ["市民政局", "市公安局", "市卫生健康委员会"]
        assert seen.page.locator("#overview .chart").count() == 3
        assert (seen.complaints, seen.requests) == ([], [])


def test_a_department_opens_with_its_scores_and_its_cases(chromium: Any, sample: Path) -> None:
    with opened(chromium, sample) as seen:
        seen.page.get_by_role("link", name="市文化广电和旅游局").first.click()
        seen.page.locator("#detail").wait_for()
        assert seen.page.locator("#detail h2").first.inner_text() == "市文化广电和旅游局"
        assert "84.75" in seen.page.locator(".facts").inner_text()
        assert "2023-007" in seen.page.locator("#cases").inner_text()
        seen.page.get_by_role("link", name="返回排名").click()
        seen.page.locator("#overview").wait_for()
        assert seen.page.evaluate("document.activeElement.textContent") == "市文化广电和旅游局"
        assert (seen.complaints, seen.requests) == ([], [])


def test_nothing_but_its_own_scripts_runs(chromium: Any, sample: Path) -> None:
    """The policy is in force: a script that gets into the page is refused, and nothing is loaded."""
    with opened(chromium, sample) as seen:
        seen.page.evaluate(
            """() => {
              const script = document.createElement("script");
              script.textContent = "window.intruder = true";
              const image = document.createElement("img");
              image.src = "https://example.org/spy.png";
              document.body.append(script, image);
              document.body.setAttribute("onclick", "window.intruder = true");
            }"""
        )
        seen.page.locator("h1").click()
        assert seen.page.evaluate("window.intruder") is None
        assert len(seen.complaints) >= 3
        assert seen.requests == []


def test_search_group_and_list_choose_who_is_shown(chromium: Any, sample: Path) -> None:
    with opened(chromium, sample) as seen:
        seen.page.get_by_label("查找单位").fill("检察")
        assert names(seen) == ["市人民检察院"]
        seen.page.get_by_label("查找单位").fill("没有这个")
        assert "没有符合的单位" in seen.page.locator("#ranking table").inner_text()
        seen.page.get_by_label("查找单位").fill("")
        seen.page.locator("#ranking").get_by_label("组", exact=True).select_option("一般承办单位")
        assert names(seen) == ["市人民检察院", "市体育局", "市人民政府办公厅"]
        seen.page.get_by_label("显示").select_option("入选“优秀承办单位”")
        assert names(seen) == ["市人民检察院"]
        assert seen.complaints == []


def test_every_column_sorts_both_ways_and_back(chromium: Any, sample: Path) -> None:
    with opened(chromium, sample) as seen:
        before = names(seen)
        heads = seen.page.locator("#ranking thead th")
        for column in range(heads.count()):
            button = heads.nth(column).get_by_role("button")
            if button.count():
                orders = []
                for _ in range(2):
                    button.focus()
                    seen.page.keyboard.press("Enter")
                    orders.append((heads.nth(column).get_attribute("aria-sort"), sorted(names(seen))))
                assert {order for order, _ in orders} == {"ascending", "descending"}
                assert orders[0][1] == orders[1][1] == sorted(before)
                button.click()
                assert names(seen) == before
        seen.page.get_by_role("button", name="总分").click()
        totals = seen.page.locator("#ranking td.total").all_inner_texts()
        assert totals == sorted(totals, key=float, reverse=True)


def test_what_is_printed_is_everything(chromium: Any, many: Path, tmp_path: Path) -> None:
    with opened(chromium, many) as seen:
        assert len(names(seen)) == 50
        seen.page.emulate_media(media="print")
        assert seen.page.locator("nav").is_hidden()
        assert seen.page.locator(".controls").first.is_hidden()
        seen.page.pdf(path=tmp_path / "page.pdf", format="A4")
        text = printed(tmp_path / "page.pdf")
        assert {f"第{number}局" for number in range(60)} <= set(re.findall(r"第\d+局", text))
        assert len(names(seen)) == 50


def printed(file: Path) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed")
    return subprocess.run([program, str(file), "-"], check=True, capture_output=True, text=True).stdout


def test_one_department_is_printed_alone_with_all_that_is_folded(chromium: Any, sample: Path) -> None:
    with opened(chromium, sample, after="#department=sports") as seen:
        seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert seen.page.locator("#overview").is_hidden()
        assert seen.page.locator("#detail details:not([open])").count() == 0
        seen.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert seen.page.locator("#detail details:not([open])").count() > 0


@pytest.mark.parametrize("width", [375, 1280])
def test_no_page_is_wider_than_the_window(chromium: Any, sample: Path, width: int) -> None:
    for after in ("", "#department=culture_tourism"):
        with opened(chromium, sample, width, after) as seen:
            assert seen.page.evaluate("document.documentElement.scrollWidth") == width
            assert seen.complaints == []


def test_controls_have_names_and_tables_have_heads(chromium: Any, sample: Path) -> None:
    for after in ("", "#department=culture_tourism"):
        with opened(chromium, sample, after=after) as seen:
            assert seen.page.evaluate(UNNAMED) == []
            assert seen.page.locator("html").get_attribute("lang") == "zh-CN"


UNNAMED = """() => [
  ...[...document.querySelectorAll("input, select")].filter((item) => !item.labels.length || !item.labels[0].innerText.trim()),
  ...[...document.querySelectorAll("button, a")].filter((item) => !item.innerText.trim() && item.checkVisibility()),
  ...[...document.querySelectorAll(".chart")].filter((item) => !item.getAttribute("aria-label")),
  ...[...document.querySelectorAll("table")].filter((item) => !item.caption || !item.querySelector("th[scope]")),
].map((item) => item.outerHTML)"""


def test_speaks_english_where_the_run_does(chromium: Any, tmp_path: Path) -> None:
    page.write(ruled_run(language="en"), tmp_path)
    with opened(chromium, tmp_path / page.FILE) as seen:
        assert seen.page.get_by_role("columnheader", name="Total").count() == 1
        assert seen.page.locator("html").get_attribute("lang") == "en"
        words = seen.page.evaluate("document.body.innerText").replace("市教育局", "").replace("市档案局", "")
        assert set(re.findall("[\u4e00-\u9fff]+", words)) == {"年度评价"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(chromium: Any, tmp_path: Path, name: str) -> None:
    run = ruled_run(name, title=name)
    run = replace(run, cases=run.cases.assign(why=name), adjustments=run.adjustments.assign(reason=name))  # type: ignore[union-attr]
    page.write(run, tmp_path)
    with opened(chromium, tmp_path / page.FILE) as seen:
        assert seen.page.locator("h1").text_content() == name
        link = seen.page.locator("#ranking td.name a").first
        assert link.text_content() == name
        link.click()
        seen.page.locator("#detail").wait_for()
        assert seen.page.locator("#department-title").text_content() == name
        for place in ("#cases td.why", "#changes td:last-child"):
            assert seen.page.locator(place).first.text_content() == name
        assert seen.page.title() == name.strip(" ")
        assert (seen.complaints, seen.requests) == ([], [])
        assert seen.page.evaluate("window.intruder") is None


def test_half_a_surrogate_pair_spoils_nothing(chromium: Any, tmp_path: Path) -> None:
    page.write(ruled_run("坏\ud800名"), tmp_path)
    with opened(chromium, tmp_path / page.FILE) as seen:
        assert names(seen) == ["坏\ud800名", "市档案局"]
        assert seen.complaints == []


@pytest.mark.parametrize("folder", SHAPES)
def test_any_kind_of_rules_makes_a_page(chromium: Any, tmp_path: Path, folder: str) -> None:
    shutil.copytree(GOLDEN / folder, tmp_path / "year")
    run = duban.run(tmp_path / "year", draws=100, reports=["page"])
    with opened(chromium, tmp_path / "year" / "out" / page.FILE) as seen:
        assert sorted(names(seen)) == sorted(run.ranking["name"])
        for place in range(len(run.ranking)):
            seen.page.evaluate(f"location.hash = addressOf({place})")
            seen.page.wait_for_function(f"document.activeElement.textContent === departments.name[{place}]")
        assert (seen.complaints, seen.requests) == ([], [])


def test_every_number_is_the_one_of_the_run(sample: Path, tmp_path: Path) -> None:
    run = duban.run(sample.parents[1], out=tmp_path / "out", reports=["page"])
    data = page_data(tmp_path / "out" / page.FILE)
    assert data["departments"]["id"] == list(run.ranking["department"])
    assert [rank or pd.NA for rank in data["departments"]["rank"]] == list(run.ranking["rank"])
    for column, frame in (("total", run.ranking["total"]), ("base", run.ranking["base"])):
        assert data["departments"][column] == [near(value, 2) for value in frame]
    for criterion in data["criteria"]:
        rows = run.criteria[run.criteria["criterion"] == criterion["id"]].set_index("department")
        rows = rows.reindex(data["departments"]["id"])
        assert criterion["points"] == [near(value, 2) for value in rows["points"]]
        assert criterion["count"] == list(rows["count"])


def near(value: Fraction | None, places: int) -> str | None:
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(10) ** -places, ROUND_HALF_UP))


def page_data(file: Path) -> Any:
    text = file.read_text("utf-8")
    (found,) = re.findall('<script type="application/json" id="data">(.*)</script>', text)
    return unpacked(json.loads(found))


def unpacked(data: Any) -> Any:
    if isinstance(data, list):
        return [unpacked(item) for item in data]
    if not isinstance(data, dict):
        return data
    if set(data) == {"texts", "at"}:
        return [data["texts"][place] for place in data["at"]]
    return {key: unpacked(value) for key, value in data.items()}


def test_long_columns_come_back_as_they_were() -> None:
    column = [None if number % 7 == 0 else str(number % 5) for number in range(300)]
    data = {"long": column, "short": ["a", "a"], "numbers": [1, 1], "deep": [{"long": column}], "empty": []}
    assert packed(data)["long"] != column
    assert unpacked(packed(data)) == data


@pytest.mark.parametrize(
    "departments", [40, pytest.param(400, marks=pytest.mark.slow), pytest.param(4000, marks=pytest.mark.slow)]
)
def test_opens_however_many_departments_there_are(chromium: Any, tmp_path: Path, departments: int) -> None:
    page.write(large_run(departments), tmp_path)
    with opened(chromium, tmp_path / page.FILE) as seen:
        assert len(names(seen)) == min(departments, 50)
        seen.page.get_by_label("查找单位").fill("第0局")
        assert names(seen) == ["第0局"]
        seen.page.locator("#ranking td.name a").click()
        seen.page.locator("#detail").wait_for()
        assert "D0-1" in seen.page.locator("#detail").inner_text()
        assert seen.complaints == []
