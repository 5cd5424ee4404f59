"""Function URLs that a plan opens to everybody on the internet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import Project, Value
from scfdeploy.plan.change import Action, Change, Plan

_MAKING = (Action.CREATE, Action.REPLACE)
_OPENING = ("authType", "netConfig")


def public_url_findings(project: Project, plan: Plan) -> Iterator[Diagnostic]:
    """A warning for each URL without authentication that this plan makes or opens, at its trigger in the file."""
    triggers = {trigger.address: trigger for function in project.functions for trigger in function.triggers}
    for change in plan.changes:
        trigger = triggers.get(change.address)
        if trigger is not None and _opens(change):
            yield Diagnostic(
                "public-url",
                Severity.WARNING,
                "Public URL without authentication",
                f"Anybody on the internet may call {change.address.of} by this URL: its authType is NONE.",
                trigger.spans.get(("authType",), trigger.span),
                address=str(change.address),
                hint="Write `authType: CAM` for signed calls only; if meant, `# scfdeploy: ignore public-url` here.",
            )


def _opens(change: Change) -> bool:
    if not change.address.name.startswith("http/") or not _is_public(change.settings):
        return False
    if change.action is Action.UPDATE:
        return any(field.path.partition(".")[0] in _OPENING for field in change.fields)
    return change.action in _MAKING


def _is_public(settings: Mapping[str, Value]) -> bool:
    net = settings.get("netConfig")
    is_private = isinstance(net, Mapping) and bool(net) and net.get("enableExtranet") is not True
    return settings.get("authType", "NONE") != "CAM" and not is_private
