"""Components that a file names by a local path, such as `component: ../`: the kind has to be asked for."""

from __future__ import annotations

import re

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, message
from scfdeploy.diagnostics.page import yaml

COMPONENT_PATH = Finding(
    "component-path",
    Severity.ERROR,
    "Component is named by a local path",
    detail='"{component}" is a path on the computer of the author. The file does not say which kind of component is '
    "there.{guess}",
    hint="Write the kind, such as `component: {kind}`, or run `scfdeploy migrate --component {kind} --write`.",
    title="A component that is named by a local path.",
    what="`component` is a path, such as `../`, as in the examples that come with the source code of a component.",
    why="The kind says how to read the rest of the file, and the path does not say the kind.",
    wrong=yaml("component: ../"),
    right=yaml("component: express"),
)

_PATH = re.compile(r"\.|/|~|file:|[A-Za-z]:[\\/]")
# The first kind with one of its keys is meant.
_KEYS: tuple[tuple[str, frozenset[str]], ...] = (
    ("multi-scf", frozenset(("functions",))),
    ("layer", frozenset(("runtimes", "layerName"))),
    ("apigateway", frozenset(("endpoints",))),
    ("website", frozenset(("hosting", "bucketName"))),
    ("cos", frozenset(("acl", "targetBucket"))),
    ("vpc", frozenset(("vpcName", "subnetName", "cidrBlock"))),
    ("postgresql", frozenset(("dBInstanceName",))),
    ("cynosdb", frozenset(("dbMode",))),
    ("cfs", frozenset(("fsName",))),
    ("cdn", frozenset(("hosts", "fullUrl"))),
    ("cam-role", frozenset(("roleName",))),
)
_OF_FUNCTIONS = frozenset(("handler", "events", "triggers", "eip", "cfs", "asyncRunEnable", "deadLetter"))
_OF_FRAMEWORKS = frozenset(
    ("faas", "functionConf", "apigatewayConf", "apigw", "entryFile", "staticConf", "static", "assets", "projectName")
)
_SHORT_NAMES = {"nestjs": "nest", "nextjs": "next", "nuxtjs": "nuxt"}


def is_local_path(name: str) -> bool:
    """Whether a component is named by a path on the computer of the author."""
    return _PATH.match(name) is not None


def report_local_path(component: ScalarNode, inputs: Node | None, named: str, diagnostics: Diagnostics) -> None:
    """Report the path, with the kind that the keys of the inputs or `named`, the names in the file, let expect."""
    from scfdeploy.config.components.kinds import kinds
    from scfdeploy.facts.frameworks import frameworks

    kind = _likely_kind(inputs, named)
    is_framework = kind is None and isinstance(inputs, MappingNode) and not _OF_FRAMEWORKS.isdisjoint(_keys(inputs))
    guess, hint = "", None
    if kind is not None and all(kind not in one.names for one in kinds()):
        guess = message(" Its keys look like `{kind}`, which scfdeploy does not deploy.", kind=kind)
        hint = "If it is that, write `component: {kind}`; --skip-unsupported skips it."
    elif kind is not None:
        guess = message(" Its keys and names look like `{kind}`.", kind=kind)
    elif is_framework:
        guess = message(" Its keys are those of a web framework.")
        hint = (
            "Write the framework, such as `component: {kind}`, or run `scfdeploy migrate --component {kind} --write`. "
            "Known are {known}."
        )
    else:
        hint = (
            "Write `component: scf` if it is a function, or the framework, or run "
            "`scfdeploy migrate --component scf --write`. Known frameworks are {known}."
        )
    diagnostics.report(
        COMPONENT_PATH,
        component.span,
        hint=hint,
        component=component.text,
        kind=kind or _framework_of_language(inputs),
        guess=guess,
        known=", ".join(frameworks()),
    )


def report_local_component(tree: MappingNode, component: ScalarNode, diagnostics: Diagnostics) -> None:
    """Report the path that the file of one instance names."""
    names = [_text_at(tree, "name"), _text_at(tree, "app")]
    inputs = tree.get("inputs")
    report_local_path(component, None if inputs is None else inputs.value, " ".join(names), diagnostics)


def _likely_kind(inputs: Node | None, named: str) -> str | None:
    """The kind whose keys the inputs have, or a framework that a name in the file contains; None if neither tells."""
    if not isinstance(inputs, MappingNode):
        return None
    keys = _keys(inputs)
    other = next((kind for kind, own in _KEYS if not own.isdisjoint(keys)), None)
    if other is not None:
        return other
    if _OF_FRAMEWORKS.isdisjoint(keys) and not _OF_FUNCTIONS.isdisjoint(keys):
        return "scf"
    framework = _named_framework(f"{named} {_text_at(inputs, 'functionName')} {_text_at(inputs, 'name')}")
    if framework is not None:
        return framework
    if "faas" in keys:
        return "http"
    return "scf" if _OF_FRAMEWORKS.isdisjoint(keys) and re.search(r"\bscf|scf\b", named.lower()) else None


def _named_framework(names: str) -> str | None:
    """The framework that names such as `nextDemo` and `my-express` contain."""
    from scfdeploy.facts.frameworks import frameworks

    whole = names.lower()
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", names)}
    return next((name for name in frameworks() if name in whole or _SHORT_NAMES.get(name, name) in words), None)


def _framework_of_language(inputs: Node | None) -> str:
    """A framework in the language of the runtime."""
    from scfdeploy.facts.frameworks import frameworks

    runtime = _text_at(inputs, "runtime").lower() if isinstance(inputs, MappingNode) else ""
    return next((one.name for one in frameworks().values() if runtime.startswith(one.language)), "express")


def _keys(inputs: MappingNode) -> frozenset[str]:
    return frozenset(entry.key.text for entry in inputs)


def _text_at(tree: MappingNode, key: str) -> str:
    entry = tree.get(key)
    value = None if entry is None else entry.value
    return value.text if isinstance(value, ScalarNode) and not is_null(value) else ""
