"""One golden project: a serverless.yml, the cloud it meets, and the plan that comes of both.

`cloud.json` says what is observed, in our own field names: `resources` and `unlisted`, each with `address`, `owner`
(the mark as text), `state`, `stateReason`, `settings`, `facts`; `policy` with `adopt`, `prune`, `targets`, `keep`;
`command` is `plan` or `destroy`. All code packs to one fixed hash, which is what is deployed of a function or layer
without `facts`. A case without a serverless.yml of its own has a folder for each of several.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.model import Address, Bundle, Observed, Owner, Project, Resource, Value, seal
from scfdeploy.plan import Plan, Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.plan.document import as_document
from scfdeploy.report.text.render import render_output
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Findings, Planned

SHA256 = "aa" * 32
CONTENT = "cc" * 32
_CODE: dict[str, dict[str, Value]] = {
    "function": {"codeSha256": SHA256, "codeSize": 1_258_291},
    "layer": {"version": 1, "versions": [1], "others": [], "content": CONTENT[:32]},
}
_LOOK = TextStyle(color=False, width=100)


def outputs(case: Path) -> dict[str, str]:
    """Every output file of a case by its name; a plan only where the configuration has no errors."""
    path = "serverless.yml" if (case / "serverless.yml").exists() else "."
    loaded = load_project(path, LoadOptions(environ={}, cwd=str(case)))
    findings = Findings(loaded.diagnostics.sorted(), loaded.sources)
    plan = None
    if loaded.project is not None and not loaded.diagnostics.has_errors:
        plan = _plan(loaded.project, json.loads((case / "cloud.json").read_text("utf-8")))
    shown = render_output(Planned(findings, plan is not None and not plan.rejected, plan), _LOOK)
    found = {"diagnostics.txt": shown.err}
    if plan is not None:
        found["plan.txt"] = shown.out
        found["plan.json"] = json.dumps(as_document(plan), ensure_ascii=False, indent=2) + "\n"
    return found


def _plan(project: Project, cloud: Mapping[str, Any]) -> Plan:
    wish = cloud.get("policy", {})
    targets = tuple(Address.parse(text) for text in wish.get("targets", ()))
    policy = Policy(wish.get("adopt", False), wish.get("prune", False), targets, keep=wish.get("keep"))
    resources = [_resource(shown) for shown in cloud.get("resources", ())]
    unlisted = tuple(_resource(shown) for shown in cloud.get("unlisted", ()))
    observed = Observed({resource.address: resource for resource in resources}, unlisted)
    if cloud.get("command") == "destroy":
        return make_destroy_plan(project, observed, policy)
    bundles = {
        spec.address: Bundle(spec.address, SHA256, CONTENT, 1_258_291, 1, path="code.zip")
        for spec in (*project.functions, *project.layers)
        if spec.source is not None
    }
    return make_plan(project, bundles, observed, policy)


def _resource(shown: Mapping[str, Any]) -> Resource:
    address = Address.parse(shown["address"])
    settings: dict[str, Value] = dict(shown.get("settings", {}))
    if "environment" in settings:
        settings["environment"] = {"variables": seal(shown["settings"]["environment"]["variables"])}
    code = _CODE.get(address.kind.name, {})
    return Resource(
        address,
        settings,
        Owner.from_text(shown.get("owner") or ""),
        shown.get("state", ""),
        shown.get("stateReason", ""),
        shown.get("facts", code),
    )
