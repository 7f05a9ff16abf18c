"""The guide to plugins does what it says: its files are written, its commands run, its figures come out."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from environments import Environment

DOCS = Path(__file__).parents[1] / "docs"
DEPARTMENT, CRITERION = "public_security", "traffic_on_site"
PAGES = ("plugin-guide.md", "plugin-guide.en.md")
# A block, and the last `path` of the line before it, which says what file the block is.
BLOCK = re.compile(r"^(?P<before>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = re.compile(r"^pip install -e (\w+)\n", re.MULTILINE)


class Block(NamedTuple):
    kind: str
    file: str | None
    text: str


def blocks(page: str) -> list[Block]:
    found = []
    for match in BLOCK.finditer((DOCS / page).read_text("utf-8")):
        named = re.findall(r"`([\w./-]+\.\w+)`", match["before"])
        found.append(Block(match["kind"], named[-1] if named else None, match["text"]))
    return found


def test_both_languages_have_the_same_blocks_for_the_same_files() -> None:
    one, other = (blocks(page) for page in PAGES)
    assert one == other
    for page in PAGES:
        assert (DOCS / page).read_text("utf-8").count("```") == 2 * len(one)


def test_every_block_but_the_commands_names_its_file() -> None:
    assert [block for block in blocks(PAGES[0]) if (block.kind == "sh") != (block.file is None)] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_minutes_add_up_to_twenty(page: str) -> None:
    headings = re.findall(r"^## .*?(\d+) (?:分钟|minutes?)", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    assert sum(int(minutes) for minutes in headings) == 20


@pytest.mark.slow
def test_the_guide_leads_to_its_points(tmp_path: Path) -> None:
    environment = Environment(tmp_path / "env")
    for block in blocks(PAGES[0]):
        if block.kind == "sh":
            run(environment, block.text, tmp_path)
        elif block.kind == "text":
            assert_found(block, tmp_path)
        else:
            write(block, tmp_path)


def run(environment: Environment, text: str, folder: Path) -> None:
    """Run the commands; where pip cannot get at the build backend, the plugin is put in its place by hand."""
    if (project := INSTALL.search(text)) and not environment.install(folder / project[1]):
        environment.link(folder / project[1])
    done = environment.shell(INSTALL.sub("", text), folder)
    assert done.returncode == 0, done.stdout + done.stderr
    if "plugins list" in text:
        assert "traffic" in done.stdout


def write(block: Block, folder: Path) -> None:
    """Write a file as the guide says: code takes the place of the example, TOML goes to the end of what is there."""
    assert block.file is not None
    place = folder / block.file
    if block.kind == "python":
        assert place.is_file(), f"the guide replaces a file that is not there: {place}"
    kept = place.read_text("utf-8") + "\n" if block.kind == "toml" and place.exists() else ""
    place.write_text(kept + block.text, "utf-8")


def assert_found(block: Block, folder: Path) -> None:
    """Find each line of the block at the beginning of a line of the file, and no other about the criterion."""
    assert block.file is not None
    lines = (folder / block.file).read_text("utf-8-sig").splitlines()
    own = [line for line in lines if DEPARTMENT in line.split(",")]
    wanted = block.text.splitlines()
    assert [start for start in wanted if not any(line.startswith(start) for line in own)] == [], own
    if CRITERION in block.text:
        assert sum(f",{CRITERION}," in line for line in own) == len(wanted)
