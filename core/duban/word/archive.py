"""The archive that a Word document is: the same parts give the same bytes on any day."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the parts of a document by name."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a document of these parts, without the time at which it was made."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(ZipInfo(name, _LONG_AGO), part, ZIP_DEFLATED, 6)
    return target.getvalue()
