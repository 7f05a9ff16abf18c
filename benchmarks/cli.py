"""How long a user waits: `duban --help`, the sample, 10,000 cases from xlsx, each as a whole process.

python benchmarks/cli.py [runs]
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
DUBAN = Path(sys.executable).parent / "duban"
SAMPLE = HERE.parent / "samples" / "duban_samples" / "harbin-2023"
# As after `pip install`, which compiles every module: nobody compiles them anew at every start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(HERE / "data" / "compiled")
COMMANDS = {
    "duban --help": ("--help",),
    "duban run (sample)": ("run", str(SAMPLE), "--out", str(HERE / "data" / "out-sample")),
    "duban run (10,000 cases, xlsx)": ("run", str(HERE / "data" / "xlsx")),
}


def seconds(arguments: tuple[str, ...]) -> float:
    """Return the wall time of one process."""
    start = time.perf_counter()
    subprocess.run([str(DUBAN), *arguments], check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def main(runs: str = "7") -> None:
    """Print medians; the commands take turns, and a first round warms the page cache."""
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(int(runs) + 1):
        for name, arguments in COMMANDS.items():
            spent = seconds(arguments)
            if turn:
                found[name].append(spent)
    print("| command | s (min-max) |\n| --- | --- |")
    for name, times in found.items():
        print(f"| {name} | {median(times):.2f} ({min(times):.2f}-{max(times):.2f}) |")


if __name__ == "__main__":
    main(*sys.argv[1:2])
