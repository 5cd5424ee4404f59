"""The table of actions: which exist here, what runs them, and whether they write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scfdeploy.emulator.actions import (
    account,
    aliases,
    balancer,
    create_function,
    delete_function,
    event_invoke,
    invoke,
    layers,
    list_functions,
    log_delivery,
    media,
    namespaces,
    older_tags,
    provisioned,
    read_function,
    reserved,
    roles,
    tags,
    triggers,
    update_function,
    versions,
)
from scfdeploy.emulator.call import Call
from scfdeploy.emulator.messages import Json


@dataclass(frozen=True, slots=True)
class Action:
    """How an action is run. One that is not `exclusive` takes the store itself, for it waits for other processes."""

    run: Callable[[Call, Json], Json]
    writes: bool
    exclusive: bool = True


def _reads(run: Callable[[Call, Json], Json]) -> Action:
    return Action(run, writes=False)


def _writes(run: Callable[[Call, Json], Json]) -> Action:
    return Action(run, writes=True)


def _runs(run: Callable[[Call, Json], Json]) -> Action:
    return Action(run, writes=True, exclusive=False)


ACTIONS: dict[tuple[str, str], Action] = {
    ("scf", "CreateFunction"): _writes(create_function.create_function),
    ("scf", "UpdateFunctionCode"): _writes(update_function.update_code),
    ("scf", "UpdateFunctionConfiguration"): _writes(update_function.update_configuration),
    ("scf", "GetFunction"): _reads(read_function.get_function),
    ("scf", "GetFunctionAddress"): _reads(read_function.get_address),
    ("scf", "ListFunctions"): _reads(list_functions.list_functions),
    ("scf", "DeleteFunction"): _writes(delete_function.delete_function),
    ("scf", "DeleteFunctionVersion"): _writes(delete_function.delete_version),
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
    ("scf", "PutReservedConcurrencyConfig"): _writes(reserved.put_reserved),
    ("scf", "GetReservedConcurrencyConfig"): _reads(reserved.get_reserved),
    ("scf", "DeleteReservedConcurrencyConfig"): _writes(reserved.delete_reserved),
    ("scf", "PutProvisionedConcurrencyConfig"): _writes(provisioned.put_provisioned),
    ("scf", "GetProvisionedConcurrencyConfig"): _reads(provisioned.get_provisioned),
    ("scf", "DeleteProvisionedConcurrencyConfig"): _writes(provisioned.delete_provisioned),
    ("scf", "PutTotalConcurrencyConfig"): _writes(reserved.put_total),
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
    ("scf", "GetAccount"): _reads(account.get_account),
    ("scf", "Invoke"): _runs(invoke.invoke),
    ("scf", "InvokeFunction"): _runs(invoke.invoke_function),
    ("scf", "GetRequestStatus"): _reads(invoke.get_request_status),
    ("tag", "TagResources"): _writes(tags.tag_resources),
    ("tag", "UnTagResources"): _writes(tags.untag_resources),
    ("tag", "ModifyResourceTags"): _writes(tags.modify_tags),
    ("tag", "GetResources"): _reads(tags.get_resources),
    ("tag", "DescribeResourceTagsByResourceIds"): _reads(older_tags.describe_by_ids),
    ("tag", "AttachResourcesTag"): _writes(older_tags.attach),
    ("tag", "DetachResourcesTag"): _writes(older_tags.detach),
    ("tag", "CreateTag"): _writes(older_tags.create_tag),
    ("tag", "DescribeTags"): _reads(older_tags.describe_tags),
    ("clb", "DescribeListeners"): _reads(balancer.describe_listeners),
    ("clb", "DescribeTargets"): _reads(balancer.describe_targets),
    ("clb", "DescribeTaskStatus"): _reads(balancer.describe_task),
    ("clb", "CreateRule"): _writes(balancer.create_rule),
    ("clb", "RegisterFunctionTargets"): _writes(balancer.register),
    ("clb", "ModifyFunctionTargets"): _writes(balancer.modify),
    ("clb", "DeregisterFunctionTargets"): _writes(balancer.deregister),
    ("cls", "CreateDeliverCloudFunction"): _writes(log_delivery.deliver_to_function),
    ("mps", "BindTrigger"): _writes(media.bind),
    ("mps", "UnbindTrigger"): _writes(media.unbind),
    ("cam", "DescribeRoleList"): _reads(roles.describe_roles),
    ("cam", "GetUserAppId"): _reads(account.get_user_app_id),
}
