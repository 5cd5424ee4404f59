"""Component kinds and file formats that are known but not deployed."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.document import component_kind
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import dataclass

COMPONENT_NOT_SUPPORTED = Finding(
    "component-not-supported",
    Severity.ERROR,
    "Kind of component is not supported yet",
    detail='"{component}" is {what}. This version deploys functions and web frameworks.',
    title="A kind of component, or a file format, that this version does not deploy.",
    what="The file is for another kind of component, in an older format, or for another tool. `scfdeploy migrate` "
    "converts older formats with functions to the current one.",
    why="It would be deployed wrongly, or not at all.",
    wrong=yaml("provider:\n  name: tencent\nfunctions:\n  hello:\n    handler: index.main"),
    right=yaml("component: scf\nname: hello\ninputs:\n  src: ./\n  handler: index.main"),
)
COMPONENT_SKIPPED = Finding(
    "component-skipped",
    Severity.WARNING,
    "Instance is skipped",
    detail='"{component}" is {what}, which this version does not deploy.',
    hint="Pass the values that others take from it with --var.",
    title="An instance is skipped.",
    what="The file is of a known kind that scfdeploy does not deploy, and `--skip-unsupported` is given.",
    why="The rest of the project can be deployed; the outputs of this instance must be passed in.",
    wrong=yaml("component: vpc"),
    right="The network created by other means, and `--var 'output:dev:shop:network.vpcId=vpc-1'`.",
)


@dataclass(frozen=True, slots=True)
class UnsupportedKind:
    """A kind that is reported with one finding."""

    names: tuple[str, ...]
    description: str
    hint: str

    def report(self, component: ScalarNode, diagnostics: Diagnostics, *, skip: bool) -> None:
        """Report the kind as not supported, or, with `skip`, warn that it is skipped."""
        diagnostics.report(
            COMPONENT_SKIPPED if skip else COMPONENT_NOT_SUPPORTED,
            component.span,
            hint=None if skip else self.hint,
            component=component.text,
            what=message(self.description),
        )


UNSUPPORTED_KINDS = (
    UnsupportedKind(
        ("apigateway",),
        "an API Gateway, which is being shut down",
        "Give the function a URL: `events` with `- http:`.",
    ),
    UnsupportedKind(
        ("websocket",),
        "a WebSocket server behind an API Gateway, which is being shut down",
        "Write `component: scf` with `type: web` and `protocolType: WS`: the function then serves WebSockets.",
    ),
    UnsupportedKind(
        ("bottle", "pyramid", "tornado", "wordpress", "hexo"),
        "a framework without a server start that scfdeploy knows",
        "Write `component: scf` with `type: web` and `entryFile`, or a scf_bootstrap that starts the server.",
    ),
    UnsupportedKind(
        ("springboot",),
        "a Java framework, which no generated program starts",
        "Write `component: scf` with `type: web`, `src` with the folder of the jar, and `startCmd: java -jar APP.jar "
        "--server.port=9000`.",
    ),
    UnsupportedKind(
        (
            *("cos", "cdn", "website", "vpc", "clb", "cfs", "cls", "eb", "fullstack", "domain", "ssl", "dns", "cns"),
            *("cynosdb", "postgresql", "mongodb", "mysql", "mariadb", "redis", "tcaplusdb", "cdb"),
            *("cam-role", "cam-policy", "role", "policy", "tag", "tcr", "cmq", "ckafka", "tdmq", "mps", "monitor"),
        ),
        "a resource other than a function, or several resources",
        "Create it by other means, pass --skip-unsupported, and pass the values that functions need with `--var` or "
        ".env.",
    ),
)


def report_legacy_format(tree: MappingNode, diagnostics: Diagnostics) -> bool:
    """Whether the file is in an older format, which is reported."""
    components = {entry.key.text: name for entry in tree if (name := _component_name(entry)) is not None}
    provider = tree.get("provider")
    if components:
        _report_named_components(components, tree, diagnostics)
    elif provider is not None:
        _report_provider(provider, diagnostics)
    return bool(components) or provider is not None


def _component_name(entry: Entry) -> str | None:
    inner = entry.value.get("component") if isinstance(entry.value, MappingNode) else None
    return inner.value.text if inner is not None and isinstance(inner.value, ScalarNode) else None


def _report_named_components(components: Mapping[str, str], tree: MappingNode, diagnostics: Diagnostics) -> None:
    from scfdeploy.facts.frameworks import frameworks

    deployed = ("scf", "layer", *frameworks())
    names = ", ".join(components)
    diagnostics.report(
        COMPONENT_NOT_SUPPORTED,
        next(entry for entry in tree if entry.key.text in components).key.span,
        summary="Older format of serverless.yml",
        detail="The file lists several components ({names}), as the first version of Serverless Components did. This "
        "version reads files with one `component: scf` at the top.",
        hint="{advice}",
        names=names,
        advice=_migrate_hint()
        if any(component_kind(name) in deployed for name in components.values())
        else message("Create it by other means, and pass the values that functions need with `--var` or .env."),
    )


def _report_provider(provider: Entry, diagnostics: Diagnostics) -> None:
    name = provider.value.get("name") if isinstance(provider.value, MappingNode) else None
    value = provider.value if name is None else name.value
    is_tencent = isinstance(value, ScalarNode) and value.text == "tencent"
    diagnostics.report(
        COMPONENT_NOT_SUPPORTED,
        provider.key.span,
        summary="Format of another tool",
        detail="The file is in the format of the Serverless Framework's Tencent plugin, with `provider` and "
        "`functions`. This version reads files with one `component: scf` at the top."
        if is_tencent
        else 'The file is for the Serverless Framework and the provider "{provider}", not for SCF. This version reads '
        "files with one `component: scf` at the top.",
        hint="{advice}",
        provider=value.text if isinstance(value, ScalarNode) else "",
        advice=_migrate_hint()
        if is_tencent
        else message(
            "Put each function into its own folder, with `component: scf` and `name:` at the top and its settings "
            "under `inputs`."
        ),
    )


def _migrate_hint() -> str:
    return message("`scfdeploy migrate` shows this file in the current format; `scfdeploy migrate --write` changes it.")
