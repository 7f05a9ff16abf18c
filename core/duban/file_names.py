"""File names made of names: safe on every system, and never two the same."""

import re

# Letters, digits and brackets of any script; what a path, a shell or another system could misread is `_`.
_UNSAFE = re.compile(r"[^\w（）()-]+")
# Four bytes a character still leave room for number and ending within the 255 that a name may have.
_LONGEST = 40


def file_name(name: str, number: int, of: int, ending: str = "") -> str:
    """Return `007-市教育局.docx`: the number keeps names apart that look alike, and no name is a word of the system."""
    return f"{number:0{len(str(of))}d}-{safe(name)}{ending}"


def safe(name: str) -> str:
    """Return a name as part of a file name: letters, digits and brackets, of bounded length; `_` for all else."""
    return _UNSAFE.sub("_", name)[:_LONGEST].strip("_") or "_"
