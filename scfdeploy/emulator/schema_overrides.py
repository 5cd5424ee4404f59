"""What the generated tables cannot know: required parameters, fields that the SDK lacks, a product without SDK."""

from __future__ import annotations

# The API accepts these although the SDK's models do not name them; other clients send them.
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
    ("scf", "UpdateNamespace"): ("Namespace",),
    ("scf", "DeleteNamespace"): ("Namespace",),
    ("scf", "PublishLayerVersion"): ("LayerName", "CompatibleRuntimes", "Content"),
    ("scf", "GetLayerVersion"): ("LayerName", "LayerVersion"),
    ("scf", "ListLayerVersions"): ("LayerName",),
    ("scf", "DeleteLayerVersion"): ("LayerName", "LayerVersion"),
    ("scf", "Invoke"): ("FunctionName",),
    ("scf", "InvokeFunction"): ("FunctionName",),
    ("scf", "GetRequestStatus"): ("FunctionName", "FunctionRequestId"),
    ("tag", "TagResources"): ("ResourceList", "Tags"),
    ("tag", "UnTagResources"): ("ResourceList", "TagKeys"),
    ("tag", "ModifyResourceTags"): ("Resource",),
    ("tag", "DescribeResourceTagsByResourceIds"): ("ServiceType", "ResourcePrefix", "ResourceIds", "ResourceRegion"),
    ("tag", "AttachResourcesTag"): ("ServiceType", "ResourceIds", "TagKey", "TagValue"),
    ("tag", "DetachResourcesTag"): ("ServiceType", "ResourceIds", "TagKey"),
    ("tag", "CreateTag"): ("TagKey", "TagValue"),
}

# Access management has no SDK package of its own here; one client lists roles before it deploys, and names of buckets
# end in the account's number.
ACCESS_MANAGEMENT = {
    "api": "2019-01-16",
    "actions": {
        "DescribeRoleList": {
            "parameters": {"Page": "integer", "Rp": "integer", "Tags": "[RoleTags]"},
            "answer": {"List": "[RoleInfo]", "TotalNum": "integer", "RequestId": "string"},
        },
        "GetUserAppId": {
            "parameters": {},
            "answer": {"Uin": "string", "OwnerUin": "string", "AppId": "integer", "RequestId": "string"},
        },
    },
    "structs": {"RoleTags": {"Key": "string", "Value": "string"}},
}
