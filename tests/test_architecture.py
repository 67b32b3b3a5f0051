"""Rules of the architecture that the contracts of import-linter (`pyproject.toml`) cannot express."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "clusterdash"

# What a page may import: the web for what is in the edition, and these for how it is shown.
FOR_PAGES = {"benchmark", "evaluation", "i18n", "domain", "labels", "open_data", "presentation", "reports", "web"}
FOR_PAGES |= {"spreadsheets", "ingest.grants", "ingest.questionnaire_writer", "admin.editions", "cases.steps"}
# Words of earlier versions that name nothing in the field, and words with several meanings.
PRIVATE_WORDS = {
    "apologise",
    "arena",
    "arrive",
    "deed",
    "desk",
    "door",
    "doubt",
    "eyes",
    "fives",
    "floor",
    "house",
    "lever",
}
PRIVATE_WORDS |= {"press", "room", "rung", "settled", "shelf", "shield", "spine", "standing", "told", "twin", "witness"}


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """What a file imports: ("clusterdash", package, module) or ("library",)."""
    inside = path.is_relative_to(PACKAGE)
    here = ("clusterdash", *path.relative_to(PACKAGE).parts[:-1]) if inside else ()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0],) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            module = (*above, *(node.module or "").split(".")) if node.module else above
            if module[0] != "clusterdash":
                yield module[:1]
            elif PACKAGE.joinpath(*module[1:]).with_suffix(".py").is_file():
                yield module
            else:
                yield from ((*module, alias.name) for alias in node.names)


def ours(path: Path) -> set[tuple[str, ...]]:
    return {found[1:] for found in imports(path) if found[0] == "clusterdash"}


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.stem)
def test_a_page_cannot_reach_the_database(path: Path) -> None:
    assert not {module for module in ours(path) if not {module[0], ".".join(module)} & FOR_PAGES}
    libraries = {found[0] for found in imports(path)} - {"clusterdash"}
    assert libraries <= {"streamlit", "pandas", "collections", "functools"}


COMPUTING = (ast.BinOp, ast.AugAssign, ast.Lambda, ast.While, ast.Try, ast.ClassDef, ast.Yield, ast.Await, ast.Global)
"""What a page never needs in order to ask and to show."""
AGGREGATES = {"sum", "min", "max", "sorted", "reduce", "round", "Counter", "map", "filter", "exec", "eval"}
BLOCKS = (ast.With, ast.For, ast.If)
MOST_BLOCKS = 2
"""So deep blocks may stand in each other; `elif` is no deeper than its `if`."""
MOST_STATEMENTS = 3
"""Of a function on a page, its docstring aside."""


def depth(node: ast.AST) -> int:
    """How deep blocks stand in each other below a node, the node itself included."""
    below = [(child, isinstance(node, ast.If) and node.orelse == [child]) for child in ast.iter_child_nodes(node)]
    inside = [depth(child) - (chained and isinstance(child, ast.If)) for child, chained in below]
    return max(inside, default=0) + isinstance(node, BLOCKS)


def computed(source: str) -> list[str]:
    """Where a page computes, rather than asks and shows: line and kind."""
    tree = ast.parse(source)
    found = [f"{depth(statement)} blocks deep" for statement in tree.body if depth(statement) > MOST_BLOCKS]
    for node in ast.walk(tree):
        kinds = []
        if isinstance(node, COMPUTING):
            kinds.append(type(node).__name__)
        if isinstance(node, ast.Name) and node.id in AGGREGATES:
            kinds.append(node.id)
        if isinstance(node, ast.FunctionDef) and len(node.body) > MOST_STATEMENTS + bool(ast.get_docstring(node)):
            kinds.append("long function")
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) and len(node.generators) > 1:
            kinds.append("loop in a comprehension")
        found += [f"line {getattr(node, 'lineno', 0)}: {kind}" for kind in kinds]
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.stem)
def test_a_page_computes_nothing(path: Path) -> None:
    assert computed(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "a = b + 1",
        "a += b",
        "a = lambda: b",
        "a = sum(b)",
        "a = [c for b in a for c in b]",
        "if a:\n  for b in c:\n    with d:\n      e",
        "def a():\n  b\n  b\n  b\n  b",
    ],
)
def test_computing_on_a_page_would_be_found(source: str) -> None:
    assert len(computed(source)) == 1


def test_a_chain_of_conditions_is_one_block() -> None:
    assert computed("if a:\n  b\nelif c:\n  if d:\n    e\nelif f:\n  g\nelse:\n  h") == []


def test_the_folder_of_a_page_is_its_audience() -> None:
    assert {path.name for path in (ROOT / "pages").iterdir() if path.name != "__pycache__"} == {
        "public",
        "cluster",
        "expert",
        "staff",
    }, "what lies directly in pages/ is served without app.py"


def decisions_by_key(code: str) -> list[int]:
    """The lines that compare the key of an error's text, or read a value that was meant for the text."""
    found = []
    for node in ast.walk(ast.parse(code)):
        compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        if isinstance(node, ast.Match):
            compared = [node.subject]
        read = [node.value] if isinstance(node, ast.Subscript) else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            read = [node.func.value]
        if {"key"} & {part.attr for part in compared if isinstance(part, ast.Attribute)} or {"values"} & {
            part.attr for part in read if isinstance(part, ast.Attribute)
        }:
            found.append(node.lineno)
    return found


def test_nothing_is_decided_by_the_text_of_an_error() -> None:
    """Errors are classes, problems have an `ErrorCode`: a better text must not change what the program does."""
    for code in ('e.key == "store.version"', 'e.key in ("a", "b")', 'e.values["n"]', 'e.values.get("n")'):
        assert decisions_by_key(code) == [1], code
    assert not decisions_by_key('{"a": 1}.values(), error.key, group.kind == "all"')
    sources = [*FILES, *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    found = {path.name: lines for path in sources if (lines := decisions_by_key(path.read_text("utf-8")))}
    assert list(found) == ["errors.py"], found
    assert len(found["errors.py"]) == 1, "Problem.has"


def words(name: str) -> set[str]:
    """The words of a name in snake case or camel case, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_private_word_names_a_module_class_or_function() -> None:
    assert words("a_DeskFor_HTML") == {"a", "desk", "for", "html"}
    found = []
    for path in FILES:
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        definitions = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        found += [f"{path.stem}: {name}" for name in [path.stem, *definitions] if words(name) & PRIVATE_WORDS]
    assert found == []
