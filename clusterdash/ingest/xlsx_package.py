"""The parts of a workbook's package (ECMA-376, part 2), found as spreadsheets find them.

Names may be in another case, with backslashes, or begin with a slash; namespaces may be those of the strict form. So
parts, elements and attributes are compared by their local names, and what is not needed is not read: styles other than
number formats, themes, properties.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from .number_formats import BUILT_IN

GENERAL = "General"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINE_END = re.compile(r"\r\n?")
_SURROGATE = re.compile("[\ud800-\udfff]")


class DamagedError(Exception):
    """A package without a part that is needed, or with one that is no XML."""


@dataclass(frozen=True, slots=True)
class ListedSheet:
    """A sheet as the workbook lists it: `part` is the name of its part, "" if there is none."""

    name: str
    part: str
    visible: bool
    is_grid: bool
    """Whether it has cells: a chart sheet has none."""


class Package:
    """The parts of a package by name, read when asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """`archive`: the package."""
        self._archive = archive
        self._names = {_canonical(name): name for name in archive.namelist()}

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return _canonical(name) in self._names

    def names(self) -> list[str]:
        """The names of all parts, in lower case, with slashes."""
        return list(self._names)

    def read(self, name: str) -> bytes:
        """The content of a part."""
        return self._archive.read(self._names[_canonical(name)])

    def related(self, part: str) -> Mapping[str, tuple[str, str]]:
        """What a part refers to: kind and name of another part, by the id of the reference."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        found: dict[str, tuple[str, str]] = {}
        for element in _elements(self.read(relations), "Relationship") if relations in self else ():
            if element.get("TargetMode") == "External":
                continue
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = (kind, self._target(folder, element.get("Target", "")))
        return found

    def _target(self, folder: str, target: str) -> str:
        """The name of a part that is referred to from a folder; as it is if there is no such part."""
        plain = unquote(target).replace("\\", "/")
        absolute, relative = plain.lstrip("/"), posixpath.normpath(posixpath.join(folder, plain.lstrip("/")))
        both = (absolute, relative) if plain.startswith("/") else (relative, absolute)
        return next((name for name in both if name in self), both[0])


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a workbook says of all its sheets: their list, texts that cells share, number formats of styles."""

    sheets: list[ListedSheet]
    strings: list[str]
    formats: list[str]
    since_1904: bool
    """Whether days are counted from 1904."""


def workbook_of(package: Package) -> Workbook:
    """Read the parts that all sheets have in common. Raises DamagedError."""
    main = next((name for kind, name in package.related("").values() if kind == "officeDocument"), "xl/workbook.xml")
    if main not in package:
        raise DamagedError(main)
    related = package.related(main)
    parts = {kind: name for kind, name in related.values() if name in package}
    content = package.read(main)
    properties = next(_elements(content, "workbookPr"), None)
    return Workbook(
        [_listed(element, related, package) for element in _elements(content, "sheet")],
        _strings(package.read(parts["sharedStrings"])) if "sharedStrings" in parts else [],
        _formats(package.read(parts["styles"])) if "styles" in parts else [],
        properties is not None and properties.get("date1904", "").strip().lower() in ("1", "true", "on"),
    )


def unescaped(text: str) -> str:
    """A text without the escapes of its form: "_x0041_" is "A"; every line ends with a line feed alone."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")
    return _LINE_END.sub("\n", text) if "\r" in text else text


def local(name: str) -> str:
    """A name of XML without its namespace."""
    return name.rpartition("}")[2]


def _canonical(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _listed(element: ElementTree.Element, related: Mapping[str, tuple[str, str]], package: Package) -> ListedSheet:
    by_id = next((value for name, value in element.items() if "}" in name and local(name) == "id"), "")
    kind, part = related.get(by_id, ("worksheet", ""))
    name = unescaped(element.get("name", ""))
    visible = element.get("state", "visible").strip().lower() not in ("hidden", "veryhidden")
    return ListedSheet(name, part if part in package else "", visible, kind == "worksheet")


def _strings(content: bytes) -> list[str]:
    return [unescaped(_text(item)) for item in _elements(content, "si")]


def _text(item: ElementTree.Element) -> str:
    """The text of a shared string: all its runs, without what tells how to pronounce it."""
    texts: list[str] = []
    for child in item:
        name = local(child.tag)
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts += [run.text or "" for run in child if local(run.tag) == "t"]
    return "".join(texts)


def _formats(content: bytes) -> list[str]:
    """The number format of each style of cells."""
    formats = dict(BUILT_IN)
    styles: list[str] = []
    for element in _elements(content, "numFmts", "cellXfs"):
        for child in element:
            number = _whole(child.get("numFmtId"))
            if local(child.tag) == "numFmt" and number is not None:
                formats[number] = child.get("formatCode") or GENERAL
            elif local(child.tag) == "xf":
                styles.append(formats.get(number or 0, GENERAL))
    return styles


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() else None


def _elements(content: bytes, *names: str) -> Iterator[ElementTree.Element]:
    """The elements with one of these names, each complete; others are let go. Raises DamagedError."""
    try:
        depth, inside = 0, 0
        for event, element in ElementTree.iterparse(io.BytesIO(content.lstrip()), ("start", "end")):
            named = local(_tag(element)) in names
            if event == "start":
                depth += 1
                inside += named
                continue
            depth -= 1
            inside -= named
            if named and not inside:
                yield element
            if not inside:
                element.clear()
    except ElementTree.ParseError as error:
        raise DamagedError(str(error)) from error


def _tag(element: Any) -> str:
    return element.tag if isinstance(element.tag, str) else ""
