"""The process in which a plugin is checked: `python -m duban.testing.child JOB`, where JOB is a JSON file.

The job names the plugin and the files for the answer and for the progress; nothing of the plugin runs in the parent.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

from .examining import answers, examined
from .faults import Fault
from .locating import locate
from .registering import registered
from .watching import Watch


def main(job_file: str) -> None:
    """Do one job: look for all faults, or only answer, so that the answers can be compared."""
    job = json.loads(Path(job_file).read_text("utf-8"))
    progress = Path(job["progress"])
    watched: dict[str, Any] = _done(job, lambda subject: _write(progress, subject))
    _write(Path(job["answer"]), json.dumps(watched))


def _done(job: dict[str, Any], progress: Any) -> dict[str, Any]:
    target = locate(job["package"])
    if target is None:
        return {"unknown": True}
    random.seed(job["seed"])
    watch = Watch(target.home, progress)
    plugin, found = registered(target, watch)
    if plugin is not None and job["look"]:
        found += examined(plugin, watch)
    faults = _unique([*watch.faults.values(), *found])
    told = {} if plugin is None or faults else answers(plugin, watch, bool(job["seed"] % 2))
    return {"faults": [fault.as_data() for fault in faults], "answers": told}


def _unique(faults: list[Fault]) -> list[Fault]:
    """Return each fault of a subject once, with its first example."""
    kept = {(fault.code, fault.subject, fault.line("en")): fault for fault in reversed(faults)}
    return list(reversed(kept.values()))


def _write(path: Path, text: str) -> None:
    """Write a file as a whole: the parent reads it while the child works."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    main(sys.argv[1])
