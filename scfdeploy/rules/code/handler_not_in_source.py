"""Handler not found in the code.

## What is wrong

The file that `handler` names is not at the root of the code, or does not define the function. Python files are parsed;
Node.js and PHP files are searched for the name; for Java and Go, the class or program must exist. Code that cannot be
analyzed statically, such as a bundle, is not checked.

## Why

The deployment succeeds, but every invocation fails with status 437 (HandlerNotFound).

## Wrong

```yaml
handler: index.handler
```

## Right

```yaml
handler: index.main_handler
```
"""

from __future__ import annotations

from collections.abc import Collection

from scfdeploy.diagnostics import Severity, did_you_mean, message, nearest
from scfdeploy.model import ArchiveSource, FunctionSpec
from scfdeploy.rules.handler import Handler, handler_of, read_symbols, version_of, wrong_form
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.source_symbols import Symbols
from scfdeploy.rules.values import language_of, text, written

_FEW = 5


@rule("handler-not-in-source", Severity.ERROR, "Handler not found in the code", detail="{problem}", hint="{advice}")
def handler_not_in_source(function: FunctionSpec, context: Context) -> Findings:
    if function.source is None or function.is_web:
        return
    match language_of(function):
        case "python" | "nodejs" | "php":
            problem_and_hint = _check_file(function, context)
        case "java":
            problem_and_hint = _check_classes(function, context)
        case "go":
            problem_and_hint = _check_program(function, context)
        case _:
            problem_and_hint = None
    if problem_and_hint is not None:
        detail, hint = problem_and_hint
        for key in ("handler", "runtime"):
            if not written(function, key):
                detail += message(
                    " {key} is not set; the default is {value}.", key=key, value=text(function.settings, key)
                )
        yield handler_not_in_source.finding_at(function, "handler", problem=detail, advice=hint)


def _check_file(function: FunctionSpec, context: Context) -> tuple[str, str | None] | None:
    handler = handler_of(function)
    if handler is None or function.source is None:
        return None
    there = context.code.has(function.source, *handler.paths)
    if there is False:
        names = context.code.names(function.source) or frozenset()
        version = version_of(text(function.settings, "runtime") or "")
        if any(handler.is_module(name, version) for name in names):
            return None
        other = handler.compiled_for_another(names, version)
        if other is not None:
            runtime = text(function.settings, "runtime")
            return (
                message(
                    "{runtime} does not load {file}, which is compiled for another Python or system.",
                    runtime=runtime,
                    file=other,
                ),
                message("Compile it for this runtime on Linux x86-64, or for its stable ABI (.abi3.so)."),
            )
        return (
            message("There is no {file} at the root of the code.", file=handler.usual_path),
            _suggest_location(function, handler, context),
        )
    path = next((path for path in handler.paths if context.code.has(function.source, path)), handler.usual_path)
    match read_symbols(function, path, context) if there else None:
        case Symbols(names=names, complete=True, modules=modules) if _defined_name(handler) not in names:
            problem = (
                message("{file} does not export {function}.", file=path, function=handler.function)
                if handler.language == "nodejs"
                else message("{file} does not define {function}.", file=path, function=handler.function)
            )
            functions = names - modules
            return problem, did_you_mean(handler.function, functions) or _suggest_functions(handler, functions)
    return None


def _defined_name(handler: Handler) -> str:
    return handler.function.lower() if handler.language == "php" else handler.function


def _suggest_location(function: FunctionSpec, handler: Handler, context: Context) -> str:
    """Where the file is instead: one level down, in another spelling, or not compiled yet."""
    names = context.code.names(function.source) or frozenset()
    path = handler.usual_path
    below = sorted(name for name in names if name.endswith(f"/{path}") and name.count("/") == 1)
    if below:
        return message("It is in {folder}/: point src at that folder.", folder=below[0].partition("/")[0])
    if handler.language == "nodejs" and f"{handler.file}.ts" in names:
        return message("There is {file}.ts: compile it, and point src at the output.", file=handler.file)
    extension = "." + path.rpartition(".")[2]
    near = nearest(path, {name for name in names if "/" not in name and name.endswith(extension)})
    if near:
        return message(
            'There is {file}: use "{stem}.{function}".',
            file=near, stem=near.removesuffix(extension), function=handler.function,
        )  # fmt: skip
    return message(
        "Point src at the folder that contains {file}, or use an existing file and function: FILE.FUNCTION.",
        file=path,
    )


def _suggest_functions(handler: Handler, names: Collection[str]) -> str:
    """The public functions of the file, unless there are many."""
    public = sorted(name for name in names if not name.startswith("_"))
    if 0 < len(public) <= _FEW:
        values = {"names": ", ".join(public), "handler": f"{handler.file}.{public[0]}"}
        if len(public) > 1:
            return message("It defines {names}: use {handler} or another one.", **values)
        return message("It defines {names}: use {handler}.", **values)
    return message(
        "Add {function} to it, or use a function that it defines: {file}.FUNCTION.",
        function=handler.function, file=handler.file,
    )  # fmt: skip


def _valid_handler(function: FunctionSpec) -> str:
    handler = text(function.settings, "handler") or ""
    return "" if wrong_form(handler, language_of(function)) else handler


def _check_classes(function: FunctionSpec, context: Context) -> tuple[str, str | None] | None:
    """Check that a Java class exists, unless the code contains jars, which can have it."""
    handler = _valid_handler(function)
    class_name, colons, _ = handler.partition("::")
    names = context.code.names(function.source)
    if not colons or names is None or any(name.endswith(".jar") for name in names):
        return None
    path = class_name.replace(".", "/") + ".class"
    if context.code.has(function.source, path) is not False:
        return None
    if any(name.endswith(".java") for name in names) and not any(name.endswith(".class") for name in names):
        return (
            message("The code has Java sources and no compiled classes."),
            message("Compile them, and point src at the jar."),
        )
    if isinstance(function.source, ArchiveSource):
        return message("There is no {file} in the archive.", file=path), None
    return None


def _check_program(function: FunctionSpec, context: Context) -> tuple[str, str | None] | None:
    program = _valid_handler(function)
    if not program or context.code.has(function.source, program) is not False:
        return None
    return (
        message("There is no program {program} at the root of the code.", program=program),
        message("Build it for Linux: GOOS=linux GOARCH=amd64 go build -o {program} .", program=program),
    )
