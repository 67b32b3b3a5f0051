"""Files of the kinds that are accepted as evidence, small and valid, and archives with what a test puts inside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pikepdf
from openpyxl import Workbook
from PIL import Image

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
_OVERRIDE = '<Override PartName="/{}" ContentType="{}"/>'
_MAIN = {
    "docx": ("word/document.xml", f"{_OPEN_XML}wordprocessingml.document.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OPEN_XML}presentationml.presentation.main+xml"),
}
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</manifest:manifest>'
)


def archive(entries: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these entries, in their order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return made.getvalue()


def open_xml(kind: str, more: Mapping[str, bytes | str] | None = None, *, types: str = "") -> bytes:
    """A DOCX or PPTX: its list of content types, with `types` added, and its main part."""
    part, content_type = _MAIN[kind]
    listed = _TYPES.format(_OVERRIDE.format(part, content_type) + types)
    return archive({"[Content_Types].xml": listed, part: "<a/>", **(more or {})})


def override(part: str, content_type: str) -> str:
    """An entry of a list of content types."""
    return _OVERRIDE.format(part, content_type)


def open_document(kind: str, more: Mapping[str, bytes | str] | None = None, *, manifest: str = "") -> bytes:
    """An ODT or ODS."""
    name = {"odt": "text", "ods": "spreadsheet"}[kind]
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{name}",
            "content.xml": "<a/>",
            "META-INF/manifest.xml": _MANIFEST.format(manifest),
            **(more or {}),
        }
    )


def pdf() -> bytes:
    """A PDF with one page."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(made)
    return made.getvalue()


def image(form: str) -> bytes:
    """A picture, as PNG or JPEG."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, form)
    return made.getvalue()


def xlsx() -> bytes:
    """A workbook as a library writes it."""
    book, made = Workbook(), io.BytesIO()
    book.worksheets[0].append(["a", 1])
    book.save(made)
    return made.getvalue()


def documents() -> dict[str, bytes]:
    """A file of each kind, by its ending."""
    return {
        "pdf": pdf(),
        "docx": open_xml("docx"),
        "xlsx": xlsx(),
        "pptx": open_xml("pptx"),
        "odt": open_document("odt"),
        "ods": open_document("ods"),
        "png": image("PNG"),
        "jpg": image("JPEG"),
        "txt": "Procès-verbal du 3 mars : « adopté »\n".encode(),
        "csv": "année;membres\r\n2025;41\r\n".encode("cp1252"),
    }
