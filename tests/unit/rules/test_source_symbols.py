"""What the text of a file tells of the names it defines, and when it tells too little to say anything."""

from __future__ import annotations

import pytest

from scfdeploy.rules.source_symbols import Symbols, SyntaxMistake, in_nodejs, in_php, in_python2, in_python3


def python(code: str, version: tuple[int, int] = (3, 10)) -> Symbols:
    found = in_python3(code.encode(), version)
    assert isinstance(found, Symbols)
    return found


@pytest.mark.parametrize(
    "code",
    [
        "def handle(e, c): ...",
        "async def handle(e, c): ...",
        "class handle: ...",
        "handle = print",
        "a, (handle, b) = 1, (2, 3)",
        "handle: object = print",
        "from app import handle",
        "from app import main as handle",
        "import handle",
        "import handle.inner",
        "if True:\n    def handle(e, c): ...",
        "try:\n    from a import handle\nexcept ImportError:\n    handle = None",
        "with open('x') as handle: ...",
        "for handle in (): ...",
    ],
)
def test_python_top_level_names_are_found(code: str) -> None:
    assert python(code).complete
    assert "handle" in python(code).names
    assert ("handle" in python(code).modules) is code.startswith("import")


@pytest.mark.parametrize("code", ["class A:\n    def handle(self): ...", "def outer():\n    def handle(): ..."])
def test_python_names_in_class_or_function_are_not_top_level(code: str) -> None:
    found = python(code)

    assert found.complete
    assert "handle" not in found.names


@pytest.mark.parametrize(
    "code",
    [
        "from app import *",
        "globals()['handle'] = print",
        "exec('handle = 1')",
        "def __getattr__(name): ...",
        "import sys\nsys.modules[__name__] = object()",
        "import app, sys\nsetattr(app, 'handle', 1)",
    ],
)
def test_dynamic_python_is_incomplete(code: str) -> None:
    assert not python(code).complete


def test_syntax_error_has_position() -> None:
    assert in_python3(b"x = 1\ny = = 2\n", (3, 10)) == SyntaxMistake(2, 5, "invalid syntax")


def test_syntax_newer_than_the_runtime_is_an_error() -> None:
    code = b"match 1:\n    case _: ...\n"

    assert isinstance(in_python3(code, (3, 9)), SyntaxMistake)
    assert isinstance(in_python3(code, (3, 10)), Symbols)


def test_unusual_escape_causes_no_diagnostic() -> None:
    assert isinstance(in_python3(b"handle = '\\d'", (3, 10)), Symbols)


def test_declared_source_encoding_is_used() -> None:
    assert isinstance(in_python3("# -*- coding: gbk -*-\nx = '中'\n".encode("gbk"), (3, 10)), Symbols)


@pytest.mark.parametrize("code", [b"x = '\0'", b"x = " + b"(" * 500 + b")" * 500])
def test_unparsable_source_is_not_defined(code: bytes) -> None:
    assert not isinstance(in_python3(code, (3, 10)), Symbols)


def test_python_2_symbols_are_all_identifiers() -> None:
    found = in_python2("def handle(e, c):\n    print e\n")

    assert found.complete
    assert "handle" in found.names


@pytest.mark.parametrize(
    "code",
    [
        "exports.handle = async () => 1",
        "module.exports.handle = handle",
        'exports["handle"] = 1',
        "module.exports = { handle, other }",
        "module.exports = {\n  handle: async (e) => e,\n}",
        "export const handle = 1",
        "export async function handle() {}",
        "export function* handle() {}",
        "export { handle }",
        "export { main as handle }",
        "this.handle = 1",
    ],
)
def test_nodejs_export_forms_are_found(code: str) -> None:
    found = in_nodejs(code)

    assert found.complete
    assert "handle" in found.names


@pytest.mark.parametrize(
    "code",
    [
        "module.exports = require('./dist')",
        "export * from './dist'",
        "Object.assign(exports, other)",
        "exports[name] = 1",
        "const out = module.exports; out.handle = 1",
        "module.exports = { ...other }",
        "module.exports = new App()",
        "x" * 3000,
    ],
)
def test_dynamic_nodejs_exports_are_incomplete(code: str) -> None:
    assert not in_nodejs(code).complete


def test_unexported_nodejs_function_is_not_a_symbol() -> None:
    found = in_nodejs("async function main_handler() {}\nexports.handler = main_handler\n")

    assert found == Symbols(frozenset({"handler"}), complete=True)


def test_nodejs_comparison_is_not_an_export() -> None:
    assert in_nodejs("if (exports.handle === 1) {}").names == frozenset()


def test_php_functions_ignore_case() -> None:
    assert in_php("<?php\nFunction Main_Handler($e, $c) {}\nfunction &ref() {}") == Symbols(
        frozenset({"main_handler", "ref"}), complete=True
    )


def test_php_with_include_is_incomplete() -> None:
    assert not in_php("<?php require_once 'a.php';").complete
