"""Handler not found in the code.

## What is wrong

The file that `handler` names is not at the root of the code, or it does not define the function. Python is parsed;
in Node.js and PHP files the name is looked for; for Java and Go the class or the program must be there. Code that
cannot be judged by its text, such as a bundle, is not judged.

## Why

The function is deployed and every call of it fails (status 437 HandlerNotFound).

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

from collections.abc import Collection, Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, did_you_mean, message, nearest
from scfdeploy.model import ArchiveSource, FunctionSpec
from scfdeploy.rules.handler import wrong_form
from scfdeploy.rules.handler_source import Handler, defined_in, handler_of, version_of
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtimes import language_of
from scfdeploy.rules.source_symbols import Defined
from scfdeploy.rules.values import text, written

_FEW = 5


@rule(
    "handler-not-in-source",
    Severity.ERROR,
    "Handler not found in the code",
    detail="{problem}",
    hint="{advice}",
)
def handler_not_in_source(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find handlers whose file or function is surely missing."""
    if function.source is None or function.is_web:
        return
    match language_of(function):
        case "python" | "nodejs" | "php":
            wrong = _in_file(function, context)
        case "java":
            wrong = _in_classes(function, context)
        case "go":
            wrong = _program(function, context)
        case _:
            wrong = None
    if wrong is not None:
        detail, hint = wrong
        if not written(function, "handler"):
            detail += message(" handler is not set, so it is {handler}.", handler=text(function.settings, "handler"))
        if not written(function, "runtime"):
            detail += message(" runtime is not set, so it is {runtime}.", runtime=text(function.settings, "runtime"))
        yield handler_not_in_source.finding_at(function, "handler", problem=detail, advice=hint)


def _in_file(function: FunctionSpec, context: Context) -> tuple[str, str | None] | None:
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
            _where(function, handler, context),
        )
    path = next((path for path in handler.paths if context.code.has(function.source, path)), handler.usual_path)
    match defined_in(function, path, context) if there else None:
        case Defined(names=names, complete=True, modules=modules) if _called(handler) not in names:
            problem = (
                message("{file} does not export {function}.", file=path, function=handler.function)
                if handler.language == "nodejs"
                else message("{file} does not define {function}.", file=path, function=handler.function)
            )
            return problem, did_you_mean(handler.function, names - modules) or _offered(handler, names - modules)
    return None


def _called(handler: Handler) -> str:
    return handler.function.lower() if handler.language == "php" else handler.function


def _where(function: FunctionSpec, handler: Handler, context: Context) -> str:
    """Where the file may be instead: one level down, in other letters, or not compiled yet."""
    names = context.code.names(function.source) or frozenset()
    wanted = handler.usual_path
    below = sorted(name for name in names if name.endswith(f"/{wanted}") and name.count("/") == 1)
    if below:
        return message("It is in {folder}/: point src at that folder.", folder=below[0].partition("/")[0])
    if handler.language == "nodejs" and f"{handler.file}.ts" in names:
        return message("There is {file}.ts: compile it, and point src at the output.", file=handler.file)
    extension = "." + wanted.rpartition(".")[2]
    near = nearest(wanted, {name for name in names if "/" not in name and name.endswith(extension)})
    if near:
        return message(
            'There is {file}: use "{stem}.{function}".',
            file=near, stem=near.removesuffix(extension), function=handler.function,
        )  # fmt: skip
    return message(
        "Point src at the folder that has {file}, or name an existing file and function: FILE.FUNCTION.", file=wanted
    )


def _offered(handler: Handler, names: Collection[str]) -> str:
    """What the file has, where it is few; a name with an underscore in front is not meant to be called."""
    public = sorted(name for name in names if not name.startswith("_"))
    if 0 < len(public) <= _FEW:
        values = {"names": ", ".join(public), "handler": f"{handler.file}.{public[0]}"}
        if len(public) > 1:
            return message("It has {names}: use {handler} or another of them.", **values)
        return message("It has {names}: use {handler}.", **values)
    return message(
        "Add {function} to it, or name a function that it has: {file}.FUNCTION.",
        function=handler.function, file=handler.file,
    )  # fmt: skip


def _well_formed(function: FunctionSpec) -> str:
    handler = text(function.settings, "handler") or ""
    return "" if wrong_form(handler, language_of(function)) else handler


def _in_classes(function: FunctionSpec, context: Context) -> tuple[str, str | None] | None:
    """A Java class, where all classes of the code lie open to see: not in jars within it."""
    handler = _well_formed(function)
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
            message("Build it, and point src at the jar."),
        )
    if isinstance(function.source, ArchiveSource):
        return message("There is no {file} in the archive.", file=path), None
    return None


def _program(function: FunctionSpec, context: Context) -> tuple[str, str | None] | None:
    program = _well_formed(function)
    if not program or context.code.has(function.source, program) is not False:
        return None
    return (
        message("There is no program {program} at the root of the code.", program=program),
        message("Build it for Linux: GOOS=linux GOARCH=amd64 go build -o {program} .", program=program),
    )
