import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from office import converted, needs_office
from runs import small_run
from small_workspaces import RULES, workspace

import duban
from duban import fixed
from duban.record import Run
from duban.report import Report
from duban.visibility import Edition
from duban.word.archive import unpacked
from duban.word.guarding import check_document
from duban_reports import notices

ROOT = Path(__file__).parents[2]
TOLD = """published_on = 2024-02-20
[report]
issuer = "市人大常委会代表工作委员会"
number = "市人代发〔2024〕3号"
issued_on = 2024-02-20
addressees = ["各承办单位"]
notice_working_days = 5
basis = ["《代表建议工作条例》"]
contact = "电话 0451-00000000"
"""
ADJUSTED = """
[adjustments.praised]
title = "经验推广"
when = "on_time >= 0.5"
points = 1.5
[groups.all]
title = "全部单位"
"""


def made(folder: Path, told: str = TOLD, rules: str = RULES + ADJUSTED) -> Run:
    place = workspace(folder, rules=rules)
    text = (place / "duban.toml").read_text("utf-8")
    (place / "duban.toml").write_text(text.replace("[tables", f"{told}[tables", 1), "utf-8")
    return duban.run(place, draws=0, reports=["notices"])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made(tmp_path_factory.mktemp("notices"))


def paragraphs(run: Run, kind: str) -> list[str]:
    assert run.out is not None
    return [item.text for item in Document(str(run.out / f"{kind}.docx")).paragraphs]


def tables(run: Run, kind: str) -> list[list[list[str]]]:
    assert run.out is not None
    found = Document(str(run.out / f"{kind}.docx")).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in found]


def test_the_public_notice_names_the_list_the_days_and_where_to_object(run: Run) -> None:
    text = "\n".join(paragraphs(run, "public_notice"))
    names = list(run.selections["name"])
    assert f"{'、'.join(names)}等{len(names)}个单位为优秀" in text
    assert "公示期为5个工作日，自2024年2月21日起至2024年2月27日止。" in text
    assert "电话 0451-00000000" in text
    assert "【" not in text
    assert [row[1] for row in tables(run, "public_notice")[0][1:]] == names


def test_what_the_office_has_not_said_is_a_blank(tmp_path: Path) -> None:
    bare = made(tmp_path, "")
    for kind in notices.KINDS:
        text = "\n".join(paragraphs(bare, kind))
        assert "【发文机关】" in text
        assert "【成文日期】" in text
    assert "公示期为【公示天数】。" in "\n".join(paragraphs(bare, "public_notice"))
    assert bare.report.blanks() == [
        "issuer", "number", "issued_on", "addressees", "basis", "contact", "notice_days"
    ]  # fmt: skip


def test_white_space_alone_says_nothing(tmp_path: Path) -> None:
    spaces = made(tmp_path, '[report]\nissuer = " \u3000"\naddressees = ["　", " 各承办单位 "]\n')
    assert spaces.report.blanks()[0] == "issuer"
    assert spaces.report.addressees == ("各承办单位",)
    assert "【发文机关】" in "\n".join(paragraphs(spaces, "circular"))


def test_a_list_without_order_says_so_and_tells_no_rank(tmp_path: Path) -> None:
    rules = RULES.replace('title = "优秀"\nquota = 1', 'title = "优秀"\nquota = 2\nordered = false')
    unordered = made(tmp_path, rules=rules)
    assert "（排名不分先后）" in paragraphs(unordered, "public_notice")
    assert "（排名不分先后）" in paragraphs(unordered, "commendation")
    for kind in ("public_notice", "commendation"):
        assert [table[0] for table in tables(unordered, kind)] == [["序号", "承办单位", "组别"]]


def test_every_number_of_the_circular_is_the_engines(run: Run) -> None:
    ranking, criteria, dimensions, changes = (
        frame.to_dict("records") for frame in (run.ranking, run.criteria, run.dimensions, run.adjustments)
    )
    results, figures, adjusted = tables(run, "circular")
    assert results[0] == ["承办单位", "维度", "总分", "名次", "等次"]
    points = {row["department"]: fixed(Fraction(row["points"]), 2) for row in dimensions}
    assert results[1:] == [
        [row["name"], points[row["department"]], fixed(Fraction(row["total"]), 2), str(row["rank"]), "—"]
        for row in ranking
    ]
    shown = {(row["department"], row["criterion"]): row for row in criteria}
    assert figures[0] == ["承办单位", "按时办结率", "满意率", "得分"]
    assert figures[1:] == [
        [
            row["name"],
            *(_percent(shown[row["department"], name]) for name in ("on_time", "satisfied")),
            points[row["department"]],
        ]
        for row in ranking
    ]
    names = {row["department"]: row["name"] for row in ranking}
    assert adjusted[1:] == [
        [str(number), names[row["department"]], "经验推广", fixed(Fraction(row["points"]), 2), row["reason"]]
        for number, row in enumerate(changes, start=1)
    ]
    text = "\n".join(paragraphs(run, "circular"))
    totals = [Fraction(row["total"]) for row in ranking]
    assert f"总分最高{fixed(max(totals), 2)}分，最低{fixed(min(totals), 2)}分" in text
    assert f"共评价{run.case_count}件次，涉及{len(ranking)}个承办单位，其中参加排名{len(ranking)}个" in text
    answer = run.manifest["responses"]["answer"]
    share = fixed(Fraction(100 * answer["rated"], answer["cases"]), 2)
    assert f"{answer['cases']}件中收回{answer['rated']}件，回收率{share}%" in text


def _percent(row: Mapping[Any, Any]) -> str:
    return "—" if row["value"] is None else f"{fixed(100 * Fraction(row['value']), 2)}%"


def test_the_commendation_says_whom(run: Run) -> None:
    text = paragraphs(run, "commendation")
    assert "市人大常委会代表工作委员会文件" in text
    assert "市人代发〔2024〕3号" in text
    assert "附件：优秀名单" in text
    assert [row[1] for row in tables(run, "commendation")[0][1:]] == list(run.selections["name"])


def test_a_list_from_the_bottom_is_told_but_neither_announced_nor_praised(tmp_path: Path) -> None:
    worst = '\n[selections.worst]\ntitle = "末位"\nquota = 1\nfrom = "bottom"\n'
    both = made(tmp_path, rules=RULES + worst)
    for kind in ("public_notice", "commendation"):
        assert "末位" not in "\n".join(paragraphs(both, kind))
    name = both.selections.loc[both.selections["selection"] == "worst", "name"].item()
    assert f"末位1个：{name}。" in "\n".join(paragraphs(both, "circular"))


def test_without_anybody_on_a_list_there_is_only_the_circular(tmp_path: Path) -> None:
    nobody = small_run(selections=small_run().selections.iloc[0:0])
    assert notices.write(nobody, tmp_path) == ["circular.docx"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{ 评价 }}", '科&技 "局"', "𠀀𪚥局", "=1+1", "长" * 60, "👨‍👩‍👧"]
)
def test_hostile_names_are_text(name: str, tmp_path: Path) -> None:
    run = small_run(name)
    for file in notices.write(run, tmp_path):
        check_document((tmp_path / file).read_bytes(), file)
        found = Document(str(tmp_path / file)).tables
        assert name in [row.cells[place].text for table in found for row in table.rows for place in (0, 1)]


def test_the_documents_hold_no_field_but_the_page_number(run: Run) -> None:
    assert run.out is not None
    for kind in notices.KINDS:
        content = (run.out / f"{kind}.docx").read_bytes()
        check_document(content, kind)
        text = b"".join(part for name, part in unpacked(content).items() if name.endswith(".xml")).decode()
        assert set(re.findall(r"<w:instrText[^>]*>([^<]*)<", text)) == {" PAGE "}
        assert "fldSimple" not in text
        assert "{{" not in text
        assert "{%" not in text


def test_an_own_template_is_used_and_one_that_acts_stops_the_run(tmp_path: Path) -> None:
    own = Document()
    own.add_paragraph("{{ 发文机关 }}决定表扬{{ 名单[0].全部单位名 }}")
    own.save(str(tmp_path / "own.docx"))
    first = made(tmp_path / "w")
    before = {path.name: path.read_bytes() for path in (tmp_path / "w/out").iterdir()}
    again = duban.run(
        tmp_path / "w", draws=0, reports=["notices"], templates={"commendation": tmp_path / "own.docx"}
    )
    names = "、".join(first.selections["name"])
    assert paragraphs(again, "commendation") == [f"市人大常委会代表工作委员会决定表扬{names}"]
    own.add_paragraph("{{ 名单[0].密码 }}")
    own.save(str(tmp_path / "own.docx"))
    with pytest.raises(duban.DubanError, match="全部单位名"):
        duban.run(tmp_path / "w", draws=0, templates={"commendation": tmp_path / "own.docx"})
    assert (tmp_path / "w/out/circular.docx").read_bytes() == before["circular.docx"]


def test_the_shipped_templates_are_what_the_script_makes(tmp_path: Path) -> None:
    place = ROOT / "plugins" / "make_notice_templates.py"
    spec = spec_from_file_location("make_notice_templates", place)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "notices" / "templates").mkdir(parents=True)
    (tmp_path / "score_sheets").mkdir()
    module.main(tmp_path)
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.docx")]
    assert len(files) == 4
    for name in files:
        shipped = (ROOT / "plugins" / "duban_reports" / name).read_bytes()
        check_document(shipped, str(name))
        assert unpacked((tmp_path / name).read_bytes()) == unpacked(shipped)


@needs_office
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_a_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    text = "承办单位应当在规定期限内办理完毕并答复代表" * 80
    long_run = replace(small_run(), report=Report().model_copy(update={"contact": text}))
    notices.write(long_run, tmp_path)
    pdf = converted([tmp_path / "public_notice.docx"], "pdf", tmp_path)["public_notice"]
    lines = _lines(pdf, 2)
    assert len(lines) == 22
    # The paragraph begins two characters in.
    assert len(lines[0]) in (26, 28)
    assert {len(line) for line in lines[1:]} == {28}


def _lines(pdf: Path, page: int) -> Sequence[str]:
    """Return the lines of the text of one page, without head and foot."""
    command = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(pdf), "-"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.strip() for line in shown.replace("\f", "\n").splitlines() if line.strip()]
    return [line for line in lines if line != "内部资料" and "—" not in line]


@needs_office
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_page_numbers_stand_between_dashes_outside(run: Run, tmp_path: Path) -> None:
    assert run.out is not None
    pdf = converted([run.out / "circular.docx"], "pdf", tmp_path)["circular"]
    for page, outside in ((1, max), (2, min)):
        box = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(pdf), "-"]
        shown = subprocess.run(box, check=True, capture_output=True, text=True).stdout
        words = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>([^<]*)</word>', shown)
        dashes = [(float(low), float(high)) for low, high, word in words if "—" in word]
        place = outside(low + (high - low) / 2 for low, high in dashes)
        # Points from the left: the text stands between 79 and 521.
        assert (place > 400) == (page == 1)
        assert (place < 200) == (page == 2)


def test_an_internal_edition_is_marked_on_every_page_and_a_public_one_is_not(tmp_path: Path) -> None:
    for edition, marked in ((Edition.INTERNAL, True), (Edition.PUBLIC, False)):
        for file in notices.write(replace(small_run(), edition=edition), tmp_path):
            parts = unpacked((tmp_path / file).read_bytes())
            heads = [part.decode() for name, part in parts.items() if re.match(r"word/header\d", name)]
            assert [("内部资料" in head) for head in heads] == [marked, marked]
