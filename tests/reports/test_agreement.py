"""Every number of every written file is the engine's; one that was altered is found."""

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import hostile
import pytest
from agreement import Truth, wrong, wrong_csv, wrong_page
from readers import READERS, page

import duban
from duban.registry import installed

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLE = "harbin-2023"
WORKSPACES = (SAMPLE, "hostile", "shanxi-2015", "chongqing-2018", "hotline-yulin", "yimen")
# How each kind of file is held against the result; a new kind is a line here.
CHECKS: dict[str, Callable[[Path, Truth], list[str]]] = {
    ".csv": wrong_csv,
    ".html": lambda path, truth: wrong_page(page(path), truth),
    **{
        kind: lambda path, truth, read=read: wrong(read(path), truth)  # type: ignore[misc]
        for kind, read in READERS.items()
    },
}


def disagreements(folder: Path) -> list[str]:
    """Return every place of every file that says something else than result.json."""
    truth = Truth(folder)
    paths = sorted(path for path in folder.iterdir() if path.name not in ("result.json", ".duban"))
    return [place for path in paths for place in CHECKS[path.suffix](path, truth)]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folders of both editions of each workspace, by name."""
    top = tmp_path_factory.mktemp("agreement")
    found = {}
    for name in WORKSPACES:
        folder = top / name
        if name == "hostile":
            hostile.workspace(folder)
        else:
            source = Path(str(installed().samples[SAMPLE].folder)) if name == SAMPLE else GOLDEN / name
            shutil.copytree(source, folder, ignore=shutil.ignore_patterns("out*"))
        settings = folder / "duban.toml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace("\n[tables", "\n[visibility]\nmin_cell = 3\n\n[tables", 1), "utf-8")
        for edition in ("internal", "public"):
            made = duban.run(folder, edition=edition, draws=50)
            assert made.out is not None
            found[f"{name} {edition}"] = made.out
    return found


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize("name", WORKSPACES)
def test_every_number_is_the_engines(results: dict[str, Path], name: str, edition: str) -> None:
    assert disagreements(results[f"{name} {edition}"]) == []


def altered(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text within a file, in the member of an archive that has it."""
    if not zipfile.is_zipfile(path):
        text = path.read_text("utf-8")
        assert re.search(old, text), (path, old)
        path.write_text(re.sub(old, new, text, count=1), "utf-8")
        return
    members = {}
    done = False
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
            text = members[name].decode("utf-8", "ignore")
            if not done and name.endswith(".xml") and "theme" not in name and re.search(old, text):
                members[name], done = re.sub(old, new, text, count=1).encode(), True
    assert done, (path, old)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ranking.csv", r"97\.24", "97.25"),
        ("criteria.csv", ",31,31,", ",31,30,"),
        ("rates.csv", r"0\.9227", "0.9228"),
        ("two_stage.csv", ",24", ",25"),
        ("result.xlsx", r"<v>97\.24</v>", "<v>97.25</v>"),
        ("result.xlsx", "<v>31</v>", "<v>32</v>"),
        ("score_sheets.xlsx", r'(<c r="E\d+" s="\d+")><v>31</v>', r"\1><v>33</v>"),
        ("score_sheets.xlsx", r"100\.00%", "100.01%"),
        ("public_notice.docx", r"97\.24", "97.42"),
        ("circular.docx", r"94\.43", "94.34"),
        ("circular.docx", r"80\.06", "80.07"),
        ("circular.docx", "359", "395"),
        ("commendation.docx", "等4个", "等8个"),
        ("score_sheets.docx", r"97\.24", "97.25"),
        ("report.html", '"97.24"', '"97.23"'),
        ("report.html", '"19.68"', '"19.69"'),
    ],
)
def test_an_altered_number_is_found(
    results: dict[str, Path], tmp_path: Path, file: str, old: str, new: str
) -> None:
    folder = shutil.copytree(results[f"{SAMPLE} internal"], tmp_path / "out")
    altered(folder / file, old, new)
    assert CHECKS[Path(file).suffix](folder / file, Truth(folder))
