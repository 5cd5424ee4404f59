"""Names that a reader can guess, and modules and folders of a readable size.

Where the tree does not meet a rule yet, the exact names are listed here. The lists only get shorter: a name that meets
the rule again fails the test until it is taken out.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from scfdeploy.triggers import TRIGGER_TYPES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "scfdeploy"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")

MOST_USES_OF_A_NAME = 3
MOST_MODULES_OF_A_FOLDER = 25
LINES_OF_A_SMALL_FUNCTION = 25

LISTS = {
    "cli/commands": "one module per command",
    "config/components": "one module per component kind",
    "emulator/scf/actions": "one module per subject of API actions",
    "emulator/scf/triggers": "one module per trigger type",
    "plan/resources": "one module per resource kind",
    "providers/tencent/resources": "one module per resource kind",
    "providers/tencent/triggers": "one module per product with triggers",
    "report/text": "one module per result",
    "rules": "one module per rule, in a folder per subject",
    "triggers": "one module per trigger type",
}
"""Folders in which a small module is right, because the folder is the list of its kind."""

REPEATED = {
    "code",
    "errors",
}
"""Names that more than three modules still have."""

SMALL = {
    "facts/loader.py",
}
"""Modules that still hold one small function outside of the lists; the guardian is a program of its own."""


def test_module_names_are_unique_enough_to_guess() -> None:
    uses = Counter(path.stem for path in MODULES)
    often = {name for name, count in uses.items() if count > MOST_USES_OF_A_NAME}
    found = {name for name in often if name not in _subject_names()}
    new = sorted(found - REPEATED)
    assert not new, f"more than {MOST_USES_OF_A_NAME} modules have one of these names: {new}"
    assert found == REPEATED, f"take out of REPEATED: {sorted(REPEATED - found)}"


def test_folders_have_a_readable_number_of_modules() -> None:
    sizes = Counter(path.parent.relative_to(PACKAGE).as_posix() for path in MODULES)
    del sizes["cli/commands"]  # as many as there are commands, each named after its own
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES_OF_A_FOLDER} == {}


def test_modules_hold_more_than_one_small_function() -> None:
    found = {
        name
        for path in MODULES
        if _is_one_small_function(path) and not _is_in_a_list(name := path.relative_to(PACKAGE).as_posix())
    }
    new = sorted(found - SMALL)
    assert not new, f"merge each into the module whose idea it is part of: {new}"
    assert found == SMALL, f"take out of SMALL: {sorted(SMALL - found)}"


def test_modules_are_named_by_another_module() -> None:
    """Modules that are imported by name in a table count, too; one that nothing names is left over."""
    texts = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    words = {path: set(re.findall(r"\w+", text)) for path, text in texts.items()}
    unused = [
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if path.name != "__main__.py" and not any(path.stem in found for other, found in words.items() if other != path)
    ]
    assert unused == []


def test_lists_of_small_modules_exist() -> None:
    assert [folder for folder in LISTS if not (PACKAGE / folder).is_dir()] == []


def test_test_names_state_a_subject() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for name in _functions(path)
        if name.startswith(("test_what_", "test_that_"))
    ]
    assert found == []


def test_tests_of_a_module_have_different_names() -> None:
    found = defaultdict(list)
    for path in (ROOT / "tests").rglob("test_*.py"):
        counts = Counter(name for name in _qualified_functions(path) if name.rpartition(".")[2].startswith("test_"))
        found[path.name] += [name for name, count in counts.items() if count > 1]
    assert {file: names for file, names in found.items() if names} == {}


def _subject_names() -> set[str]:
    """The names of commands, resource kinds, products and trigger types, in singular and plural."""
    commands = {path.stem for path in (PACKAGE / "cli" / "commands").glob("*.py")}
    kinds = {path.stem for path in (PACKAGE / "plan" / "resources").glob("*.py")}
    products = {path.stem for path in (PACKAGE / "emulator" / "tables").iterdir()}
    names = commands | kinds | products | {kind.type for kind in TRIGGER_TYPES}
    return names | {f"{name}s" for name in names} | {f"{name}es" for name in names}


def _is_in_a_list(module: str) -> bool:
    return any(module.startswith(f"{folder}/") for folder in LISTS)


def _is_one_small_function(path: Path) -> bool:
    body = _tree(path).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if len(functions) != 1 or any(isinstance(node, ast.ClassDef) for node in body):
        return False
    (function,) = functions
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1 < LINES_OF_A_SMALL_FUNCTION


def _functions(path: Path) -> list[str]:
    """The names of functions and methods. Lines are searched: to parse all tests would take seconds."""
    return re.findall(r"^\s*def (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def _qualified_functions(path: Path) -> Iterator[str]:
    """The names of functions, and those of methods with their class."""
    class_name = ""
    for word, method, name in re.findall(
        r"^(?:(class|def)|    (def)) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
    ):
        if word == "class":
            class_name = name
        elif word == "def":
            class_name = ""
            yield name
        elif method and class_name:
            yield f"{class_name}.{name}"


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
