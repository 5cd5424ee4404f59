"""API Gateways that were asked for by a key beside `events`: a function URL in `events` instead."""

from __future__ import annotations

from scfdeploy.config.api_gateway import is_switched_off
from scfdeploy.config.components.framework_url import GATEWAY_KEYS
from scfdeploy.config.migration.gateway_triggers import Url, instead_of, lost, report, url_of
from scfdeploy.config.migration.layout import (
    NotMigratedError,
    after_colon,
    block,
    end_line,
    first_line,
    indent,
    items,
    names,
)
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import boolean, is_null
from scfdeploy.diagnostics import Diagnostics


def replace_beside(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Write the URL that takes the place of a framework's gateway, and make a comment of the gateway.

    In the place of one that is switched off comes `events: []`, which means no URL. NotMigratedError.
    """
    gateway = [entry for entry in inputs if entry.key.text in GATEWAY_KEYS]
    if not gateway:
        return
    inputs = block(inputs, inputs.span, rewrite)
    events = inputs.get("events")
    has_url = _has(events, "http")
    has_none = events is not None and isinstance(events.value, SequenceNode) and not events.value.items
    is_off = any(is_switched_off(entry.value) for entry in gateway)
    url = None if has_url or has_none or is_off else url_of([entry.value for entry in gateway], rewrite)
    if url is not None:
        _add(events, gateway[0], _item(url), rewrite)
    elif is_off and not has_url and not has_none:
        _add_no_events(events, gateway[0], rewrite)
    for entry in gateway:
        rewrite.comment(first_line(entry), end_line(entry), indent(entry))
    left = [name for entry in gateway for name in _left(entry)]
    said = instead_of(url, has_url=has_url) if is_off or not has_none else "`events` is empty, so there is no URL"
    report(gateway[0].key.span, said, left, diagnostics, has_url=has_url or url is not None)


def replace_wish(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Write the URL that takes the place of the gateway that `autoCreateApi: true` asked for. NotMigratedError."""
    wish = inputs.get("autoCreateApi")
    if wish is None or not isinstance(wish.value, ScalarNode) or boolean(wish.value.text) is not True:
        return
    inputs = block(inputs, inputs.span, rewrite)
    events = inputs.get("events")
    has_url = _has(events, "http") or _has(events, "apigw")  # the URL for that one is the URL for this
    url = None if has_url else url_of([], rewrite)
    if url is not None:
        _add(events, wish, _item(url), rewrite)
    rewrite.comment(first_line(wish), end_line(wish), indent(wish))
    report(wish.key.span, instead_of(url, has_url=has_url), [], diagnostics)


def _add_no_events(events: Entry | None, gateway: Entry, rewrite: Rewrite) -> None:
    """Write that there is no trigger."""
    if events is None:
        rewrite.before(first_line(gateway), f"{' ' * indent(gateway)}events: []")
    elif is_null(events.value):
        rewrite.insert(after_colon(events, rewrite), " []")
    else:
        raise NotMigratedError(
            events.key.span,
            "The gateway is switched off, and `events` has triggers that are not a URL.",
            "Remove the gateway, and write the function as `component: scf` with `type: web`.",
        )


def _item(url: Url) -> list[str]:
    return ["- http:", "    parameters:", *(f"      {line}" for line in url.lines())]


def _has(events: Entry | None, kind: str) -> bool:
    found = events.value.items if events is not None and isinstance(events.value, SequenceNode) else ()
    return any(isinstance(item, MappingNode) and item.get(kind) is not None for item in found)


def _add(events: Entry | None, gateway: Entry, item: list[str], rewrite: Rewrite) -> None:
    """Put one more item into `events`, or write them above the gateway."""
    if events is None:
        pad = " " * indent(gateway)
        rewrite.before(first_line(gateway), f"{pad}events:", *(f"{pad}  {line}" for line in item))
        return
    if is_null(events.value):
        pad = " " * (indent(events) + 2)
        rewrite.after(first_line(events), *(pad + line for line in item))
        return
    lines = items(events.value, rewrite) if isinstance(events.value, SequenceNode) else []
    if not lines:
        raise NotMigratedError(
            events.key.span,
            "`events` is empty or no list, so the URL cannot be added.",
            "Write each trigger in an item of its own, or remove the key, then migrate again.",
        )
    first, last = lines[0][0], lines[-1][1]
    pad = " " * rewrite.margin(first)
    rewrite.after(last, *(pad + line for line in item))


def _left(entry: Entry) -> list[str]:
    """What of one key has no counterpart."""
    return lost(entry.value) if isinstance(entry.value, MappingNode) else names([entry])
