"""What a Word file from outside must not hold: whatever acts, fetches, or unpacks to more than it seems.

Refused are macros, ActiveX and embedded objects, every link to the outside (hyperlinks too: what looks harmless on
paper is fetched or opened on a click), fields other than page numbers (DDE, INCLUDETEXT and the like act when the
document is opened), mail merge, XML with a document type (entities), and archives that are too large unpacked.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lxml import etree

from duban.errors import InputError
from duban.texts import Text

LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 100_000_000
MOST_PARTS = 1000
FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES"})
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ACTIVE_PARTS = ("vba", "activex/", "embeddings/", "oleobject", "afchunk", "ctrlprops/")
_ACTIVE_RELATIONS = ("vba", "oleobject", "control", "afchunk", "subdocument", "attachedtemplate", "package")
_ACTIVE_ELEMENTS = ("object", "control", "altChunk", "subDoc", "mailMerge", "attachedTemplate", "OLEObject")
_MACROS = Text("宏、控件或嵌入的对象", "macros, controls or embedded objects")
_OUTSIDE = Text("指向外部的链接", "a link to the outside")
_FIELD = Text("域代码 {code}（只允许页码）", "the field code {code} (only page numbers are allowed)")
_DOCTYPE = Text("XML 文档类型声明", "an XML document type declaration")
_BROKEN = Text("不能读取的 XML", "XML that cannot be read")


def read_template(path: Path) -> bytes:
    """Return the content of a template after looking through all of it.

    Raises: InputError, for what is no Word document (.docx), too large, or holds what a template must not hold.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError("template_too_large", str(path), limit=LARGEST_FILE // 1_000_000)
        content = path.read_bytes()
    except OSError as error:
        raise InputError("template_unreadable", str(path), reason=error.strerror) from error
    check_document(content, str(path))
    return content


def check_document(content: bytes, at: str) -> None:
    """Look through a Word document. Raises: InputError, as `read_template`."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_sizes(archive, at)
            for name in archive.namelist():
                _check_part(name, archive.read(name), at)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise InputError("template_not_word", at) from error


def _check_sizes(archive: ZipFile, at: str) -> None:
    parts = archive.infolist()
    names = [item.filename for item in parts]
    if len(parts) > MOST_PARTS or sum(item.file_size for item in parts) > LARGEST_UNPACKED:
        raise InputError("template_too_large", at, limit=LARGEST_UNPACKED // 1_000_000)
    if "[Content_Types].xml" not in names or len({name.lower() for name in names}) != len(names):
        raise InputError("template_not_word", at)
    if any(item.flag_bits & 1 for item in parts):
        raise InputError("template_not_word", at)
    types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types:
        _refuse(_MACROS, "[Content_Types].xml", at)
    if _MAIN not in types:
        raise InputError("template_not_word", at)


def _check_part(name: str, content: bytes, at: str) -> None:
    if any(mark in name.lower() for mark in _ACTIVE_PARTS):
        _refuse(_MACROS, name, at)
    if not name.endswith((".xml", ".rels")):
        return
    root = _parsed(name, content, at)
    if name.endswith(".rels"):
        _check_relations(name, root, at)
    else:
        _check_elements(name, root, at)


def _parsed(name: str, content: bytes, at: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        _refuse(_BROKEN, name, at)
    if root.getroottree().docinfo.doctype:
        _refuse(_DOCTYPE, name, at)
    return root


def _check_relations(name: str, root: etree._Element, at: str) -> None:
    for relation in root:
        if relation.get("TargetMode", "").lower() == "external":
            _refuse(_OUTSIDE, relation.get("Target", name), at)
        kind = relation.get("Type", "").rsplit("/", 1)[-1].lower()
        if kind.startswith(_ACTIVE_RELATIONS):
            _refuse(_MACROS, name, at)


def _check_elements(name: str, root: etree._Element, at: str) -> None:
    for element in root.iter(etree.Element):
        if etree.QName(element).localname in _ACTIVE_ELEMENTS:
            _refuse(_MACROS, name, at)
    for code in _field_codes(root):
        words = code.split()
        if not words or words[0].upper() not in FIELDS:
            _refuse(Text(*(text.replace("{code}", code[:40]) for text in _FIELD)), name, at)


def _field_codes(root: etree._Element) -> Iterator[str]:
    """Yield the code of every field; one may be cut into any number of pieces, and hold others."""
    for field in root.iter(f"{_W}fldSimple"):
        yield field.get(f"{_W}instr", "")
    open_fields: list[list[str]] = []
    for element in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}delInstrText"):
        if element.tag != f"{_W}fldChar":
            (open_fields[-1] if open_fields else [""]).append(element.text or "")
            if not open_fields:
                yield element.text or ""
        elif element.get(f"{_W}fldCharType") == "begin":
            open_fields.append([])
        elif element.get(f"{_W}fldCharType") == "end" and open_fields:
            yield "".join(open_fields.pop())
    yield from ("".join(pieces) for pieces in open_fields)


def _refuse(what: Text, part: str, at: str) -> None:
    raise InputError("template_forbidden", at, what=what, part=part)
