"""Replace API Gateways that are configured by keys outside `events` with function URLs."""

from __future__ import annotations

from scfdeploy.config.api_gateway import has_effect, is_disabled
from scfdeploy.config.components.framework_url import GATEWAY_KEYS
from scfdeploy.config.migration.gateway_triggers import (
    FunctionUrl,
    describe_replacement,
    lost_settings,
    replacement_url,
    report_gateway,
)
from scfdeploy.config.migration.plain_blocks import NotMigratedError, block_mapping, item_lines
from scfdeploy.config.rewriting.layout import (
    after_colon,
    comment_entry,
    first_line,
    get,
    indent,
    key_names,
    sequence_items,
)
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, SequenceNode, is_null
from scfdeploy.config.yaml.nodes import truth_value
from scfdeploy.diagnostics import Diagnostics, message


def replace_gateway_keys(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Comment out the gateway of a framework, and add the URL that replaces it.

    `events: []`, which means no URL, replaces a disabled gateway. Raises NotMigratedError.
    """
    gateway = [entry for entry in inputs if entry.key.text in GATEWAY_KEYS]
    if not gateway:
        return
    inputs = block_mapping(inputs, inputs.span, rewrite)
    events = inputs.get("events")
    has_url = has_trigger(events, "http")
    has_none = events is not None and isinstance(events.value, SequenceNode) and not events.value.items
    disabled = any(is_disabled(entry.value) for entry in gateway)
    url = None
    if not has_url and not has_none:
        if disabled:
            _add_empty_events(events, gateway[0], rewrite)
        else:
            url = replacement_url([entry.value for entry in gateway], rewrite)
            add_url(events, gateway[0], url, rewrite)
    for entry in gateway:
        comment_entry(entry, rewrite)
    lost = [name for entry in gateway for name in _lost_settings(entry)]
    replacement = (
        message("`events` is empty, so there is no URL")
        if has_none and not disabled
        else describe_replacement(url, has_url=has_url)
    )
    report_gateway(gateway[0].key.span, replacement, lost, diagnostics, has_url=has_url or url is not None)


def replace_auto_create_api(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Comment out `autoCreateApi: true`, and add the URL that replaces its gateway. Raises NotMigratedError."""
    setting = inputs.get("autoCreateApi")
    if setting is None or truth_value(setting.value) is not True:
        return
    inputs = block_mapping(inputs, inputs.span, rewrite)
    events = inputs.get("events")
    has_url = has_trigger(events, "http") or has_trigger(events, "apigw")  # an apigw trigger gets the same URL
    url = None
    if not has_url:
        url = replacement_url([], rewrite)
        add_url(events, setting, url, rewrite)
    comment_entry(setting, rewrite)
    report_gateway(setting.key.span, describe_replacement(url, has_url=has_url), [], diagnostics)


def has_trigger(events: Entry | None, *kinds: str) -> bool:
    """Whether `events` has a trigger of one of these kinds."""
    return any(get(item, kind) is not None for item in sequence_items(events) for kind in kinds)


def _add_empty_events(events: Entry | None, gateway: Entry, rewrite: Rewrite) -> None:
    if events is None:
        rewrite.before(first_line(gateway), f"{' ' * indent(gateway)}events: []")
    elif is_null(events.value):
        rewrite.insert(after_colon(events, rewrite), " []")
    else:
        raise NotMigratedError(
            events.key.span,
            message("The gateway is disabled, and `events` has other triggers, to which a framework adds a URL."),
            message("Remove the gateway, and write the function as `component: scf` with `type: web`."),
        )


def add_url(
    events: Entry | None, gateway: Entry, url: FunctionUrl, rewrite: Rewrite, *, comment: str | None = None
) -> None:
    """Add the URL to `events`, or write `events` above the gateway. Raises NotMigratedError for a list in brackets."""
    item = [
        *([] if comment is None else [f"# {comment}"]),
        "- http:",
        "    parameters:",
        *(f"      {line}" for line in url.parameter_lines()),
    ]
    if events is None:
        pad = " " * indent(gateway)
        rewrite.before(first_line(gateway), f"{pad}events:", *(f"{pad}  {line}" for line in item))
        return
    if is_null(events.value):
        pad = " " * (indent(events) + 2)
        rewrite.after(first_line(events), *(pad + line for line in item))
        return
    lines = item_lines(events.value, rewrite) if isinstance(events.value, SequenceNode) else []
    if not lines:
        raise NotMigratedError(
            events.key.span,
            message("`events` is empty or not a list, so the URL cannot be added."),
            message("Write each trigger as an item of its own, or remove the key, then migrate again."),
        )
    first, last = lines[0][0], lines[-1][1]
    pad = " " * rewrite.line_indent(first)
    rewrite.after(last, *(pad + line for line in item))


def _lost_settings(entry: Entry) -> list[str]:
    if isinstance(entry.value, MappingNode):
        return lost_settings(entry.value)
    return key_names([entry]) if has_effect(entry) else []
