"""The supported actions: the function that runs each, and whether it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.cam import account as cam_account
from scfdeploy.emulator.clb import rules
from scfdeploy.emulator.cls import log_delivery, log_search
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.mps import bindings
from scfdeploy.emulator.scf.actions import (
    account,
    aliases,
    async_events,
    concurrency,
    copy_function,
    custom_domains,
    event_invoke,
    invoke,
    layers,
    namespaces,
    read_functions,
    triggers,
    versions,
    write_functions,
)
from scfdeploy.emulator.tag import legacy_tags, tags


@dataclass(frozen=True, slots=True)
class Action:
    """How an action runs."""

    run: Callable[[ApiCall, Json], Json]
    writes: bool
    exclusive: bool = True
    """Whether the store is locked while it runs. An action that waits for processes locks it only where needed."""


def _reads(run: Callable[[ApiCall, Json], Json]) -> Action:
    return Action(run, writes=False)


def _writes(run: Callable[[ApiCall, Json], Json]) -> Action:
    return Action(run, writes=True)


def _runs(run: Callable[[ApiCall, Json], Json]) -> Action:
    return Action(run, writes=True, exclusive=False)


ACTIONS: dict[tuple[str, str], Action] = {
    ("scf", "CreateFunction"): _writes(write_functions.create_function),
    ("scf", "UpdateFunctionCode"): _writes(write_functions.update_code),
    ("scf", "UpdateFunctionConfiguration"): _writes(write_functions.update_configuration),
    ("scf", "GetFunction"): _reads(read_functions.get_function),
    ("scf", "GetFunctionAddress"): _reads(read_functions.get_address),
    ("scf", "ListFunctions"): _reads(read_functions.list_functions),
    ("scf", "DeleteFunction"): _writes(write_functions.delete_function),
    ("scf", "CopyFunction"): _writes(copy_function.copy_function),
    ("scf", "DeleteFunctionVersion"): _writes(write_functions.delete_version),
    ("scf", "CreateTrigger"): _writes(triggers.create_trigger),
    ("scf", "UpdateTrigger"): _writes(triggers.update_trigger),
    ("scf", "UpdateTriggerStatus"): _writes(triggers.update_status),
    ("scf", "DeleteTrigger"): _writes(triggers.delete_trigger),
    ("scf", "ListTriggers"): _reads(triggers.list_triggers),
    ("scf", "PublishVersion"): _writes(versions.publish_version),
    ("scf", "ListVersionByFunction"): _reads(versions.list_versions),
    ("scf", "CreateAlias"): _writes(aliases.create_alias),
    ("scf", "UpdateAlias"): _writes(aliases.update_alias),
    ("scf", "GetAlias"): _reads(aliases.get_alias),
    ("scf", "DeleteAlias"): _writes(aliases.delete_alias),
    ("scf", "ListAliases"): _reads(aliases.list_aliases),
    ("scf", "PutReservedConcurrencyConfig"): _writes(concurrency.put_reserved),
    ("scf", "GetReservedConcurrencyConfig"): _reads(concurrency.get_reserved),
    ("scf", "DeleteReservedConcurrencyConfig"): _writes(concurrency.delete_reserved),
    ("scf", "PutProvisionedConcurrencyConfig"): _writes(concurrency.put_provisioned),
    ("scf", "GetProvisionedConcurrencyConfig"): _reads(concurrency.get_provisioned),
    ("scf", "DeleteProvisionedConcurrencyConfig"): _writes(concurrency.delete_provisioned),
    ("scf", "PutTotalConcurrencyConfig"): _writes(concurrency.put_total),
    ("scf", "UpdateFunctionEventInvokeConfig"): _writes(event_invoke.update_config),
    ("scf", "GetFunctionEventInvokeConfig"): _reads(event_invoke.get_config),
    ("scf", "CreateNamespace"): _writes(namespaces.create_namespace),
    ("scf", "UpdateNamespace"): _writes(namespaces.update_namespace),
    ("scf", "DeleteNamespace"): _writes(namespaces.delete_namespace),
    ("scf", "ListNamespaces"): _reads(namespaces.list_namespaces),
    ("scf", "PublishLayerVersion"): _writes(layers.publish),
    ("scf", "GetLayerVersion"): _reads(layers.get),
    ("scf", "ListLayers"): _reads(layers.list_layers),
    ("scf", "ListLayerVersions"): _reads(layers.list_versions),
    ("scf", "DeleteLayerVersion"): _writes(layers.delete),
    ("scf", "CreateCustomDomain"): _writes(custom_domains.create_domain),
    ("scf", "UpdateCustomDomain"): _writes(custom_domains.update_domain),
    ("scf", "GetCustomDomain"): _reads(custom_domains.get_domain),
    ("scf", "DeleteCustomDomain"): _writes(custom_domains.delete_domain),
    ("scf", "ListCustomDomains"): _reads(custom_domains.list_domains),
    ("scf", "GetAccount"): _reads(account.get_account),
    ("scf", "Invoke"): _runs(invoke.invoke),
    ("scf", "InvokeFunction"): _runs(invoke.invoke_function),
    ("scf", "ListAsyncEvents"): _reads(async_events.list_async_events),
    ("scf", "GetAsyncEventStatus"): _reads(async_events.get_async_event_status),
    ("scf", "TerminateAsyncEvent"): _runs(async_events.terminate_async_event),
    ("scf", "GetRequestStatus"): _reads(invoke.get_request_status),
    ("scf", "GetFunctionLogs"): _reads(invoke.get_function_logs),
    ("tag", "TagResources"): _writes(tags.tag_resources),
    ("tag", "UnTagResources"): _writes(tags.untag_resources),
    ("tag", "ModifyResourceTags"): _writes(tags.modify_tags),
    ("tag", "GetResources"): _reads(tags.get_resources),
    ("tag", "DescribeResourceTagsByResourceIds"): _reads(legacy_tags.describe_by_ids),
    ("tag", "AttachResourcesTag"): _writes(legacy_tags.attach),
    ("tag", "DetachResourcesTag"): _writes(legacy_tags.detach),
    ("tag", "CreateTag"): _writes(legacy_tags.create_tag),
    ("tag", "DescribeTags"): _reads(legacy_tags.describe_tags),
    ("clb", "DescribeListeners"): _reads(rules.describe_listeners),
    ("clb", "DescribeTargets"): _reads(rules.describe_targets),
    ("clb", "DescribeTaskStatus"): _reads(rules.describe_task),
    ("clb", "CreateRule"): _writes(rules.create_rule),
    ("clb", "RegisterFunctionTargets"): _writes(rules.register),
    ("clb", "ModifyFunctionTargets"): _writes(rules.modify),
    ("clb", "DeregisterFunctionTargets"): _writes(rules.deregister),
    ("cls", "CreateDeliverCloudFunction"): _writes(log_delivery.deliver_to_function),
    ("cls", "SearchLog"): _reads(log_search.search_log),
    ("mps", "BindTrigger"): _writes(bindings.bind),
    ("mps", "UnbindTrigger"): _writes(bindings.unbind),
    ("sts", "AssumeRole"): _reads(cam_account.assume_role),
    ("sts", "GetCallerIdentity"): _reads(cam_account.get_caller_identity),
    ("cam", "DescribeRoleList"): _reads(cam_account.describe_roles),
    ("cam", "GetUserAppId"): _reads(cam_account.get_user_app_id),
}
