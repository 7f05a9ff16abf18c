"""The command `duban`: exit code 0 done, 1 findings stopped it, 2 wrong use or input, 3 a fault of duban's own.

Nothing heavy is imported here: a command imports what it needs when it runs, so that `--help` is quick.
"""

import gc
import sys
import traceback
from collections.abc import Sequence
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from typing import NoReturn

import click

from duban.errors import DubanError, OutputError, UsageError, one_line
from duban.texts import Language

from .commands import commands
from .speech import chosen_language, drop_unwritten, readable_streams, speaking

INTERRUPTED = 130
CLOSED_PIPE = 141
OWN_FAULT = 3
# What a write to the terminal, or to the file that stands in its place, fails with; it names no file.
OUTPUT_CAUSES = (ENOSPC, EDQUOT, EFBIG, EIO)


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    # A command makes many objects and ends: to look for cycles all the time takes a sixth of a large run.
    gc.set_threshold(100_000, 50, 50)
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors go to stderr, one line each."""
    readable_streams()
    language = chosen_language(arguments)
    debug = "--debug" in arguments
    with speaking(language):
        try:
            return _executed(list(arguments), language, debug)
        except (Exception, SystemExit) as fault:  # noqa: BLE001 - whatever it is, the user gets one line
            if debug:
                traceback.print_exc()
            _say_own_fault(fault, language)
            return OWN_FAULT


def _executed(arguments: list[str], language: Language, debug: bool) -> int:
    try:
        return commands(language).main(arguments, "duban", standalone_mode=False) or 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SystemExit as ended:
        # What click and rich raise, with code 1, when the reader of the output (`| head`) has left.
        if ended.code != 1:
            raise
        return CLOSED_PIPE
    except click.ClickException as error:
        return _reported(_as_ours(error), language, debug)
    except DubanError as error:
        return _reported(error, language, debug)
    except OSError as error:
        if error.errno not in OUTPUT_CAUSES or error.filename is not None:
            raise
        drop_unwritten()
        return _reported(OutputError("stream_not_written", reason=error.strerror), language, debug)


def _reported(error: DubanError, language: Language, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    click.echo(error.line(language), err=True)
    return error.exit_code


def _as_ours(error: click.ClickException) -> DubanError:
    """Return what click found wrong with the command line as an error of duban's own, on one line."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "duban"
    message = error.format_message().replace("。 ", "。").rstrip(".。")
    return UsageError("command_line", message=message, help=f"{path} --help")


def _say_own_fault(fault: BaseException, language: Language) -> None:
    try:
        line = DubanError("own_fault", reason=f"{type(fault).__name__}: {fault}").line(language)
    except Exception:  # noqa: BLE001 - the wording files themselves may be at fault
        line = one_line(f"[own_fault] {type(fault).__name__}: {fault} (--debug)")
    click.echo(line, err=True)
