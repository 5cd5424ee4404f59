"""Function URLs that a plan opens to everybody on the internet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scfdeploy.diagnostics import Diagnostic, Finding, Severity
from scfdeploy.model import Project, Value
from scfdeploy.plan.change import Action, Change, Plan

PUBLIC_URL = Finding(
    "public-url",
    Severity.WARNING,
    "Public URL without authentication",
    detail="Anyone on the internet may call {function} by this URL: its authType is NONE.",
    hint="Write `authType: CAM` for signed calls only; if intended, write `# scfdeploy: ignore public-url` here.",
    title="A public URL without authentication.",
    what="The plan creates or changes a function URL so that anyone on the internet may call the function: its "
    "`authType` is `NONE`, set or by default, and `netConfig` does not limit it to private networks.",
    why="Such a URL is found and called by others sooner or later, and you pay for the calls.",
    wrong="`- http:` without parameters, on a function that changes data.",
    right="`authType: CAM`, a check in the function itself, or, if intended, `# scfdeploy: ignore public-url` in the "
    "line of the finding.",
)

_MAKING = (Action.CREATE, Action.REPLACE)
_OPENING = ("authType", "netConfig")


def public_url_findings(project: Project, plan: Plan) -> Iterator[Diagnostic]:
    """A warning for each URL without authentication that this plan makes or opens, at its trigger in the file."""
    triggers = {trigger.address: trigger for function in project.functions for trigger in function.triggers}
    for change in plan.changes:
        trigger = triggers.get(change.address)
        if trigger is not None and _opens(change):
            yield PUBLIC_URL.at(
                trigger.spans.get(("authType",), trigger.span), address=str(change.address), function=change.address.of
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
