"""Component kinds and file formats that are known but not deployed."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.config.components.component_name import legacy_component_kind
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode
from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.page import yaml

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
    """A kind that is answered with one finding. `what` says what it is, in words; `hint` what to do."""

    names: tuple[str, ...]
    what: str
    hint: str

    def report(self, component: ScalarNode, diagnostics: Diagnostics) -> None:
        """Say what it is."""
        diagnostics.report(
            COMPONENT_NOT_SUPPORTED, component.span, hint=self.hint, component=component.text, what=self.what
        )

    def report_skipped(self, component: ScalarNode, diagnostics: Diagnostics) -> None:
        """Say that it is passed over."""
        diagnostics.report(COMPONENT_SKIPPED, component.span, component=component.text, what=self.what)


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
        ("cos", "website", "vpc", "cdn", "cynosdb", "postgresql", "cfs", "cls", "eb", "fullstack"),
        "a resource outside functions, or several things at once",
        "Create it by other means, give --skip-unsupported, and pass what functions need of it with `--var` or .env.",
    ),
)


_MIGRATE = "`scfdeploy migrate` shows this file in the current format; `scfdeploy migrate --write` changes it."
_ELSEWHERE = "Create it by other means, and pass what functions need of it with `--var` or .env."
_APART = (
    "Put each function into its own folder, with `component: scf` and `name:` at the top and its settings under "
    "`inputs`."
)


def report_legacy_format(tree: MappingNode, diagnostics: Diagnostics) -> bool:
    """Whether the file is in an older form; one finding says which, and what to do."""
    named = [entry for entry in tree if _component_of(entry) is not None]
    if named:
        _named_components(named, diagnostics)
        return True
    provider = tree.get("provider")
    if provider is not None:
        _plugin(provider, diagnostics)
        return True
    return False


def _component_of(entry: Entry) -> ScalarNode | None:
    if not isinstance(entry.value, MappingNode):
        return None
    inner = entry.value.get("component")
    return inner.value if inner is not None and isinstance(inner.value, ScalarNode) else None


def _is_deployed(entry: Entry) -> bool:
    """Whether a component is of a kind that is deployed today."""
    from scfdeploy.facts import frameworks

    component = _component_of(entry)
    word = "" if component is None else legacy_component_kind(component.text)
    return word in ("scf", "layer", *frameworks())


def _named_components(named: list[Entry], diagnostics: Diagnostics) -> None:
    names = ", ".join(entry.key.text for entry in named)
    diagnostics.report(
        COMPONENT_NOT_SUPPORTED,
        named[0].key.span,
        summary="Older format of serverless.yml",
        detail="The file lists its components one below the other ({names}), as the first version of Serverless "
        "Components did. This version reads files with one `component: scf` at the top.",
        hint=_MIGRATE if any(_is_deployed(entry) for entry in named) else _ELSEWHERE,
        names=names,
    )


def _plugin(provider: Entry, diagnostics: Diagnostics) -> None:
    name = provider.value.get("name") if isinstance(provider.value, MappingNode) else None
    word = name.value.text if name is not None and isinstance(name.value, ScalarNode) else ""
    if isinstance(provider.value, ScalarNode):
        word = provider.value.text
    if word == "tencent":
        hint = _MIGRATE
        detail = (
            "The file is in the format of the Serverless Framework's Tencent plugin, with `provider` and `functions`."
        )
    else:
        hint = _APART
        detail = 'The file is for the Serverless Framework and the provider "{provider}", not for SCF.'
    diagnostics.report(
        COMPONENT_NOT_SUPPORTED,
        provider.key.span,
        summary="Format of another tool",
        detail=detail + " This version reads files with one `component: scf` at the top.",
        hint=hint,
        provider=word,
    )
