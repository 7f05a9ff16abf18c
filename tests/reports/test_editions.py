"""The public edition: what the workspace withholds is in no byte of any file."""

import csv
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hostile
import openpyxl
import pytest
from leaks import leaked, texts
from office import converted, needs_office

import duban
from duban import Reporter, Run, hookimpl
from duban.registry import installed

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLE = "harbin-2023"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def published(folder: Path, visibility: str) -> Path:
    """Write both editions of a workspace; return the folder of the public one."""
    settings = folder / "duban.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("\n[tables", f"\n[visibility]\n{visibility}\n\n[tables", 1), "utf-8")
    duban.run(folder, draws=50, reports=["csv"])
    duban.run(folder, edition="public", draws=50)
    return folder / "out-public"


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[name] for row in csv.DictReader(file) if row[name]]


@pytest.fixture
def mean(tmp_path: Path) -> Path:
    return hostile.workspace(tmp_path / "hostile")


def test_names_of_deputies_and_hidden_cases_are_nowhere(mean: Path) -> None:
    wanted = (
        'columns = ["领衔代表", "cases.title"]\ncases = "是否公开 = \'否\'"\ncase_ids = ["案02-1", "案05-0"]'
    )
    out = published(mean, wanted)
    ledger = mean / "台账.csv"
    hidden = {*column(ledger, "领衔代表"), *column(ledger, "标题"), "案02-1", "案05-0", "台账.csv"}
    hidden |= {f"案{place:02}-5" for place in range(len(hostile.NAMES))}
    assert leaked(out, hidden) == []
    assert leaked(mean / "out", ["案02-1"])
    assert {row["case_id"] for row in table(out, "cases")} & set(column(ledger, "编号"))


def test_single_ratings_are_nowhere(mean: Path) -> None:
    """A case that is listed for nothing but its rating is not in the public edition at all."""
    out = published(mean, "")
    told = {row["case_id"] for row in table(mean / "out", "cases") if row["criterion"] != "satisfied"}
    only_rated = {row["case_id"] for row in table(mean / "out", "cases")} - told
    assert only_rated
    assert leaked(out, only_rated) == []
    assert leaked(out, ["结果评价="]) == []


def test_ratings_may_be_public(mean: Path) -> None:
    out = published(mean, 'ratings = "public"')
    assert "satisfied" in {row["criterion"] for row in table(out, "cases")}


def test_the_sample_keeps_its_secrets(tmp_path: Path) -> None:
    source = Path(str(installed().samples[SAMPLE].folder))
    folder = shutil.copytree(source, tmp_path / SAMPLE, ignore=shutil.ignore_patterns("out*"))
    out = published(folder, 'columns = "标题"\ncase_ids = ["2023-001", "2023-139"]\nmin_cell = 5')
    assert leaked(out, ["2023-001", "2023-139", "关于进一步做好", "台账.xlsx", "特色做法.xlsx"]) == []
    assert leaked(folder / "out", ["2023-139", "台账.xlsx"])


@pytest.mark.parametrize(
    "name", sorted(path.name for path in GOLDEN.iterdir() if (path / "台账.csv").exists())
)
def test_every_golden_workspace_keeps_its_secrets(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(GOLDEN / name, tmp_path / name)
    headings = (folder / "台账.csv").read_text("utf-8-sig").split("\n")[0].split(",")
    number = next(name for name in ("建议编号", "提案编号", "编号", "案号") if name in headings)
    every = sorted({*column(folder / "台账.csv", number)})
    ids = [one for one in every if not any(one in other for other in every if other != one)][:2]
    deputies = {*column(folder / "台账.csv", "领衔代表")} if "领衔代表" in headings else set()
    columns = 'columns = ["领衔代表"]\n' if deputies else ""
    out = published(folder, f"{columns}case_ids = {json.dumps(ids, ensure_ascii=False)}\nmin_cell = 3")
    assert {row["case_id"] for row in table(out, "cases")} & set(ids) == set()
    # What is but digits occurs in any file, in a date or a hash.
    words = {value for value in ids if not set(value) <= set("0123456789-")} | deputies | {"台账.csv"}
    assert leaked(out, words) == []


def test_what_is_left_out_is_said(mean: Path) -> None:
    out = published(mean, 'columns = "标题"\ncase_ids = "案00-1"\nmin_cell = 3')
    said = [row["message"] for row in table(out, "findings") if row["code"] == "withheld"]
    assert len(said) == 5
    assert all(text.startswith("公开版已隐去") for text in said)
    data = json.loads((out / "result.json").read_text("utf-8"))
    assert data["manifest"]["edition"] == "public"
    assert data["evaluation"] is None
    assert [row["message"] for row in data["findings"] if row["code"] == "withheld"] == said


@pytest.mark.parametrize("least", [3, 5])
def test_no_small_count_stands_anywhere(mean: Path, least: int) -> None:
    out = published(mean, f"min_cell = {least}")
    for name, columns in {
        "criteria": ("count", "hits"),
        "measures": ("count", "hits"),
        "two_stage": ("count",),
        "rates": ("count", "hits", "silent"),
        "silence": ("answered", "answer_silent", "result_silent"),
        "adjustments": ("count",),
    }.items():
        for row in table(out, name):
            counts = [int(row[column]) for column in columns if row[column]]
            if "hits" in columns and row["hits"]:
                counts.append(int(row["count"]) - int(row["hits"]))
            assert not [count for count in counts if 0 < count < least], (name, row)
    assert any(not row["count"] for row in table(out, "criteria"))
    if least == 3:
        assert any(row["count"] for row in table(out, "criteria"))


@pytest.mark.parametrize("least", [2, 3, 5])
def test_no_sum_gives_a_withheld_number_away(mean: Path, least: int) -> None:
    """Whoever subtracts what is told from each sum finds at least two unknown numbers, or none."""
    out = published(mean, f"min_cell = {least}")
    data = json.loads((out / "result.json").read_text("utf-8"))
    criteria, dimensions = data["criteria"], data["dimensions"]
    for whole in data["ranking"]:
        own = [row for row in dimensions if row["department"] == whole["department"]]
        unknown = [row for row in own if row["points"] is None]
        assert len(unknown) + (whole["base"] is None) != 1
        for dimension in own:
            parts = [
                row["points"]
                for row in criteria
                if (row["department"], row["dimension"]) == (whole["department"], dimension["dimension"])
            ]
            assert parts.count(None) + (dimension["points"] is None) != 1


def test_the_list_of_cases_cannot_be_counted(mean: Path) -> None:
    out = published(mean, 'min_cell = 5\nratings = "public"')
    known = {(row["department"], row["criterion"]) for row in table(out, "criteria") if row["count"]}
    assert {(row["department"], row["criterion"]) for row in table(out, "cases")} <= known


def test_without_a_word_on_what_is_public_nothing_is_published(mean: Path) -> None:
    with pytest.raises(duban.DubanError) as caught:
        duban.run(mean, edition="public")
    assert caught.value.code == "visibility_missing"
    assert not (mean / "out-public").exists()


@pytest.mark.parametrize(
    ("visibility", "code"),
    [
        ('columns = ["领街代表"]', "visibility_column"),
        ('case_ids = ["案99-9"]', "visibility_case"),
        ('cases = "公幵 = 1"', "column_unknown"),
        ('cases = "case_id"', "type_wanted"),
    ],
)
def test_a_slip_publishes_nothing(mean: Path, visibility: str, code: str) -> None:
    with pytest.raises(duban.DubanError) as caught:
        published(mean, visibility)
    assert caught.value.code == code
    assert str(caught.value.at).startswith("duban.toml:6")
    assert not (mean / "out-public").exists()


def test_a_case_that_the_condition_cannot_tell_is_not_public(mean: Path) -> None:
    ledger = mean / "台账.csv"
    ledger.write_text(ledger.read_text("utf-8").replace(",否,", ",,"), "utf-8", newline="")
    out = published(mean, "cases = \"是否公开 <> '是'\"")
    assert leaked(out, [f"案{place:02}-5" for place in range(len(hostile.NAMES))]) == []


def test_editions_do_not_mix(mean: Path) -> None:
    published(mean, "")
    for out, edition in (("out", "public"), ("out-public", "internal"), ("out/inside", "public")):
        before = sorted(path.name for path in (mean / "out").iterdir())
        with pytest.raises(duban.DubanError) as caught:
            duban.run(mean, edition=edition, out=mean / out, draws=0)
        assert caught.value.code.startswith("output_holds_")
        assert sorted(path.name for path in (mean / "out").iterdir()) == before
    duban.run(mean, edition="public", draws=0)


def test_the_public_run_counts_the_same(mean: Path) -> None:
    out = published(mean, 'columns = ["标题"]\ncases = "是否公开 = \'否\'"')
    for name in ("ranking", "selections", "criteria", "measures", "two_stage", "certainty"):
        assert table(out, name) == table(mean / "out", name)


class Planted:
    """A reporter that tells a secret in the way it is given."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content

    @hookimpl
    def register_reporters(self) -> list[Reporter]:
        return [Reporter("planted", "planted", self.write)]

    def write(self, run: Run, folder: Path) -> Sequence[str]:
        (folder / self.name).write_bytes(self.content)
        return [self.name]


def wrapped(text: str) -> dict[str, bytes]:
    """Return a secret as files of each kind would hold it."""
    import base64
    import io
    import zlib

    document = io.BytesIO()
    with zipfile.ZipFile(document, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", f"<creator>{text}</creator>")
    runs = "</w:t></w:r><w:r><w:t>".join(text)
    return {
        "plain.csv": text.encode(),
        "escaped.json": json.dumps({"name": text}).encode(),
        "entity.html": "".join(f"&#{ord(char)};" for char in text).encode(),
        "properties.docx": document.getvalue(),
        "runs.xml": f"<w:r><w:t>{runs}</w:t></w:r>".encode(),
        "base64.html": base64.b64encode(f'{{"n":"{text}"}}'.encode()),
        "packed.html": base64.b64encode(zlib.compress(text.encode() * 3)),
        "old.csv": text.encode("gb18030"),
    }


@pytest.mark.parametrize("name", wrapped("代表甲00乙0"))
def test_a_planted_leak_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(wrapped("代表甲00乙0")[name])
    assert leaked(tmp_path, ["代表甲00乙0"]) == [(name, "代表甲00乙0")]
    assert leaked(tmp_path, ["代表甲00乙1"]) == []


def test_a_leak_in_the_run_is_found(mean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the findings not stripped, the file names in them would be found: the search is not blind."""
    from duban.editions import publishing

    monkeypatch.setattr(publishing, "_findings", lambda run, notes: run.findings)
    monkeypatch.setattr(publishing, "_manifest", lambda manifest, out: manifest)
    out = published(mean, "")
    found = {name for name, _ in leaked(out, ["台账.csv"])}
    assert {"result.json", "result.xlsx"} <= found
    assert sum(1 for _ in texts(out)) > 20


@needs_office
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_a_public_workbook_recalculates_to_what_is_published(mean: Path, tmp_path: Path) -> None:
    """No formula adds up what is withheld: the totals stand after a recalculation."""
    out = published(mean, "min_cell = 3")
    again = openpyxl.load_workbook(
        converted([out / "result.xlsx"], "xlsx", tmp_path / "made")["result"], data_only=True
    )
    totals = dict(zip(*(column_of(again["结果"], name) for name in ("单位", "总分")), strict=True))
    ranking = json.loads((out / "result.json").read_text("utf-8"))["ranking"]
    assert [totals[row["name"]] for row in ranking] == [pytest.approx(row["total"]) for row in ranking]
    assert again["结果"]["A2"].value.startswith("公开版")
    assert openpyxl.load_workbook(out / "score_sheets.xlsx")["目录"]["A2"].value.startswith("公开版")


def column_of(sheet: Any, heading: str) -> list[Any]:
    place = [cell.value for cell in sheet[3]].index(heading)
    return [row[place] for row in sheet.iter_rows(min_row=4, values_only=True)]
