"""Web frameworks, as `component: http` or by name: web functions with a URL and a generated start program."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.config.bootstrap import framework_bootstrap
from scfdeploy.config.components.framework_url import GATEWAY_KEYS, with_url
from scfdeploy.config.components.function import FunctionReaderOptions, read_function
from scfdeploy.config.components.inputs import read_inputs
from scfdeploy.config.components.key_aliases import with_scf_keys
from scfdeploy.config.document import InstanceDocument, component_kind
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style, is_broken, is_null
from scfdeploy.config.yaml.nodes import is_empty, truth_value
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, did_you_mean, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import limit
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.facts.frameworks import Framework, frameworks
from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind
from scfdeploy.records import NamedTuple

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
_AUTO_CI_DEPLOY = "isAutoCiDeploy"
PROJECT_NAMES = ("projectName", "djangoProjectName")
"""The vendor's own tool needs them to find the application of Django; the generated program starts manage.py."""
_FRAMEWORK = Field("framework", Kind.STRING, "The framework, such as `express`.")
_HINTS = {
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
    "include": "It belongs under src: `src: {src: ./, include: […]}`.",
    "framework": "The component names the framework already.",
    "triggers": "Write `events` with `- http:`.",
}


class _Inputs(NamedTuple):
    """The inputs by subject."""

    function: list[Entry]
    gateway: list[Entry]
    assets: list[Entry]


class FrameworkComponent:
    """The kind `http`, and a kind for each framework."""

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
        """The web function; none when the file has no inputs or does not name a known framework."""
        inputs = read_inputs(instance.document.tree, instance.diagnostics, instance.resolver.lines)
        if inputs is None:
            return ()
        component = _component(instance)
        thing = f"component: {component.text}"
        reading = Reading(
            instance.diagnostics, thing, instance.resolver.tree, dict(_HINTS), lines=instance.resolver.lines
        )
        by_subject = _split(inputs, component, reading)
        framework = _framework(component, inputs, reading)
        if framework is None:
            return ()
        for entry in by_subject.assets:
            _warn_about_assets(entry, framework, instance.diagnostics)
        entries = {entry.key.text: entry for entry in with_scf_keys(by_subject.function, reading)}
        entries["events"] = with_url(entries.get("events"), by_subject.gateway, component, reading)
        _add_defaults(entries, component, reading)
        layers = entries.get("layers")
        has_layers = layers is not None and not is_null(layers.value)
        bootstrap = framework_bootstrap(framework, has_layers=has_layers)
        options = FunctionReaderOptions(thing, _HINTS, runtime=framework.runtime, bootstrap=bootstrap)
        spec = read_function(MappingNode(tuple(entries.values()), inputs.span), instance, options)
        _check_runtime(spec, framework, instance.diagnostics)
        return (spec,)


def _component(instance: InstanceDocument) -> ScalarNode:
    """The value of `component`, without scope and version."""
    match instance.document.tree.get("component"):
        case Entry(value=ScalarNode(text=text, span=span)):
            return ScalarNode(component_kind(text), Style.PLAIN, span)
    raise AssertionError("a kind is chosen by the value of component")


def _split(inputs: MappingNode, component: ScalarNode, reading: Reading) -> _Inputs:
    by_subject = _Inputs([], [], [])
    for entry in inputs:
        match entry.key.text:
            case key if key in _NESTED:
                by_subject.function.extend(_nested_settings(entry, reading))
            case key if key in GATEWAY_KEYS:
                by_subject.gateway.append(entry)
            case key if key in _ASSETS:
                by_subject.assets.append(entry)
            case "framework" if component.text == "http":
                pass
            case key if key in PROJECT_NAMES:
                pass
            case key if key == _AUTO_CI_DEPLOY and truth_value(entry.value) is False:
                pass  # scfdeploy has no such deployment, so `false` changes nothing
            case _:
                by_subject.function.append(entry)
    return by_subject


def _nested_settings(entry: Entry, reading: Reading) -> Iterator[Entry]:
    if isinstance(entry.value, MappingNode):
        yield from (inner for inner in entry.value if inner.key.text not in ("framework", *PROJECT_NAMES))
    elif not is_null(entry.value) and not is_broken(entry.value):
        wrong_type(Field(entry.key.text, Kind.BLOCK, "", fields=FUNCTION_FIELDS[:3]), entry.value, (), reading)


def _framework(component: ScalarNode, inputs: MappingNode, reading: Reading) -> Framework | None:
    """The framework that `component` or `faas.framework` names; None when it is missing or unknown."""
    known = frameworks()
    if component.text != "http":
        return known[component.text]
    nested = (inputs.get(key) for key in _NESTED)
    entries = [entry.value.get("framework") for entry in nested if entry and isinstance(entry.value, MappingNode)]
    entry = next(filter(None, entries), inputs.get("framework"))
    value = None if entry is None else reading.resolve(entry.value)
    if entry is None or value is None or is_null(value):
        block = next((block for key in _NESTED if (block := inputs.get(key)) is not None), None)
        place = inputs.span if block is None else block.key.span
        reading.diagnostics.report(
            MISSING_KEY,
            place if entry is None else entry.key.span,
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


def _warn_about_assets(entry: Entry, framework: Framework, diagnostics: Diagnostics) -> None:
    if is_empty(entry.value):
        return
    served = (
        message(" {framework} serves {files} itself.", framework=framework.name, files=framework.served)
        if framework.served
        else ""
    )
    diagnostics.report(ASSETS_NOT_UPLOADED, entry.key.span, key=entry.key.text, served=served)


def _add_defaults(entries: dict[str, Entry], component: ScalarNode, reading: Reading) -> None:
    """Set the type of the function, and the defaults in which framework components differ from `scf`."""
    type_entry = entries.pop("type", None)
    value = None if type_entry is None else reading.resolve(type_entry.value)
    if isinstance(value, ScalarNode) and not is_null(value) and not is_broken(value) and value.text != "web":
        reading.diagnostics.report(FRAMEWORK_TYPE, value.span, type=value.text)
    defaults = {
        "type": "web",
        "timeout": str(limit("framework.timeout.default_s")),
        "memorySize": str(limit("framework.memory.default_mb")),
    }
    for key, text in defaults.items():
        if key not in entries or is_null(entries[key].value):
            span = component.span
            entries[key] = Entry(ScalarNode(key, Style.PLAIN, span), ScalarNode(text, Style.PLAIN, span))


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
