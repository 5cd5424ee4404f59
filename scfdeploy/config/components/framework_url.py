"""The function URL that replaces the API Gateway of framework components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.config.api_gateway import access_controls, allows_cors, has_effect, is_disabled, is_private
from scfdeploy.config.events import AUTH_TYPE_MISSING
from scfdeploy.config.fields import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.diagnostics import Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml

GATEWAY_REPLACED = Finding(
    "gateway-replaced",
    Severity.WARNING,
    "API Gateway is retired",
    detail="API Gateways can no longer be created; {replacement}.{lost}",
    hint="{advice}{domain}",
    title="An API Gateway that a function URL replaces.",
    what="The file of a framework configures an API Gateway, or `scfdeploy migrate` found an `apigw` trigger. API "
    "Gateways can no longer be created. The function gets a URL instead, with cross-origin calls allowed where "
    "`enableCORS` was true; `migrate` limits it to signed calls (CAM) where the gateway required keys.",
    why="What the warning names is not carried over: a URL has no service, no stages, no custom domains and no timeout "
    "of its own.",
    wrong=yaml("apigatewayConf:\n  enableCORS: true\n  environment: release"),
    right=yaml(
        'events:\n  - http:\n      parameters:\n        corsConfig: {enable: true, origins: ["*"]}',
    ),
)

_BLOCKS = ("apigw", "apigatewayConf")
GATEWAY_KEYS = (*_BLOCKS, "serviceName", "serviceId", "serviceTimeout")
"""The keys of `inputs` that configure the gateway."""

_CORS = ("origins", "methods", "headers")
_OF_THE_TOOL = ("serviceName", "serviceDesc", "name", "description", "tags", "ignoreUpdate", "autoCreateDns")
"""Names of the gateway, and settings of the tool that made it: no caller notices that they are gone."""


def with_url(events: Entry | None, gateway: Sequence[Entry], component: ScalarNode, reading: Reading) -> Entry:
    """`events` with a URL that replaces the gateway, unless `events` is `[]` or has one already.

    The URL takes over the settings of the gateway that it supports; a warning lists the others, if there are any. If
    the gateway restricted access, it is an error until a URL in `events` says who may call it. Settings that are not
    in the file get the position of `component`.
    """
    blocks = [entry for entry in gateway if entry.key.text in _BLOCKS and isinstance(entry.value, MappingNode)]
    span = blocks[0].key.span if blocks else component.span
    items = events.value.items if events is not None and isinstance(events.value, SequenceNode) else ()
    urls = [item for item in items if isinstance(item, MappingNode) and item.get("http") is not None]
    has_none = events is not None and isinstance(events.value, SequenceNode) and not items
    supported = _SupportedSettings(blocks, reading)
    has_auth_types = bool(urls) and all(map(_has_auth_type, urls))
    needs_choice = not supported.is_disabled and not has_none and supported.controls and not has_auth_types
    if needs_choice:
        _report_restricted(blocks, supported.controls, has_url=bool(urls), reading=reading)
    elif urls:
        _report(gateway, message("`events` has the URL that replaces it"), (), reading, is_unused=True)
    elif has_none:
        replacement = message("`events` is empty, so the function gets no URL")
        _report(gateway, replacement, supported.keys, reading, is_unused=True)
    elif not supported.is_disabled:  # nothing is lost of a gateway that is disabled
        _report(gateway, message("the function gets a URL instead"), supported.keys, reading)
    if events is not None and not is_null(events.value) and not isinstance(events.value, SequenceNode):
        return events  # reported when it is read
    added = () if urls or has_none or supported.is_disabled or needs_choice else (_url(supported, span),)
    key = ScalarNode("events", Style.PLAIN, span) if events is None else events.key
    return Entry(key, SequenceNode((*items, *added), span if events is None else events.value.span))


class _SupportedSettings:
    """The settings of a gateway that a URL supports too, and their keys."""

    def __init__(self, blocks: Sequence[Entry], reading: Reading) -> None:
        self.cors = False
        self.is_disabled = any(is_disabled(block.value, reading.resolve) for block in blocks)
        self.is_private = bool(blocks) and is_private(MappingNode(tuple(blocks), blocks[0].key.span))
        self.controls = tuple(control for block in blocks for control in access_controls(block.value))
        self.qualifier: ScalarNode | None = None
        self.keys: tuple[str, ...] = ()
        for entry in (inner for block in blocks for inner in _settings(block)):
            match entry.key.text:
                case _ if allows_cors(entry, reading.resolve):
                    self.cors = True
                case "enableCORS":
                    pass
                case "cors" if is_broken(reading.resolve(entry.value)):
                    pass
                case text if text.lower() == "isdisabled":
                    pass
                case "netTypes" if self.is_private:
                    pass
                case "function" | "qualifier":
                    self.qualifier = _qualifier(entry, reading)
                    if self.qualifier is None:
                        continue
                case _:
                    continue
            self.keys = (*self.keys, entry.key.text)


def _settings(block: Entry) -> Iterator[Entry]:
    """The settings in a block, with those in `api`."""
    for entry in block.value if isinstance(block.value, MappingNode) else ():
        if entry.key.text == "api" and isinstance(entry.value, MappingNode):
            yield from entry.value
        else:
            yield entry


def _qualifier(setting: Entry, reading: Reading) -> ScalarNode | None:
    """The value of `qualifier`, or of `functionQualifier` in `function`."""
    nested = setting.value.get("functionQualifier") if isinstance(setting.value, MappingNode) else None
    entry = setting if setting.key.text == "qualifier" else nested
    value = None if entry is None else reading.resolve(entry.value)
    return value if isinstance(value, ScalarNode) and not is_null(value) else None


def _url(settings: _SupportedSettings, span: Span) -> MappingNode:
    parameters = {"authType": _scalar("NONE", span)}
    if settings.is_private:
        net = {"enableIntranet": _scalar("true", span), "enableExtranet": _scalar("false", span)}
        parameters["netConfig"] = _mapping(net, span)
    if settings.cors:
        anything = SequenceNode((ScalarNode("*", Style.QUOTED, span),), span)
        parameters["corsConfig"] = _mapping({"enable": _scalar("true", span)} | dict.fromkeys(_CORS, anything), span)
    if settings.qualifier is not None:
        parameters["qualifier"] = settings.qualifier
    return _mapping({"http": _mapping({"parameters": _mapping(parameters, span)}, span)}, span)


def _scalar(text: str, span: Span) -> Node:
    return ScalarNode(text, Style.PLAIN, span)


def _mapping(values: Mapping[str, Node], span: Span) -> MappingNode:
    return MappingNode(
        tuple(Entry(ScalarNode(key, Style.PLAIN, value.span), value) for key, value in values.items()), span
    )


def _has_auth_type(item: MappingNode) -> bool:
    """Whether a URL of `events` sets `authType`, in its parameters or, by mistake, beside them."""
    http = item.get("http")
    settings = http.value if http is not None and isinstance(http.value, MappingNode) else ()
    nested = (inner for entry in settings if isinstance(entry.value, MappingNode) for inner in entry.value)
    return any(entry.key.text in ("authType", "AuthType") for entry in (*settings, *nested))


def _report_restricted(blocks: Sequence[Entry], controls: Sequence[str], *, has_url: bool, reading: Reading) -> None:
    reading.diagnostics.report(
        AUTH_TYPE_MISSING,
        blocks[0].key.span,
        summary="URL in place of a restricted gateway",
        detail="The gateway restricted access ({controls}). A URL replaces it only when the file says who may call it.",
        hint="Write `authType: CAM` (signed calls only) or `authType: NONE` (anyone on the internet) in the parameters "
        "of `- http:`. `events: []` gives the function no URL."
        if has_url
        else "Write `authType: CAM` (signed calls only) or `authType: NONE` (anyone on the internet) below "
        "`events: [{http: {parameters: …}}]`. `events: []` gives the function no URL. `scfdeploy "
        "migrate --write` writes CAM.",
        controls=", ".join(controls),
    )


def _is_lost(setting: Entry) -> bool:
    """Whether callers notice that a setting of the gateway is gone. Function URLs accept HTTPS."""
    if setting.key.text == "protocols" and isinstance(setting.value, SequenceNode):
        return any(not isinstance(item, ScalarNode) or item.text.lower() != "https" for item in setting.value.items)
    return setting.key.text not in _OF_THE_TOOL and has_effect(setting)


def _report(
    gateway: Sequence[Entry],
    replacement: str,
    supported: Sequence[str],
    reading: Reading,
    *,
    is_unused: bool = False,
) -> None:
    """Report the settings that are lost; `is_unused` if removing the gateway from the file changes nothing."""
    lost: list[str] = []
    for entry in gateway:
        if entry.key.text not in _BLOCKS:
            lost += [entry.key.text] if _is_lost(entry) else []
        else:
            lost += [
                inner.key.text for inner in _settings(entry) if inner.key.text not in supported and _is_lost(inner)
            ]
    if not lost:
        return
    reading.diagnostics.report(
        GATEWAY_REPLACED,
        gateway[0].key.span,
        replacement=replacement,
        lost=message(" Not carried over: {settings}.", settings=", ".join(lost)),
        advice=message("Remove {keys}.", keys=", ".join(entry.key.text for entry in gateway))
        if is_unused
        else message("`scfdeploy migrate --write` writes the current form: `events` with `- http:`."),
        domain=message(" To move its custom domain, list it under `customDomains`.") if "customDomains" in lost else "",
    )
