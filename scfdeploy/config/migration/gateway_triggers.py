"""Replace API Gateway triggers with function URLs. Settings that a URL has are kept; the others stay as comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.api_gateway import (
    access_controls,
    allows_cors,
    has_effect,
    is_disabled,
    is_private,
    is_signed_only,
)
from scfdeploy.config.components.framework_url import GATEWAY_REPLACED
from scfdeploy.config.migration.plain_blocks import item_lines
from scfdeploy.config.rewriting.layout import after_colon, get, key_names, sequence_items, text_of
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, SequenceNode
from scfdeploy.config.yaml.nodes import entries_below
from scfdeploy.diagnostics import Diagnostics, Span, message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.records import dataclass

_QUALIFIERS = ("functionQualifier", "qualifier")
_CARRIED_OVER = ("parameters", "endpoints", "apis", "api", "enableCORS", "netTypes", "function", *_QUALIFIERS, "name",
                 "isDisabled", "type")  # fmt: skip
_SUMMARIZED = ("param", "usagePlan", "auth", "app", "customDomains")  # blocks that are listed by their own key only
_CORS = ("origins", "methods", "headers")


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """The settings of a function URL that replaces a gateway."""

    cors: bool
    restricted_by: tuple[str, ...]
    """The settings by which the gateway restricted access."""
    is_private: bool
    qualifier: str | None

    def parameter_lines(self) -> list[str]:
        """The YAML of `parameters`."""
        lines = [f"authType: {self._auth_type()}"]
        if self.is_private:
            lines += ["netConfig:", "  enableIntranet: true", "  enableExtranet: false"]
        if self.cors:
            lines += ["corsConfig:", "  enable: true"]
            lines += [line for name in _CORS for line in (f"  {name}:", "    - '*'")]
        if self.qualifier is not None:
            lines.append(f"qualifier: {self.qualifier}")
        return lines

    def _auth_type(self) -> str:
        if not self.restricted_by:
            return "NONE"
        if is_signed_only(self.restricted_by):
            return "CAM"
        return "CAM # signed calls only, because the gateway restricted access; NONE is for anyone"


def replacement_url(nodes: Sequence[Node], rewrite: Rewrite) -> FunctionUrl:
    """The URL that replaces the gateways whose settings are in `nodes`."""
    entries = [entry for node in nodes for entry in entries_below(node)]
    qualifiers = [
        rewrite.source_text(entry.value.span)
        for entry in entries
        if entry.key.text in _QUALIFIERS and text_of(entry) not in (None, "$DEFAULT")
    ]
    return FunctionUrl(
        cors=any(map(allows_cors, entries)),
        restricted_by=tuple(dict.fromkeys(control for node in nodes for control in access_controls(node))),
        is_private=bool(nodes) and is_private(SequenceNode(tuple(nodes), nodes[0].span)),
        qualifier=qualifiers[0] if qualifiers else None,
    )


def replace_in_events(
    events: Entry | None, rewrite: Rewrite, diagnostics: Diagnostics, *, others: Sequence[Node] = ()
) -> None:
    """Replace the gateways in the `events` of one function with one URL, which also replaces the gateways `others`."""
    if events is None or not isinstance(events.value, SequenceNode):
        return
    sequence = events.value
    gateways = [
        (at, _with_parameters(entry, item))
        for at, item in enumerate(sequence.items)
        if (entry := get(item, "apigw")) is not None
    ]
    if not gateways:
        return
    lines = item_lines(sequence, rewrite)
    enabled = [entry.value for _, entry in gateways if not is_disabled(entry.value)]
    has_url = any(get(item, "http") is not None for item in sequence.items)
    url = replacement_url([*enabled, *others], rewrite) if (enabled or others) and not has_url else None
    if url is not None:
        first, _ = lines[gateways[0][0]]
        pad = " " * rewrite.line_indent(first)
        parameters = (f"{pad}      {line}" for line in url.parameter_lines())
        rewrite.before(first, f"{pad}- http:", f"{pad}    parameters:", *parameters)
    replacement = describe_replacement(url, has_url=has_url)
    for at, entry in gateways:
        first, last = lines[at]
        rewrite.comment(first, last, rewrite.line_indent(first))
        lost = lost_settings(entry.value)
        report_gateway(entry.key.span, replacement, lost, diagnostics, has_url=has_url or url is not None)
    if url is None and not has_url and len(gateways) == len(sequence.items):
        rewrite.insert(after_colon(events, rewrite), " []")


def _with_parameters(gateway: Entry, item: Node) -> Entry:
    """A gateway with its `parameters`, also if they are beside it because they lost their indentation."""
    parameters = get(item, "parameters")
    if parameters is None:
        return gateway
    inner = gateway.value.entries if isinstance(gateway.value, MappingNode) else ()
    return Entry(gateway.key, MappingNode((*inner, parameters), gateway.key.span))


def replace_in_triggers(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Replace the gateways in `triggers` of multi-scf with one URL for each function that they call."""
    triggers = inputs.get("triggers")
    if triggers is None or not isinstance(triggers.value, SequenceNode):
        return
    sequence = triggers.value
    gateways = [
        (at, item)
        for at, item in enumerate(sequence.items)
        if isinstance(item, MappingNode) and _type_of(item) == "apigw"
    ]
    if not gateways:
        return
    lines = item_lines(sequence, rewrite)
    with_url = {name for item in sequence.items if _type_of(item) == "http" for name in _called_functions(item)}
    remaining = len(sequence.items) - len(gateways)
    settings: dict[str, list[Node]] = {}
    for _, item in gateways:
        for name, (_, nodes) in _called_functions(item).items() if not is_disabled(item) else ():
            settings.setdefault(name, []).extend([*nodes, *_net_types(item)])
    for at, item in gateways:
        first, last = lines[at]
        pad = " " * rewrite.line_indent(first)
        called = {} if is_disabled(item) else _called_functions(item)
        urls = {name: replacement_url(settings[name], rewrite) for name in called if name not in with_url}
        with_url.update(urls)
        for name, url in urls.items():
            function = rewrite.source_text(called[name][0].value.span)
            parameters = (f"{pad}    {line}" for line in url.parameter_lines())
            rewrite.before(
                first, f"{pad}- type: http", f"{pad}  function: {function}", f"{pad}  parameters:", *parameters
            )
        remaining += len(urls)
        rewrite.comment(first, last, len(pad))
        span = item.entries[0].key.span
        report_gateway(span, describe_urls(urls), lost_settings(item), diagnostics, has_url=bool(called))
    if not remaining:
        rewrite.insert(after_colon(triggers, rewrite), " []")


def report_gateway(
    span: Span, replacement: str, lost: Sequence[str], diagnostics: Diagnostics, *, has_url: bool = True
) -> None:
    """Report that a gateway is commented out, which settings are lost and, with `has_url`, that the address changes."""
    callers = message("Callers need the new address, which `scfdeploy status` shows after the deployment. ")
    diagnostics.report(
        GATEWAY_REPLACED,
        span,
        hint="{callers}The settings of the gateway stay as a comment.{domain}",
        replacement=replacement,
        lost=message(" Not carried over: {settings}.", settings=", ".join(lost)) if lost else "",
        callers=callers if has_url else "",
        domain=message(" To move its custom domain, list it under `customDomains`.") if "customDomains" in lost else "",
    )


def lost_settings(node: Node) -> list[str]:
    """The settings of a gateway that had an effect and that a function URL does not have."""
    entries = entries_below(node, lambda entry: entry.key.text not in _SUMMARIZED)
    others = (entry for entry in entries if entry.key.text not in _CARRIED_OVER)
    return key_names(entry for entry in others if has_effect(entry) and not allows_cors(entry))


def describe_replacement(url: FunctionUrl | None, *, has_url: bool) -> str:
    """What replaces a gateway, as a clause."""
    if has_url:
        return message("`events` has the URL that replaces it")
    if url is None:
        return message("this one is disabled, so the function gets no URL")
    return message(
        "the function gets a URL instead, {access}{network}, and is called for every path and method",
        access=_describe_access(url),
        network=message(" in private networks") if url.is_private else "",
    )


def _describe_access(url: FunctionUrl) -> str:
    if not url.restricted_by:
        return message("open to anyone")
    if is_signed_only(url.restricted_by):
        return message("for signed calls only (CAM), as the gateway was")
    return message(
        "for signed calls only (CAM), because the gateway restricted access by {controls}",
        controls=", ".join(url.restricted_by),
    )


def describe_urls(urls: Mapping[str, FunctionUrl]) -> str:
    """What replaces a gateway that calls several functions, as a clause."""
    if not urls:
        return message("no function gets a URL for this one")
    clauses = (f"; {name} " + _describe_access(url) for name, url in urls.items() if url.restricted_by)
    restricted = join_messages("", clauses)
    functions = ", ".join(urls)
    if len(urls) == 1:
        return message(
            "{function} gets a URL instead, called for every path and method{restricted}",
            function=functions,
            restricted=restricted,
        )
    return message(
        "{functions} each get a URL instead, called for every path and method{restricted}",
        functions=functions,
        restricted=restricted,
    )


def _called_functions(item: Node) -> dict[str, tuple[Entry, list[Node]]]:
    """The functions that a trigger calls: the entry that names each, and its settings. `apis` takes precedence."""
    if not isinstance(item, MappingNode):
        return {}
    parameters = item.get("parameters")
    apis = sequence_items(get(parameters.value, "apis")) if parameters is not None else ()
    outer = item.get("function")
    called: dict[str, tuple[Entry, list[Node]]] = {}
    for node in apis or (item,):
        own = get(node, "function")
        entry = own if text_of(own) is not None else outer
        name = text_of(entry)
        if entry is not None and name is not None:
            called.setdefault(name, (entry, []))[1].append(node)
    return called


def _net_types(item: MappingNode) -> list[Node]:
    """`netTypes` of a gateway, in a mapping, as `is_private` expects it."""
    parameters = item.get("parameters")
    entry = None if parameters is None else get(parameters.value, "netTypes")
    return [] if entry is None else [MappingNode((entry,), entry.key.span)]


def _type_of(item: Node) -> str | None:
    return text_of(get(item, "type"))
