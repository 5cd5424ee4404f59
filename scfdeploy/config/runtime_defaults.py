"""What stands for a runtime or handler that is not written: the platform cannot do without them."""

from __future__ import annotations

from scfdeploy.config.fields import Reading
from scfdeploy.diagnostics import Span
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.facts import runtimes
from scfdeploy.model import FUNCTION_FIELDS, Value

RUNTIME = next(field.default for field in FUNCTION_FIELDS if field.name == "runtime")
"""What `component: scf` takes where no runtime is written."""
_HANDLER = next(field.default for field in FUNCTION_FIELDS if field.name == "handler")
_HANDLERS = {"go": "main", "java": "example.Hello::mainHandler"}
_LANGUAGES = ("python", "nodejs", "php", "java", "go", "custom")


def add_runtime(settings: dict[str, Value], inputs: Span, reading: Reading, *, default: str = RUNTIME) -> str:
    """The runtime; where none is written, the one that this component always took, with a warning."""
    written = settings.get("runtime")
    if isinstance(written, str):
        return written
    if ("runtime",) in reading.failed:
        return ""
    if ("runtime",) not in reading.spans:  # else an empty one, and reported
        reading.diagnostics.warning(
            "runtime-missing",
            inputs,
            "No runtime is written",
            detail=f"Without `runtime` a function gets {default}, which may not be what its code is made for.",
            hint=f"Write the runtime that your code is made for, such as `runtime: {_newest(default)}`.",
        )
    settings["runtime"] = default
    return default


def add_handler(settings: dict[str, Value], runtime: str, reading: Reading) -> None:
    """The usual handler of the language, where none is written; a custom runtime has none."""
    if "handler" in settings or ("handler",) in reading.failed:
        return
    language = _language(runtime)
    if language != "custom":
        settings["handler"] = _HANDLERS.get(language, _HANDLER)


def _newest(default: str) -> str:
    """The newest current runtime of the default's language, which is the likeliest one."""
    current = [known for known in runtimes().values() if known.state == "current"]
    return next((known.name for known in reversed(current) if known.language == _language(default)), default)


def _language(runtime: str) -> str:
    known = known_runtime(runtime)
    if known is not None:
        return known.language
    return next((language for language in _LANGUAGES if runtime.lower().startswith(language)), "")
