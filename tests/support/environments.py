"""A virtual environment that sees the packages of this one and keeps what is installed into it to itself."""

import os
import subprocess
import sysconfig
import tomllib
import venv
from pathlib import Path

from installing import describe

SCRIPTS = {
    "duban": '-c "from duban.cli import main; main()"',
    "pytest": "-m pytest -p no:cacheprovider",
    "pip": "-m pip --disable-pip-version-check -q",
}
# What pip says where it cannot get at the build backend.
UNREACHABLE = ("No matching distribution found for hatchling", "Could not find a version that satisfies")

Finished = subprocess.CompletedProcess[str]


class Environment:
    """The environment in a folder; its commands are `duban`, `pytest` and `pip`."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        self.programs = folder / "bin"
        (self.packages,) = folder.glob("lib/python*/site-packages")
        outer = sysconfig.get_path("purelib")
        (self.packages / "outer.pth").write_text(f"import site; site.addsitedir({outer!r})\n", "utf-8")
        for name, rest in SCRIPTS.items():
            script = self.programs / name
            script.write_text(f'#!/bin/sh\nexec "{self.programs}/python" {rest} "$@"\n', "utf-8")
            script.chmod(0o755)

    def shell(self, text: str, folder: Path) -> Finished:
        """Run a text of shell commands in a folder, up to the first that fails."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DUBAN"))}
        path = os.pathsep.join((str(self.programs), os.environ.get("PATH", os.defpath)))
        # Not the source's folder for what Python compiles: the tests compare folders.
        variables = {**kept, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            ["sh", "-euc", text], cwd=folder, env=variables, capture_output=True, text=True, check=False
        )

    def install(self, project: Path) -> bool:
        """Install a project with `pip install -e`; False where the build backend is out of reach."""
        done = self.shell("pip install -e .", project)
        if done.returncode and any(words in done.stderr for words in UNREACHABLE):
            return False
        assert done.returncode == 0, done.stderr
        return True

    def link(self, project: Path) -> None:
        """Make a project as visible as an installed one, by hand: its folder, its name and its entry points."""
        known = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
        describe(self.packages, known["name"], known["version"], known["entry-points"]["duban"])
        (self.packages / f"{known['name']}.pth").write_text(f"{project.absolute()}\n", "utf-8")
