"""The function URL that takes the place of the API Gateway which the frameworks' components made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.config.fields import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.core import boolean, is_null
from scfdeploy.diagnostics import Span

_BLOCKS = ("apigw", "apigatewayConf")
GATEWAY_KEYS = (*_BLOCKS, "serviceName", "serviceId", "serviceTimeout")
"""The keys of `inputs` that are about the gateway."""

_CORS = ("origins", "methods", "headers")


def with_url(events: Entry | None, gateway: Sequence[Entry], word: ScalarNode, reading: Reading) -> Entry:
    """The events with a URL among them, set up as the gateway was as far as a URL can be.

    `word` is what `component` says: the place of what is not written. What cannot be kept is told in one warning.
    """
    blocks = [entry for entry in gateway if entry.key.text in _BLOCKS and isinstance(entry.value, MappingNode)]
    place = blocks[0].key.span if blocks else word.span
    items = events.value.items if events is not None and isinstance(events.value, SequenceNode) else ()
    has_url = any(isinstance(item, MappingNode) and item.get("http") is not None for item in items)
    carried = _Carried(blocks, reading)
    if has_url:
        _report(gateway, "`events` has the URL that takes its place", (), reading)
    elif carried.is_off:
        _report(gateway, "this one is switched off, so the function gets no URL either", carried.keys, reading)
    else:
        _report(gateway, "the function gets a URL of its own in its place", carried.keys, reading)
    if events is not None and not is_null(events.value) and not isinstance(events.value, SequenceNode):
        return events  # reported when it is read
    added = () if has_url or carried.is_off else (_url(carried, place),)
    key = ScalarNode("events", Style.PLAIN, place) if events is None else events.key
    return Entry(key, SequenceNode((*items, *added), place if events is None else events.value.span))


class _Carried:
    """What of the gateway's settings a URL has too. `keys` are those that were understood."""

    def __init__(self, blocks: Sequence[Entry], reading: Reading) -> None:
        self.cors = self.is_off = False
        self.qualifier: ScalarNode | None = None
        self.keys: tuple[str, ...] = ()
        for entry in (inner for block in blocks if isinstance(block.value, MappingNode) for inner in block.value):
            match entry.key.text:
                case "enableCORS":
                    self.cors = _is_true(reading.resolve(entry.value))
                case "isDisabled":
                    self.is_off = _is_true(reading.resolve(entry.value))
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


def _report(gateway: Sequence[Entry], instead: str, kept: Sequence[str], reading: Reading) -> None:
    if not gateway:
        return
    lost = [name for name in _names(gateway) if name not in kept]
    said = f" Not carried over: {', '.join(lost)}." if lost else ""
    blocks = ", ".join(entry.key.text for entry in gateway)
    domain = " Point a domain of your own to the URL by a CDN or a proxy." if "customDomains" in lost else ""
    reading.diagnostics.warning(
        "gateway-replaced",
        gateway[0].key.span,
        "API Gateway is gone",
        detail=f"API Gateways can no longer be made; {instead}.{said}",
        hint=f"Remove {blocks}; `events` with `- http:` sets the URL up. `scfdeploy migrate` does it for you.{domain}",
    )


def _names(gateway: Sequence[Entry]) -> Iterator[str]:
    for entry in gateway:
        if entry.key.text in _BLOCKS and isinstance(entry.value, MappingNode):
            yield from (inner.key.text for inner in entry.value)
        elif entry.key.text not in _BLOCKS:
            yield entry.key.text
