"""Fill a template: `{{ 名称 }}` for a value, `{%tr for … %}` for rows; a name that is not there is an error.

Values are texts, numbers, lists and mappings of them; they are escaped, so that no text becomes part of the document's
structure. Own templates are filled at once. Those from outside are filled by a process of their own, which is ended
when it takes too long, and what comes out of it is looked through like the template itself.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from lxml import etree
from markupsafe import Markup, escape

from duban.errors import DubanError, InputError

from .archive import packed, unpacked
from .guarding import LARGEST_UNPACKED, check_document, read_template
from .text import plain_text

SECONDS = 60.0
LARGEST_NUMBER = 10**9
LONGEST_TEXT = 100_000


def fill_template(facts: Mapping[str, Any], shipped: bytes, own: Path | None = None) -> bytes:
    """Return the document that the office's own template makes of the facts, or the one that ships.

    Raises: InputError, for an own template that asks for what there is not, or holds what no template may hold.
    """
    return fill(shipped, facts) if own is None else fill_outside(own, facts)


def fill_outside(path: Path, facts: Mapping[str, Any]) -> bytes:
    """Return the document that a template from outside makes of the facts.

    Raises: InputError, where it holds what no template may hold, asks for what there is not, or goes on too long.
    """
    at = str(path)
    asked = {"template": base64.b64encode(read_template(path)).decode("ascii"), "facts": facts}
    command = [sys.executable, "-P", "-m", "duban.word.worker"]
    try:
        given = json.dumps(asked).encode()
        done = subprocess.run(command, check=False, input=given, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise InputError("template_too_slow", at, seconds=int(SECONDS)) from error
    if done.returncode == 1:
        told = json.loads(done.stdout)
        raise InputError(told.pop("code"), at, **told)
    if done.returncode != 0 or len(done.stdout) > LARGEST_UNPACKED:
        raise InputError("template_too_slow", at, seconds=int(SECONDS))
    check_document(done.stdout, at)
    return done.stdout


def fill(template: bytes, facts: Mapping[str, Any], at: str = "") -> bytes:
    """Return the document that a template makes of the facts.

    Raises: InputError, naming what the template asks for and is not there, or what is wrong with it.
    """
    document, environment = _Template(BytesIO(template)), _environment(facts, at)
    target = BytesIO()
    try:
        # What is wrong with a mark is told by `render`, which knows what stands around it.
        with suppress(TemplateSyntaxError):
            for name in sorted(document.get_undeclared_template_variables(environment) - facts.keys()):
                raise _unknown(name, facts, at)
        document.render(
            {name: _escaped(value) for name, value in facts.items()}, environment, autoescape=True
        )
        document.save(target)
    except DubanError:
        raise
    except TemplateSyntaxError as error:
        raise InputError("template_syntax", at, reason=error.message, near=_near(error)) from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise InputError("template_failed", at, reason=f"{type(error).__name__}: {error}") from error
    return packed(unpacked(target.getvalue()))


class _Template(DocxTemplate):  # type: ignore[misc]
    """The same without what takes most of its time: looking for line breaks, which no value has, and moving nodes."""

    def resolve_listing(self, xml: str) -> str:
        """Return the text as it is."""
        return xml

    def map_tree(self, tree: Any) -> None:
        """Put the filled body in the place of the old one."""
        root = self.docx._element
        root.body.clear()
        before, _, after = etree.tostring(root, encoding="unicode").rpartition("<w:body/>")
        body = etree.tostring(tree, encoding="unicode", with_tail=False)
        filled = parse_xml(f"{before}{body}{after}".encode())
        self.docx._element = self.docx._part._element = filled


def _near(error: TemplateSyntaxError) -> str:
    """Return what stands around a fault, without the structure of the document."""
    lines = [line.strip() for line in getattr(error, "docx_context", ()) if line.strip()]
    return " ".join(lines)[:120] or "…"


def _escaped(value: Any) -> Any:
    """Return a value whose texts are safe in XML, and in what docxtpl makes of `{_{` afterwards."""
    if isinstance(value, str):
        return Markup(str(escape(plain_text(value))).replace("_", "&#95;")) if _special(value) else value
    if isinstance(value, Mapping):
        return {name: _escaped(item) for name, item in value.items()}
    if isinstance(value, Sequence):
        return [_escaped(item) for item in value]
    return value


def _special(text: str) -> bool:
    """Return whether a text is more than letters that any template may compare with."""
    return "{_" in text or "_}" in text or plain_text(text) != text or "%_" in text


def _unknown(name: str, known: Mapping[str, Any], at: str) -> InputError:
    return InputError("template_variable_unknown", at, name=name, known=list(known))


class _Sandbox(SandboxedEnvironment):
    """Jinja without ways out: no attributes of objects, no huge numbers or texts, no text that escapes escaping."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Work out `*`, `**` and `%` for numbers of ordinary size only."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if not numbers or max(abs(left), abs(right)) > LARGEST_NUMBER or (operator == "**" and right > 10):
            raise OverflowError(f"{operator}")
        return super().call_binop(context, operator, left, right)


def _environment(facts: Mapping[str, Any], at: str) -> SandboxedEnvironment:
    class Unknown(StrictUndefined):
        """A name that is not there: an error that lists what is."""

        def _fail_with_undefined_error(self, *_: Any, **__: Any) -> NoReturn:
            holder = facts if self._undefined_obj is missing else self._undefined_obj
            if isinstance(holder, Mapping) and self._undefined_name is not None:
                raise _unknown(str(self._undefined_name), holder, at)
            raise UndefinedError(self._undefined_message)

        __iter__ = __str__ = __len__ = __bool__ = __eq__ = __ne__ = __hash__ = _fail_with_undefined_error
        __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __gt__ = __getitem__ = _fail_with_undefined_error

    made = _Sandbox(autoescape=True, undefined=Unknown)
    for name in (
        "safe",
        "xmlattr",
        "urlize",
        "center",
        "indent",
        "format",
        "pprint",
        "tojson",
        "forceescape",
    ):
        made.filters.pop(name, None)
    return made


def names_in(facts: Any, before: str = "") -> Iterator[str]:
    """Yield every name that a template may use: `单位[].名称` for the name of each item of a list."""
    if isinstance(facts, Mapping):
        for name, value in facts.items():
            yield f"{before}{name}"
            yield from names_in(value, f"{before}{name}.")
    elif isinstance(facts, Sequence) and not isinstance(facts, str) and facts:
        yield from names_in(facts[0], f"{before.removesuffix('.')}[].")
