"""The page in a real browser: it opens from disk, loads nothing, and shows any text as text."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from browser import Seen, browser, needs_browser, opened

import duban
from duban.registry import installed
from duban_reports import page

FOLDER = Path(page.__file__).parent
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
        assert seen.page.locator("#detail h2").first.inner_text() == "市文化广电和旅游局"
        assert "84.75" in seen.page.locator(".facts").inner_text()
        assert "2023-007" in seen.page.locator("#cases").inner_text()
        seen.page.get_by_role("link", name="返回排名").click()
        assert seen.page.locator("#overview").is_visible()
        assert seen.page.evaluate("document.activeElement.textContent") == "市文化广电和旅游局"
        assert (seen.complaints, seen.requests) == ([], [])
