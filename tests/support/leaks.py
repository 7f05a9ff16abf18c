"""Every text that a folder of results holds, however it is wrapped: what a reader with any tool could find."""

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

# Long enough to hold a name; shorter pieces of plain text decode to nothing but noise.
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
# The charts are the same in every page.
_VENDORED = (files("duban_reports.page") / "vendor" / "echarts.min.js").read_bytes()
_TAG = re.compile(r"<[^>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_XLSX_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def leaked(folder: Path, values: Iterable[str]) -> list[tuple[str, str]]:
    """Return the files that hold one of the values, with the value."""
    wanted = [value for value in values if value]
    return sorted({(name, value) for name, text in texts(folder) for value in wanted if value in text})


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each file, then every text in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield name, name
            for text in within(path.read_bytes()):
                yield name, text


def within(content: bytes, depth: int = 0) -> Iterator[str]:
    """Yield every text in some bytes: members of archives, what is escaped, and what is encoded."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield f"{member.filename} {member.comment.decode('utf-8', 'replace')}"
                yield from within(archive.read(member), depth)
        return
    content = content.replace(_VENDORED, b"")
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        yield from _readings(content.decode(encoding, "ignore"))
    if depth < 2:
        for found in _BASE64.finditer(content):
            for inner in _decoded(found[0]):
                yield from within(inner, depth + 1)


def _readings(text: str) -> Iterator[str]:
    """Yield a text as it stands and as each format means it."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = _XLSX_ESCAPE.sub(lambda found: chr(int(found[1], 16)), plain)
    plain = html.unescape(html.unescape(plain))
    yield text
    yield plain
    yield unquote(plain)
    # A document may cut a word into runs.
    yield _TAG.sub("", plain)


def _decoded(text: bytes) -> Iterator[bytes]:
    raw = text.replace(b"-", b"+").replace(b"_", b"/")
    try:
        inner = base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return
    yield inner
    for bits in (15, -15, 31):
        try:
            yield zlib.decompress(inner, bits)
        except zlib.error:
            continue


def result(folder: Path) -> dict[str, object]:
    """Return what `result.json` of a folder says."""
    data: dict[str, object] = json.loads((folder / "result.json").read_text("utf-8"))
    return data
