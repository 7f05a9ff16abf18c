"""The process that fills one template from outside: `python -m duban.word.worker`, asked on stdin, answers on stdout.

Exit code 0: the document. 1: what is wrong with the template, as JSON. Anything else: it went beyond its limits.
"""

import base64
import json
import sys

from duban.errors import InputError

from .filling import SECONDS, fill

MOST_MEMORY = 2_000_000_000


def main() -> int:
    """Fill the template and return the exit code."""
    _limit()
    asked = json.load(sys.stdin.buffer)
    try:
        made = fill(base64.b64decode(asked["template"]), asked["facts"])
    except InputError as error:
        sys.stdout.write(json.dumps({"code": error.code, **error.facts}, default=str))
        return 1
    sys.stdout.buffer.write(made)
    return 0


def _limit() -> None:
    """Take away memory and time beyond what any template needs, where the system can."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))


if __name__ == "__main__":
    # A fault of any other kind ends with another code than 1, which Python itself would use.
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - out of memory, too deep, a fault of docxtpl: the parent says so
        code = 3
    sys.exit(code)
