"""The function URL that replaces the API Gateway of framework components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.config.api_gateway import access_controls, is_disabled, is_private
from scfdeploy.config.events import AUTH_TYPE_MISSING
from scfdeploy.config.fields import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.nodes import boolean, is_null
from scfdeploy.diagnostics import Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml

GATEWAY_REPLACED = Finding(
    "gateway-replaced",
    Severity.WARNING,
    "API Gateway is retired",
    detail="API Gateways can no longer be created; {replacement}.{lost}",
    hint="Remove {keys}; `events` with `- http:` configures the URL. `scfdeploy migrate` does it for you.{domain}",
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
"""The keys of `inputs` that are about the gateway."""

_CORS = ("origins", "methods", "headers")
_AUTH_TYPE = ("authType", "AuthType")
_OFF = "this one is disabled, so the function gets no URL"


def with_url(events: Entry | None, gateway: Sequence[Entry], word: ScalarNode, reading: Reading) -> Entry:
    """The events with a URL among them, set up as the gateway was as far as a URL can be; none where `events` is `[]`.

    `word` is what `component` says: the place of what is not written. What cannot be kept is told in one warning. A
    gateway that kept callers out is an error until a URL in `events` says who may call it.
    """
    blocks = [entry for entry in gateway if entry.key.text in _BLOCKS and isinstance(entry.value, MappingNode)]
    place = blocks[0].key.span if blocks else word.span
    items = events.value.items if events is not None and isinstance(events.value, SequenceNode) else ()
    urls = [item for item in items if isinstance(item, MappingNode) and item.get("http") is not None]
    has_none = events is not None and isinstance(events.value, SequenceNode) and not items
    carried = _Carried(blocks, reading)
    is_kept_out = not carried.is_off and not has_none and carried.guards and not (urls and all(map(_says_who, urls)))
    if is_kept_out:
        _report_guarded(blocks, carried.guards, has_url=bool(urls), reading=reading)
    elif urls:
        _report(gateway, "`events` has the URL that replaces it", (), reading)
    elif has_none:
        _report(gateway, "`events` is empty, so the function gets no URL", carried.keys, reading)
    elif carried.is_off:
        _report(gateway, _OFF, carried.keys, reading, hint=_without_url(gateway))
    else:
        _report(gateway, "the function gets a URL instead", carried.keys, reading)
    if events is not None and not is_null(events.value) and not isinstance(events.value, SequenceNode):
        return events  # reported when it is read
    added = () if urls or has_none or carried.is_off or is_kept_out else (_url(carried, place),)
    key = ScalarNode("events", Style.PLAIN, place) if events is None else events.key
    return Entry(key, SequenceNode((*items, *added), place if events is None else events.value.span))


class _Carried:
    """What of the gateway's settings a URL has too. `keys` are those that were understood."""

    def __init__(self, blocks: Sequence[Entry], reading: Reading) -> None:
        self.cors = False
        self.is_off = any(is_disabled(block.value, reading.resolve) for block in blocks)
        self.is_private = bool(blocks) and is_private(MappingNode(tuple(blocks), blocks[0].key.span))
        self.guards = tuple(guard for block in blocks for guard in access_controls(block.value))
        self.qualifier: ScalarNode | None = None
        self.keys: tuple[str, ...] = ()
        for entry in (inner for block in blocks if isinstance(block.value, MappingNode) for inner in block.value):
            match entry.key.text:
                case "enableCORS":
                    self.cors = _is_true(reading.resolve(entry.value))
                case "isDisabled":
                    pass
                case "netTypes" if self.is_private:
                    pass
                case "function":
                    self.qualifier = _qualifier(entry.value, reading)
                    if self.qualifier is None:
                        continue
                case _:
                    continue
            self.keys = (*self.keys, entry.key.text)


def _is_true(node: Node) -> bool:
    return isinstance(node, ScalarNode) and boolean(node.text) is True


def _qualifier(node: Node, reading: Reading) -> ScalarNode | None:
    entry = node.get("functionQualifier") if isinstance(node, MappingNode) else None
    value = None if entry is None else reading.resolve(entry.value)
    return value if isinstance(value, ScalarNode) and not is_null(value) else None


def _url(carried: _Carried, place: Span) -> MappingNode:
    parameters = [_entry("authType", ScalarNode("NONE", Style.PLAIN, place))]
    if carried.is_private:
        off, on = (ScalarNode(text, Style.PLAIN, place) for text in ("false", "true"))
        net = (_entry("enableIntranet", on), _entry("enableExtranet", off))
        parameters.append(_entry("netConfig", MappingNode(net, place)))
    if carried.cors:
        star = SequenceNode((ScalarNode("*", Style.QUOTED, place),), place)
        allowed = [_entry(name, star) for name in _CORS]
        cors = (_entry("enable", ScalarNode("true", Style.PLAIN, place)), *allowed)
        parameters.append(_entry("corsConfig", MappingNode(cors, place)))
    if carried.qualifier is not None:
        parameters.append(_entry("qualifier", carried.qualifier))
    inner = MappingNode((_entry("parameters", MappingNode(tuple(parameters), place)),), place)
    return MappingNode((_entry("http", inner),), place)


def _entry(key: str, value: Node) -> Entry:
    return Entry(ScalarNode(key, Style.PLAIN, value.span), value)


def _says_who(item: MappingNode) -> bool:
    """Whether a URL of `events` has `authType`."""
    return any(entry.key.text in _AUTH_TYPE for entry in _below(item))


def _below(item: MappingNode) -> Iterator[Entry]:
    http = item.get("http")
    parts = http.value if http is not None and isinstance(http.value, MappingNode) else ()
    for part in parts:
        yield part
        if isinstance(part.value, MappingNode):
            yield from part.value


def _report_guarded(blocks: Sequence[Entry], guarded_by: Sequence[str], *, has_url: bool, reading: Reading) -> None:
    reading.diagnostics.report(
        AUTH_TYPE_MISSING,
        blocks[0].key.span,
        summary="URL in place of a restricted gateway",
        detail="The gateway restricted access ({guards}). A URL replaces it only when the file says who may call it.",
        hint="Write `authType: CAM` (signed calls only) or `authType: NONE` (anyone on the internet) "
        + ("in the parameters of `- http:`." if has_url else "below `events: [{http: {parameters: …}}]`.")
        + " `events: []` gives the function no URL.",
        guards=", ".join(guarded_by),
    )


def _without_url(gateway: Sequence[Entry]) -> str:
    blocks = ", ".join(entry.key.text for entry in gateway)
    return f"Write `events: []`, which means no URL, instead of {blocks}; `scfdeploy migrate` does it for you."


def _report(
    gateway: Sequence[Entry], instead: str, kept: Sequence[str], reading: Reading, *, hint: str | None = None
) -> None:
    if not gateway:
        return
    lost = [name for name in _names(gateway) if name not in kept]
    said = f" Not carried over: {', '.join(lost)}." if lost else ""
    blocks = ", ".join(entry.key.text for entry in gateway)
    domain = " Point a custom domain to the URL with a CDN or a proxy." if "customDomains" in lost else ""
    reading.diagnostics.report(
        GATEWAY_REPLACED,
        gateway[0].key.span,
        hint=None if hint is None else "{advice}",
        replacement=instead,
        lost=said,
        keys=blocks,
        domain=domain,
        advice=hint,
    )


def _names(gateway: Sequence[Entry]) -> Iterator[str]:
    for entry in gateway:
        if entry.key.text in _BLOCKS and isinstance(entry.value, MappingNode):
            yield from (inner.key.text for inner in entry.value)
        elif entry.key.text not in _BLOCKS:
            yield entry.key.text
