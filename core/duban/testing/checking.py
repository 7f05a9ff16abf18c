"""The check of a plugin: children that run it in different surroundings, and what their answers say."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from duban.errors import UsageError, shown
from duban.limiting import PLUGIN_SECONDS
from duban.plugins import GROUP

from .faults import PLUGIN, Fault

# How often the parent looks whether a child has ended.
_POLL = 0.02
# What a child may need before it first says what it does.
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Surroundings:
    """Where a child runs; what differs from the usual ones is what a changed answer depends on.

    With an odd `seed` the questions come one by one, the last one first.
    """

    code: str = "answer_changes_between_runs"
    zone: str = "Asia/Shanghai"
    locale: str = "C.UTF-8"
    hash_seed: int = 0
    seed: int = 0

    def environment(self, temporary: str) -> dict[str, str]:
        """Return the environment of the child."""
        plain = self.locale == "C"
        return {
            **{name: value for name, value in os.environ.items() if name not in _OWN_VARIABLES},
            "TZ": self.zone,
            "LC_ALL": self.locale,
            "LANG": self.locale,
            "PYTHONHASHSEED": str(self.hash_seed),
            "PYTHONUTF8": "0" if plain else "1",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": temporary,
        }


_OWN_VARIABLES = frozenset({"LANGUAGE", "LC_CTYPE", "PYTHONIOENCODING", "PYTHONWARNINGS", "DUBAN_DISABLE"})
USUAL = Surroundings()
# Everything at once, twice: a plugin that is right has nothing to explain. The two zones never have the same date.
# Where the second locale is not installed, whoever asks for that of the user gets an error; that is a difference too.
DIFFERENT = (
    Surroundings(zone="Pacific/Kiritimati", locale="C", hash_seed=1, seed=1),
    Surroundings(zone="Etc/GMT+12", locale="zh_CN.UTF-8", hash_seed=2, seed=2),
)


def check_plugin(package: str, *, seconds: float = PLUGIN_SECONDS) -> list[Fault]:
    """Return what is wrong with a plugin: the name of an installed one, a module, or a path to its folder or file.

    Everything of the plugin runs in processes of its own. `seconds` is what it may take for one thing.

    Raises: UsageError, where there is no such plugin.
    """
    base = _Child(package, USUAL, seconds, look=True).outcome()
    if base.get("unknown"):
        raise UsageError("plugin_not_found", name=package, known=entry_points(group=GROUP).names)
    faults = [Fault.from_data(item) for item in base["faults"]]
    if faults:
        return faults
    others = _outcomes(package, DIFFERENT, seconds)
    if all(_same(base, other) for other in others):
        return []
    where, other = next((d, one) for d, one in zip(DIFFERENT, others, strict=True) if not _same(base, one))
    for single in _one_at_a_time(where):
        alone = _Child(package, single, seconds, look=False).outcome()
        if not _same(base, alone):
            return list(_differences(single, base, alone))
    # What only several together bring about is blamed on the runs.
    return list(_differences(where, base, other))


def _one_at_a_time(where: Surroundings) -> list[Surroundings]:
    """Return the usual surroundings with one thing changed as it is there, to say what an answer depends on."""
    return [
        replace(USUAL, seed=where.seed),
        replace(USUAL, code="depends_on_time_zone", zone=where.zone),
        replace(USUAL, code="depends_on_hash_seed", hash_seed=where.hash_seed),
        replace(USUAL, code="depends_on_locale", locale=where.locale),
    ]


def _outcomes(package: str, where: Sequence[Surroundings], seconds: float) -> list[dict[str, Any]]:
    """Run a child in each of the surroundings, as many side by side as there are processors."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda one: _Child(package, one, seconds, look=False).outcome(), where))


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["answers"] == other["answers"] and not other["faults"])


def _differences(where: Surroundings, base: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each thing that is another in these surroundings, with the first answer that shows it."""
    if other["faults"]:
        inner = Fault.from_data(other["faults"][0])
        yield Fault(where.code, inner.subject, {}, (_said(where), inner.line("zh"), *inner.example))
        return
    for subject in sorted(base["answers"].keys() | other["answers"].keys()):
        mine, theirs = base["answers"].get(subject, []), other["answers"].get(subject, [])
        for one, two in zip(mine or [["—", "—"]], theirs or [["—", "—"]], strict=False):
            if one != two:
                said = f"{shown(one[1])} ≠ {shown(two[1])}"
                yield Fault(where.code, subject, {}, (_said(where), str(one[0]), said))
                break


def _said(where: Surroundings) -> str:
    return f"TZ={where.zone} LC_ALL={where.locale} PYTHONHASHSEED={where.hash_seed}"


class _Child:
    """One process that runs a plugin in given surroundings."""

    def __init__(self, package: str, where: Surroundings, seconds: float, look: bool) -> None:
        self._package, self._where, self._seconds, self._look = package, where, seconds, look

    def outcome(self) -> dict[str, Any]:
        """Run the child; where it does not answer, that is a fault of what it was doing."""
        with TemporaryDirectory(prefix="duban-") as name:
            folder = Path(name)
            with _running(
                self._command(folder), self._where.environment(self._temporary(folder)), folder
            ) as child:
                late = self._waited(child, folder / "progress")
            faults = list(self._ending(folder, child.returncode, late))
            found: dict[str, Any] = {"faults": [], "answers": {}}
            if (folder / "answer").is_file() and not late:
                found = json.loads((folder / "answer").read_text("utf-8"))
            elif not faults:
                faults = [
                    Fault("plugin_died", _doing(folder), {"value": child.returncode}, _last_words(folder))
                ]
            found["faults"] = [*found.get("faults", []), *(fault.as_data() for fault in faults)]
            return found

    def _command(self, folder: Path) -> list[str]:
        job = {
            "package": self._package,
            "look": self._look,
            "seed": self._where.seed,
            "answer": str(folder / "answer"),
            "progress": str(folder / "progress"),
        }
        (folder / "job").write_text(json.dumps(job), "utf-8")
        return [sys.executable, "-m", "duban.testing.child", str(folder / "job")]

    def _temporary(self, folder: Path) -> str:
        place = folder / "tmp"
        place.mkdir()
        return str(place)

    def _waited(self, child: "subprocess.Popen[bytes]", progress: Path) -> bool:
        """Wait for the child; return whether it was too long at one thing, and was ended."""
        doing, since = "", time.monotonic()
        while child.poll() is None:
            time.sleep(_POLL)
            now = _text(progress)
            if now != doing:
                doing, since = now, time.monotonic()
            limit = self._seconds if doing else _START_SECONDS + self._seconds
            if time.monotonic() - since > limit:
                child.kill()
                child.wait()
                return True
        return False

    def _ending(self, folder: Path, status: int, late: bool) -> Iterator[Fault]:
        if late:
            yield Fault("plugin_slow", _doing(folder), {"seconds": f"{self._seconds:g}"})
        printed = _text(folder / "stdout").strip()
        if printed:
            yield Fault("plugin_prints", PLUGIN, {}, tuple(printed.splitlines()[:3]))


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _doing(folder: Path) -> str:
    return _text(folder / "progress") or PLUGIN


def _last_words(folder: Path) -> tuple[str, ...]:
    return tuple(_text(folder / "stderr").strip().splitlines()[-3:])


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""
