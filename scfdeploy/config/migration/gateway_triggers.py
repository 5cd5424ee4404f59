"""API Gateway triggers to function URLs: what they have in common is carried over, the rest stays as a comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scfdeploy.config.api_gateway import access_controls, is_private, is_signed_only, is_switched_off
from scfdeploy.config.components.framework_url import GATEWAY_REPLACED
from scfdeploy.config.migration.layout import after_colon, entries_in, items, mapping_of, names, text_of
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import boolean, is_null
from scfdeploy.diagnostics import Diagnostics, Span

_CARRIED = ("parameters", "endpoints", "apis", "enableCORS", "netTypes", "function", "functionQualifier", "name",
            "isDisabled")  # fmt: skip
_WHOLE = ("param", "usagePlan", "auth", "app", "customDomains")  # told by their own name, not by what is below
_CORS = ("origins", "methods", "headers")


@dataclass(frozen=True, slots=True)
class Url:
    """The settings of a function URL that takes a gateway's place."""

    cors: bool
    guarded_by: tuple[str, ...]
    inside: bool
    qualifier: str | None

    def lines(self) -> list[str]:
        """What stands below `parameters`."""
        found = [f"authType: {self._auth_type()}"]
        if self.inside:
            found += ["netConfig:", "  enableIntranet: true", "  enableExtranet: false"]
        if self.cors:
            found += ["corsConfig:", "  enable: true"]
            found += [line for name in _CORS for line in (f"  {name}:", "    - '*'")]
        if self.qualifier is not None:
            found.append(f"qualifier: {self.qualifier}")
        return found

    def _auth_type(self) -> str:
        if not self.guarded_by:
            return "NONE"
        if is_signed_only(self.guarded_by):
            return "CAM"
        # Nobody but its owner knows which of the two suits the callers; the empty text is an error.
        return "'' # authType: CAM for signed calls only, or authType: NONE for anybody; the gateway was guarded"


def url_of(nodes: Sequence[Node], rewrite: Rewrite) -> Url:
    """The URL for what these parts of gateways say."""
    entries = [entry for node in nodes for entry in entries_in(node)]
    qualifiers = [
        rewrite.written(entry.value.span)
        for entry in entries
        if entry.key.text == "functionQualifier" and text_of(entry) not in (None, "$DEFAULT")
    ]
    return Url(
        cors=any(entry.key.text == "enableCORS" and _is_on(entry.value) for entry in entries),
        guarded_by=tuple(dict.fromkeys(guard for node in nodes for guard in access_controls(node))),
        inside=bool(nodes) and is_private(SequenceNode(tuple(nodes), nodes[0].span)),
        qualifier=qualifiers[0] if qualifiers else None,
    )


def replace_in_events(events: Entry | None, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Give the function whose `events` these are a URL in place of its gateways."""
    if events is None or not isinstance(events.value, SequenceNode):
        return
    found = events.value
    gateways = [(at, entry) for at, item in enumerate(found.items) if (entry := _keyed(item, "apigw")) is not None]
    if not gateways:
        return
    lines = items(found, rewrite)
    alive = [entry.value for _, entry in gateways if not is_switched_off(entry.value)]
    has_url = any(_keyed(item, "http") is not None for item in found.items)
    url = url_of(alive, rewrite) if alive and not has_url else None
    if url is not None:
        first, dash = lines[gateways[0][0]][0], rewrite.margin(lines[gateways[0][0]][0])
        pad = " " * dash
        rewrite.before(first, f"{pad}- http:", f"{pad}    parameters:", *(f"{pad}      {line}" for line in url.lines()))
    for at, entry in gateways:
        first, last = lines[at]
        rewrite.comment(first, last, rewrite.margin(first))
        said = instead_of(url, has_url=has_url)
        report(entry.key.span, said, lost(entry.value), diagnostics, has_url=has_url or url is not None)
    if url is None and not has_url and len(gateways) == len(found.items):
        rewrite.insert(after_colon(events, rewrite), " []")


def replace_in_triggers(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """The same for `triggers` of multi-scf: each function that a gateway called gets a URL."""
    triggers = inputs.get("triggers")
    if triggers is None or not isinstance(triggers.value, SequenceNode):
        return
    found = triggers.value
    gateways = [
        (at, item)
        for at, item in enumerate(found.items)
        if isinstance(item, MappingNode) and text_of(item.get("type")) == "apigw"
    ]
    if not gateways:
        return
    lines = items(found, rewrite)
    given = {called for item in found.items if _typed(item) == "http" for called in _called(item)}
    kept = len(found.items) - len(gateways)
    said_of: dict[str, list[Node]] = {}
    for _, item in gateways:
        for word, (_, parts) in _called(item).items() if not is_switched_off(item) else ():
            said_of.setdefault(word, []).extend([*parts, *_networks(item)])
    for at, item in gateways:
        first, last = lines[at]
        dash = rewrite.margin(first)
        called = {} if is_switched_off(item) else _called(item)
        urls = {word: url_of(said_of[word], rewrite) for word in called if word not in given}
        given.update(urls)
        for word, url in urls.items():
            rewrite.before(first, *_item(rewrite.written(called[word][0].value.span), url, " " * dash))
        kept += len(urls)
        rewrite.comment(first, last, dash)
        report(item.entries[0].key.span, _each(urls), lost(item), diagnostics, has_url=bool(called))
    if not kept:
        rewrite.insert(after_colon(triggers, rewrite), " []")


def report(place: Span, said: str, left: Sequence[str], diagnostics: Diagnostics, *, has_url: bool = True) -> None:
    """Report that a gateway goes, what of it has no counterpart, and, where it `has_url`, that callers must change."""
    more = f" Not carried over: {', '.join(left)}." if left else ""
    domain = " Point a custom domain to the URL with a CDN or a proxy." if "customDomains" in left else ""
    diagnostics.report(
        GATEWAY_REPLACED,
        place,
        hint=("Callers need the new address, which `scfdeploy status` shows after the deployment. " if has_url else "")
        + "The settings of the gateway stay as a comment.{domain}",
        replacement=said,
        lost=more,
        domain=domain,
    )


def lost(node: Node) -> list[str]:
    """The settings of a gateway that a function URL does not have."""
    found: list[Entry] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, SequenceNode):
            waiting.extend(one.items)
        if not isinstance(one, MappingNode):
            continue
        for entry in one:
            if entry.key.text not in _CARRIED and entry.key.text != "type" and not is_null(entry.value):
                found.append(entry)
            if entry.key.text not in _WHOLE:
                waiting.append(entry.value)
    return names(found)


def instead_of(url: Url | None, *, has_url: bool) -> str:
    """What takes a gateway's place, in words."""
    if has_url:
        return "`events` has the URL that replaces it"
    if url is None:
        return "this one is disabled, so the function gets no URL"
    who = _who(url)
    who += " in private networks" if url.inside else ""
    return f"the function gets a URL instead, {who}, and is called for every path and method"


def _who(url: Url) -> str:
    if not url.guarded_by:
        return "open to anyone"
    if is_signed_only(url.guarded_by):
        return "for signed calls only (CAM), as the gateway was"
    return f"without authType, which you must set, because the gateway restricted access by {', '.join(url.guarded_by)}"


def _item(function: str, url: Url, pad: str) -> list[str]:
    head = [f"{pad}- type: http", f"{pad}  function: {function}", f"{pad}  parameters:"]
    return [*head, *(f"{pad}    {line}" for line in url.lines())]


def _called(item: Node) -> dict[str, tuple[Entry, list[Node]]]:
    """The functions that a trigger calls: where each is named, and what is said of it; one in `apis` wins."""
    if not isinstance(item, MappingNode):
        return {}
    parameters = mapping_of(item.get("parameters"))
    apis = None if parameters is None else parameters.get("apis")
    parts = apis.value.items if apis is not None and isinstance(apis.value, SequenceNode) else ()
    outer = item.get("function")
    found: dict[str, tuple[Entry, list[Node]]] = {}
    for part in parts or (item,):
        own = part.get("function") if isinstance(part, MappingNode) else None
        named = own if text_of(own) is not None else outer
        word = text_of(named)
        if named is not None and word is not None:
            found.setdefault(word, (named, []))[1].append(part)
    return found


def _networks(item: MappingNode) -> list[Node]:
    """What a gateway says of its networks, with the key, as it is looked up."""
    parameters = mapping_of(item.get("parameters"))
    entry = None if parameters is None else parameters.get("netTypes")
    return [] if entry is None else [MappingNode((entry,), entry.key.span)]


def _each(urls: Mapping[str, Url]) -> str:
    if not urls:
        return "no function gets a URL for this one"
    calls = "".join(f"; {word} {_who(url)}" for word, url in urls.items() if url.guarded_by)
    who = f"{', '.join(urls)} {'gets' if len(urls) == 1 else 'each get'}"
    return f"{who} a URL instead, called for every path and method{calls}"


def _keyed(item: Node, key: str) -> Entry | None:
    return item.get(key) if isinstance(item, MappingNode) else None


def _typed(item: Node) -> str | None:
    return text_of(item.get("type")) if isinstance(item, MappingNode) else None


def _is_on(node: Node) -> bool:
    return isinstance(node, ScalarNode) and boolean(node.text) is True
