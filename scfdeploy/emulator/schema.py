"""The actions of each product and the parameters that each takes, read from `tables/` on first use.

`scripts/generate_api_tables.py` writes the tables of scf and tag from the SDK, which does not say what is required.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_PRODUCTS = ("scf", "tag", "cam", "clb", "cls", "mps", "sts")

# The API accepts these although the SDK has no such fields; other clients send them.
EXTRA_PARAMETERS: dict[tuple[str, str], dict[str, str]] = {
    ("scf", "CreateFunction"): {
        "DeployMode": "string",
        "DiskSize": "integer",
        "L5Enable": "string",
        "NodeType": "string",
        "NodeSpec": "string",
    },
    ("scf", "UpdateFunctionConfiguration"): {"DiskSize": "integer"},
    ("scf", "GetFunction"): {"ShowTriggers": "string"},
    ("scf", "ListFunctions"): {"Type": "string"},
}

REQUIRED: dict[tuple[str, str], tuple[str, ...]] = {
    ("scf", "CreateFunction"): ("FunctionName", "Code"),
    ("scf", "UpdateFunctionCode"): ("FunctionName",),
    ("scf", "UpdateFunctionConfiguration"): ("FunctionName",),
    ("scf", "GetFunction"): ("FunctionName",),
    ("scf", "GetFunctionAddress"): ("FunctionName",),
    ("scf", "DeleteFunction"): ("FunctionName",),
    ("scf", "DeleteFunctionVersion"): ("FunctionName", "Qualifier"),
    ("scf", "CreateTrigger"): ("FunctionName", "TriggerName", "Type"),
    ("scf", "UpdateTrigger"): ("FunctionName", "TriggerName", "Type"),
    ("scf", "UpdateTriggerStatus"): ("Enable", "FunctionName", "TriggerName", "Type"),
    ("scf", "DeleteTrigger"): ("FunctionName", "TriggerName", "Type"),
    ("scf", "ListTriggers"): ("FunctionName",),
    ("scf", "PublishVersion"): ("FunctionName",),
    ("scf", "ListVersionByFunction"): ("FunctionName",),
    ("scf", "CreateAlias"): ("FunctionName", "Name", "FunctionVersion"),
    ("scf", "UpdateAlias"): ("FunctionName", "Name", "FunctionVersion"),
    ("scf", "GetAlias"): ("FunctionName", "Name"),
    ("scf", "DeleteAlias"): ("FunctionName", "Name"),
    ("scf", "ListAliases"): ("FunctionName",),
    ("scf", "PutReservedConcurrencyConfig"): ("FunctionName", "ReservedConcurrencyMem"),
    ("scf", "GetReservedConcurrencyConfig"): ("FunctionName",),
    ("scf", "DeleteReservedConcurrencyConfig"): ("FunctionName",),
    ("scf", "PutProvisionedConcurrencyConfig"): ("FunctionName", "Qualifier", "VersionProvisionedConcurrencyNum"),
    ("scf", "GetProvisionedConcurrencyConfig"): ("FunctionName",),
    ("scf", "DeleteProvisionedConcurrencyConfig"): ("FunctionName", "Qualifier"),
    ("scf", "PutTotalConcurrencyConfig"): ("TotalConcurrencyMem",),
    ("scf", "UpdateFunctionEventInvokeConfig"): ("FunctionName", "AsyncTriggerConfig"),
    ("scf", "GetFunctionEventInvokeConfig"): ("FunctionName",),
    ("scf", "CreateNamespace"): ("Namespace",),
    ("scf", "UpdateNamespace"): ("Namespace", "Description"),
    ("scf", "DeleteNamespace"): ("Namespace",),
    ("scf", "PublishLayerVersion"): ("LayerName", "CompatibleRuntimes", "Content"),
    ("scf", "GetLayerVersion"): ("LayerName", "LayerVersion"),
    ("scf", "ListLayerVersions"): ("LayerName",),
    ("scf", "DeleteLayerVersion"): ("LayerName", "LayerVersion"),
    ("scf", "Invoke"): ("FunctionName",),
    ("scf", "InvokeFunction"): ("FunctionName",),
    ("scf", "CopyFunction"): ("FunctionName", "NewFunctionName"),
    ("scf", "CreateCustomDomain"): ("Domain", "Protocol", "EndpointsConfig"),
    ("scf", "UpdateCustomDomain"): ("Domain",),
    ("scf", "GetCustomDomain"): ("Domain",),
    ("scf", "DeleteCustomDomain"): ("Domain",),
    ("scf", "ListAsyncEvents"): ("FunctionName",),
    ("scf", "GetAsyncEventStatus"): ("InvokeRequestId",),
    ("scf", "TerminateAsyncEvent"): ("FunctionName", "InvokeRequestId"),
    ("scf", "GetRequestStatus"): ("FunctionName", "FunctionRequestId"),
    ("tag", "TagResources"): ("ResourceList", "Tags"),
    ("tag", "UnTagResources"): ("ResourceList", "TagKeys"),
    ("tag", "ModifyResourceTags"): ("Resource",),
    ("tag", "DescribeResourceTagsByResourceIds"): ("ServiceType", "ResourcePrefix", "ResourceIds", "ResourceRegion"),
    ("tag", "AttachResourcesTag"): ("ServiceType", "ResourceIds", "TagKey", "TagValue"),
    ("tag", "DetachResourcesTag"): ("ServiceType", "ResourceIds", "TagKey"),
    ("tag", "CreateTag"): ("TagKey", "TagValue"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The parameters of one action. Types are string, integer, float, boolean, names of structs, and these in []."""

    parameters: dict[str, str]
    required: tuple[str, ...]
    structs: dict[str, dict[str, str]]


def find_product(version: str, action: str) -> str | None:
    """The product whose API has this version; of several, the one with the action.

    Local clients send no host name that names it.
    """
    products = [product for product in _PRODUCTS if read_table(product)["api"] == version]
    return next(
        (product for product in products if action in read_table(product)["actions"]), next(iter(products), None)
    )


@cache
def find_shape(product: str, action: str) -> Shape | None:
    """The parameters of `action`; None if the product has no such action. Names are case-sensitive."""
    table = read_table(product)
    entry = table["actions"].get(action)
    if entry is None:
        return None
    parameters = entry["parameters"] | EXTRA_PARAMETERS.get((product, action), {})
    return Shape(parameters, REQUIRED.get((product, action), tuple(entry.get("required", ()))), table["structs"])


@cache
def read_table(product: str) -> dict[str, Any]:
    """The table of one product: its `api` version, `actions` and `structs`."""
    text = resources.files("scfdeploy.emulator").joinpath("tables", f"{product}.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
