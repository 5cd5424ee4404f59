"""Web frameworks, as `component: http` or by name: web functions with a URL and a generated start program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scfdeploy.config.bootstrap import bootstrap_of
from scfdeploy.config.components.component_name import component_kind
from scfdeploy.config.components.framework_url import GATEWAY_KEYS, with_url
from scfdeploy.config.components.function import FunctionReaderOptions, read_function
from scfdeploy.config.components.inputs import read_inputs
from scfdeploy.config.components.key_aliases import with_scf_keys
from scfdeploy.config.document import InstanceDocument
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style
from scfdeploy.config.yaml.nodes import boolean, is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, did_you_mean
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import Framework, frameworks, limit
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind

FRAMEWORK_UNKNOWN = Finding(
    "framework-unknown",
    Severity.ERROR,
    "Unknown framework",
    detail='"{framework}" is not a supported framework. Supported are {known}.',
    hint="Write `component: scf` with `type: web` and add a scf_bootstrap that starts your server.",
    title="An unsupported framework.",
    what="`faas.framework` is not a framework for which scfdeploy can generate a start program.",
    why="A web function is started by a program, and none can be generated for this framework.",
    wrong=yaml("component: http\ninputs:\n  faas:\n    framework: exprss"),
    right=yaml("component: http\ninputs:\n  faas:\n    framework: express"),
)
FRAMEWORK_TYPE = Finding(
    "framework-type",
    Severity.ERROR,
    "Framework requires a web function",
    detail='A framework is deployed as a web function, but type is "{type}".',
    hint="Remove `type`.",
    title="A framework that is not a web function.",
    what="`type` of a framework is set to something other than `web`.",
    why="A framework is an HTTP server, which only a web function can run.",
    wrong=yaml("component: express\ninputs:\n  type: event"),
    right=yaml("component: express\ninputs:\n  src: ./"),
)
FRAMEWORK_RUNTIME = Finding(
    "framework-runtime",
    Severity.ERROR,
    "Runtime of another language",
    detail="{framework} runs on {language}; {runtime} is a runtime for {runtime_language}.",
    hint="Write for example `runtime: {suggestion}`.",
    title="A framework on the runtime of another language.",
    what="The runtime is for a language other than the framework's.",
    why="The server would not start.",
    wrong=yaml("component: flask\ninputs:\n  runtime: Nodejs18.15"),
    right=yaml("component: flask\ninputs:\n  runtime: Python3.10"),
)
ASSETS_NOT_UPLOADED = Finding(
    "assets-not-uploaded",
    Severity.WARNING,
    "Static assets are not uploaded",
    detail='"{key}" is ignored: scfdeploy does not upload static assets to a bucket or a CDN.{served}',
    hint="Upload them by other means if they should be in a bucket, and remove this block.",
    title="Static files for a bucket.",
    what="`assets`, `static` or `staticConf` is set; it is ignored.",
    why="scfdeploy deploys functions only: it uploads nothing to a bucket and configures no CDN. The framework serves "
    "its static files itself.",
    wrong=yaml("assets:\n  cos:\n    bucket: shop-static"),
    right="The files uploaded by other means, such as the COS command line, and no such block.",
)

_NESTED = ("faas", "functionConf")
_ASSETS = ("assets", "static", "staticConf")
_VENDORS_OWN = "isAutoCiDeploy"
_FRAMEWORK = Field("framework", Kind.STRING, "The framework, such as `express`.")
_HINTS = {
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
    "include": "It belongs under src: `src: {src: ./, include: […]}`.",
    "framework": "The component says the framework already.",
    "triggers": "Write `events` with `- http:`.",
}


class _Parts(NamedTuple):
    """The inputs by what they are about: the function, the gateway in front of it, files beside it."""

    function: list[Entry]
    gateway: list[Entry]
    assets: list[Entry]
    framework: Entry | None


class FrameworkComponent:
    """The kind `http`, and the frameworks by their own names."""

    names = (
        "http",
        "express",
        "koa",
        "egg",
        "nextjs",
        "nuxtjs",
        "nestjs",
        "flask",
        "django",
        "laravel",
        "thinkphp",
    )

    def read(self, instance: InstanceDocument) -> tuple[FunctionSpec, ...]:
        """One web function; none when there are no inputs to read, or nothing says which framework it is."""
        inputs = read_inputs(instance.document.tree, instance.diagnostics)
        if inputs is None:
            return ()
        word = _component(instance)
        thing = f"component: {word.text}"
        reading = Reading(
            instance.diagnostics, thing, instance.resolver.tree, dict(_HINTS), lines=instance.resolver.lines
        )
        parts = _parts(inputs, word, reading)
        framework = _framework(parts.framework, word, inputs, reading)
        if framework is None:
            return ()
        for entry in parts.assets:
            _not_uploaded(entry, framework, instance.diagnostics)
        found = {entry.key.text: entry for entry in with_scf_keys(parts.function, reading)}
        found["events"] = with_url(found.get("events"), parts.gateway, word, reading)
        _add_defaults(found, word, reading)
        layers = found.get("layers")
        has_layers = layers is not None and not is_null(layers.value)
        bootstrap = bootstrap_of(framework, has_layers=has_layers)
        options = FunctionReaderOptions(thing, _HINTS, runtime=framework.runtime, bootstrap=bootstrap)
        spec = read_function(MappingNode(tuple(found.values()), inputs.span), instance, options)
        _check_runtime(spec, framework, instance.diagnostics)
        return (spec,)


def _component(instance: InstanceDocument) -> ScalarNode:
    """The kind that `component` names, at its place."""
    match instance.document.tree.get("component"):
        case Entry(value=ScalarNode(text=text, span=span)):
            return ScalarNode(component_kind(text), Style.PLAIN, span)
    raise AssertionError("a kind is chosen by its name")


def _parts(inputs: MappingNode, word: ScalarNode, reading: Reading) -> _Parts:
    parts = _Parts([], [], [], _framework_entry(inputs, word))
    for entry in inputs:
        match entry.key.text:
            case name if name in _NESTED:
                parts.function.extend(_within(entry, reading))
            case name if name in GATEWAY_KEYS:
                parts.gateway.append(entry)
            case name if name in _ASSETS:
                parts.assets.append(entry)
            case "framework" if word.text == "http":
                pass
            case name if name == _VENDORS_OWN and _is_off(entry):
                pass  # what we do anyway
            case _:
                parts.function.append(entry)
    return parts


def _within(entry: Entry, reading: Reading) -> Iterator[Entry]:
    if isinstance(entry.value, MappingNode):
        yield from (inner for inner in entry.value if inner.key.text != "framework")
    elif not is_null(entry.value) and not is_broken(entry.value):
        wrong_type(Field(entry.key.text, Kind.BLOCK, "", fields=FUNCTION_FIELDS[:3]), entry.value, (), reading)


def _framework_entry(inputs: MappingNode, word: ScalarNode) -> Entry | None:
    nested = (inputs.get(name) for name in _NESTED)
    found = (entry.value.get("framework") for entry in nested if entry and isinstance(entry.value, MappingNode))
    beside = inputs.get("framework") if word.text == "http" else None
    return next((entry for entry in found if entry is not None), beside)


def _framework(entry: Entry | None, word: ScalarNode, inputs: MappingNode, reading: Reading) -> Framework | None:
    known = frameworks()
    if word.text != "http":
        return known[word.text]
    value = None if entry is None else reading.resolve(entry.value)
    if entry is None or value is None or is_null(value):
        reading.diagnostics.report(
            MISSING_KEY,
            inputs.span if entry is None else entry.key.span,
            detail='"faas.framework" is required: it says how the server is started.',
            hint="Write the framework below `faas:`: {known}.",
            known=", ".join(known),
        )
        return None
    if is_broken(value):
        return None
    if not isinstance(value, ScalarNode):
        wrong_type(_FRAMEWORK, value, ("faas", "framework"), reading)
        return None
    if value.text not in known:
        reading.diagnostics.report(
            FRAMEWORK_UNKNOWN,
            value.span,
            hint=did_you_mean(value.text, known),
            framework=value.text,
            known=", ".join(known),
        )
    return known.get(value.text)


def _is_off(entry: Entry) -> bool:
    return isinstance(entry.value, ScalarNode) and boolean(entry.value.text) is False


def _not_uploaded(entry: Entry, framework: Framework, diagnostics: Diagnostics) -> None:
    if is_null(entry.value):
        return
    served = f" {framework.name} serves {framework.served} itself." if framework.served else ""
    diagnostics.report(ASSETS_NOT_UPLOADED, entry.key.span, key=entry.key.text, served=served)


def _add_defaults(found: dict[str, Entry], word: ScalarNode, reading: Reading) -> None:
    """What a framework always is and, where nothing is written, gets: these components have defaults of their own."""
    written = found.pop("type", None)
    value = None if written is None else reading.resolve(written.value)
    if isinstance(value, ScalarNode) and not is_null(value) and not is_broken(value) and value.text != "web":
        reading.diagnostics.report(FRAMEWORK_TYPE, value.span, type=value.text)
    defaults = {
        "type": "web",
        "timeout": str(limit("framework.timeout.default_s")),
        "memorySize": str(limit("framework.memory.default_mb")),
    }
    for name, text in defaults.items():
        if name not in found or is_null(found[name].value):
            found[name] = Entry(ScalarNode(name, Style.PLAIN, word.span), ScalarNode(text, Style.PLAIN, word.span))


def _check_runtime(spec: FunctionSpec, framework: Framework, diagnostics: Diagnostics) -> None:
    runtime = str(spec.settings.get("runtime", ""))
    known = known_runtime(runtime)
    if known is None or known.language in (framework.language, "custom"):
        return
    diagnostics.report(
        FRAMEWORK_RUNTIME,
        spec.span_of("runtime"),
        framework=framework.name,
        language=framework.language,
        runtime=runtime,
        runtime_language=known.language,
        suggestion=framework.runtime,
    )
