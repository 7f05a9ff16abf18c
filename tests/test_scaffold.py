"""A new plugin works at once, as a user would install it."""

import re
from pathlib import Path

import pytest
from environments import Environment

from duban.cli import execute


@pytest.mark.slow
def test_a_new_plugin_works_as_soon_as_pip_has_installed_it(tmp_path: Path) -> None:
    assert execute(["plugins", "new", "city_roads", "--into", str(tmp_path)]) == 0
    environment, folder = Environment(tmp_path / "env"), tmp_path / "city_roads"
    by_pip = environment.install(folder)
    if not by_pip:
        environment.link(folder)
    tested = environment.shell("pytest -q", folder)
    assert tested.returncode == 0, tested.stdout
    assert "3 passed" in tested.stdout
    # From elsewhere: what is installed does not hang on where one stands.
    checked = environment.shell("duban plugins check city_roads && duban plugins list", tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert re.search(r"city_roads\W+0\.1\.0", checked.stdout)
    if not by_pip:
        pytest.skip("all but `pip install -e`: pip cannot get at hatchling, the build backend, from here")
