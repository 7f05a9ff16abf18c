"""The page as text: styles, scripts and data in one file, under a policy that lets nothing else run or load."""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from duban import Text

# They share one scope; each uses only what stands above it.
SCRIPTS = (
    "base.js",
    "table.js",
    "charts.js",
    "ranking.js",
    "flow.js",
    "heat.js",
    "funnel.js",
    "movement.js",
    "department.js",
    "main.js",
)
_NO_SCRIPT = Text("本页需要浏览器允许运行脚本。", "This page needs scripts to be allowed.")
_UNSAFE = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def document(title: str, language: str, data: Mapping[str, Any]) -> str:
    """Return the page; its own scripts and style are allowed by their hashes, and nothing may be loaded."""
    folder = files(__package__)
    style = _text(folder / "browser" / "page.css")
    vendored = _text(folder / "vendor" / "echarts.min.js")
    scripts = [vendored, *(_text(folder / "browser" / name) for name in SCRIPTS)]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{"zh-CN" if language == "zh" else "en"}">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(_whole(title))}</title>",
        f"<style>{style}</style></head>",
        f'<body><div id="page"></div><noscript>{_NO_SCRIPT.zh} {_NO_SCRIPT.en}</noscript>',
        f'<script type="application/json" id="data">{as_json(data)}</script>',
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def as_json(data: object) -> str:
    """Return data as JSON that ends no script and begins no comment, whatever texts are in it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_UNSAFE).encode("utf-8", "backslashreplace").decode("utf-8")


def _text(path: Any) -> str:
    return str(path.read_text("utf-8"))


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode('utf-8')).digest()).decode()}'"


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
