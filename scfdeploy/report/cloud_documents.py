"""Documents of deployed resources: status, versions, routes, imports, and the policy that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scfdeploy.report.document import outcome_document, plan_keys
from scfdeploy.report.values import Document, to_json
from scfdeploy.results.aliases import AliasChanged, VersionList
from scfdeploy.results.imported import Imported
from scfdeploy.results.status import DomainStatus, FunctionStatus, LayerStatus, StatusReport

if TYPE_CHECKING:
    from scfdeploy.plan.resources.alias_routing import Route
    from scfdeploy.results.functions import FunctionList
    from scfdeploy.results.policy import PolicyShown


def status(result: StatusReport) -> Document:
    """The keys of `status`: functions and layers, with their differences from the files."""
    key = result.project
    return {
        "project": None if key is None else {"app": key.app, "stage": key.stage, "region": key.region},
        "functions": [_function(function) for function in result.functions],
        "layers": [_layer(layer) for layer in result.layers],
        **({"serveCommand": result.serve_command} if result.serve_command else {}),
        "domains": [_domain(domain) for domain in result.domains],
    }


def _function(function: FunctionStatus) -> Document:
    from scfdeploy.plan.document import field_document
    from scfdeploy.report.event_documents import metrics_document

    return {
        "address": str(function.address),
        "state": function.state,
        "stateReason": function.state_reason,
        "runtime": function.runtime,
        "memorySize": function.memory_size,
        "timeout": function.timeout,
        "modified": function.modified,
        "owned": function.owned,
        "drift": [to_json(field_document(field)) for field in function.drift],
        "triggers": [to_json(trigger) for trigger in function.triggers],
        "urls": list(function.urls),
        "versions": list(function.versions),
        "aliases": list(function.aliases),
        **({} if function.metrics is None else {"metrics": metrics_document(function.metrics)}),
    }


def _layer(layer: LayerStatus) -> Document:
    from scfdeploy.plan.document import field_document

    return {
        "address": str(layer.address),
        "state": layer.state,
        "version": layer.version,
        "runtimes": list(layer.runtimes),
        "modified": layer.modified,
        "owned": layer.owned,
        "drift": [to_json(field_document(field)) for field in layer.drift],
        "versions": list(layer.versions),
    }


def _domain(domain: DomainStatus) -> Document:
    from scfdeploy.plan.document import field_document

    return {
        "address": str(domain.address),
        "exists": domain.exists,
        "protocols": list(domain.protocols),
        "certificateId": domain.certificate_id or None,
        "routes": [to_json(route) for route in domain.routes],
        "owned": domain.owned,
        "drift": [to_json(field_document(field)) for field in domain.drift],
    }


def versions(result: VersionList) -> Document:
    """The keys of `versions`: versions and aliases."""
    return {
        "function": str(result.function),
        "versions": [
            {
                "version": version.name,
                "description": version.description,
                "published": version.published if version.name != "$LATEST" else None,
                "state": version.state,
                "aliases": [alias.address.name for alias in result.aliases if version.name in alias.route.versions],
            }
            for version in result.versions
        ],
        "aliases": [
            {
                "address": str(alias.address),
                "name": alias.address.name,
                **(route_document(alias.route) or {}),
                "description": alias.description,
            }
            for alias in result.aliases
        ],
    }


def route_document(route: Route | None) -> Document | None:
    """The main version, and the shares of calls of other versions; None for an unknown route."""
    if route is None:
        return None
    weights = [{"version": version, "weight": weight} for version, weight in route.weights]
    return {"version": route.version, "weights": weights}


def imported(result: Imported) -> Document:
    """The keys of `import`: files and functions, with fields that a plan would change."""
    from scfdeploy.plan.document import field_document

    return {
        "folder": result.folder,
        "files": list(result.files),
        "functions": [
            {
                "address": str(function.address),
                "file": function.file,
                "owned": function.owned,
                "drift": [to_json(field_document(field)) for field in function.drift],
                "leftOut": [{"address": str(address), "reason": reason} for address, reason in function.omitted],
            }
            for function in result.functions
        ],
        "secretFiles": list(result.secret_files),
        "unreadEnvFile": result.unread_env_file or None,
        "movedAside": [{"from": old, "to": new} for old, new in result.backups],
        "notImported": [{"address": str(address), "reason": reason} for address, reason in result.left_out],
    }


def function_list(result: FunctionList) -> Document:
    """The keys of `import` without names: the functions of the account."""
    return {
        "region": result.region,
        "functions": [
            {
                "address": str(function.address),
                "runtime": function.runtime,
                "state": function.state,
                "modified": function.modified,
                "owner": None
                if function.owner is None
                else {
                    "app": function.owner.app,
                    "stage": function.owner.stage,
                    "instance": function.owner.instance,
                },
                "import": function.command,
            }
            for function in result.functions
        ],
        "importAll": result.import_all,
    }


def policy(result: PolicyShown) -> Document:
    """The keys of `policy`: the document for CAM, and what each of its statements is for."""
    return {
        "for": result.run,
        "policy": result.document,
        "statements": [
            {
                "reason": permission.reason,
                "actions": list(permission.actions),
                "resources": list(permission.resources),
            }
            for permission in result.permissions
        ],
        **({"role": result.role} if result.role else {}),
    }


def alias_changed(result: AliasChanged) -> Document:
    """The keys of `alias set`, `alias shift` and `rollback`."""
    plan = plan_keys(result.plan)
    return {
        "alias": str(result.alias),
        "before": route_document(result.before),
        "after": route_document(result.after),
        "changes": plan["changes"],
        "results": [outcome_document(outcome) for outcome in result.outcomes],
        "steps": [
            {"percent": step.percent, "status": step.status, "checkExitCode": step.check_exit_code}
            for step in result.steps
        ],
        "shiftedBack": result.shifted_back,
        "interrupted": result.interrupted,
        "refused": plan["refused"],
    }
