"""The products that bind their own events to functions: the few actions of theirs that do so.

Logs and balancers are written down from their SDKs' models, the media product's two actions, which no SDK has, from
what the vendor's own tool sends.
"""

from __future__ import annotations

from typing import Any

_TARGETS = {
    "parameters": {
        "LoadBalancerId": "string",
        "ListenerId": "string",
        "FunctionTargets": "[FunctionTarget]",
        "LocationId": "string",
        "Domain": "string",
        "Url": "string",
    },
    "answer": {"RequestId": "string"},
    "required": ("LoadBalancerId", "ListenerId", "FunctionTargets"),
}

BALANCERS: dict[str, Any] = {
    "api": "2018-03-17",
    "actions": {
        "DescribeListeners": {
            "parameters": {
                "LoadBalancerId": "string",
                "ListenerIds": "[string]",
                "Protocol": "string",
                "Port": "integer",
            },
            "answer": {"Listeners": "[Listener]", "TotalCount": "integer", "RequestId": "string"},
            "required": ("LoadBalancerId",),
        },
        "CreateRule": {
            "parameters": {"LoadBalancerId": "string", "ListenerId": "string", "Rules": "[RuleInput]"},
            "answer": {"LocationIds": "[string]", "RequestId": "string"},
            "required": ("LoadBalancerId", "ListenerId", "Rules"),
        },
        "RegisterFunctionTargets": _TARGETS,
        "ModifyFunctionTargets": _TARGETS,
        "DeregisterFunctionTargets": _TARGETS,
        "DescribeTargets": {
            "parameters": {
                "LoadBalancerId": "string",
                "ListenerIds": "[string]",
                "Protocol": "string",
                "Port": "integer",
            },
            "answer": {"Listeners": "[ListenerBackend]", "RequestId": "string"},
            "required": ("LoadBalancerId",),
        },
        "DescribeTaskStatus": {
            "parameters": {"TaskId": "string"},
            "answer": {"Status": "integer", "LoadBalancerIds": "[string]", "Message": "string", "RequestId": "string"},
            "required": ("TaskId",),
        },
    },
    "structs": {
        "RuleInput": {"Domain": "string", "Url": "string"},
        "FunctionTarget": {"Function": "FunctionInfo", "Weight": "integer"},
        "FunctionInfo": {
            "FunctionNamespace": "string",
            "FunctionName": "string",
            "FunctionQualifier": "string",
            "FunctionQualifierType": "string",
        },
    },
}

LOGS: dict[str, Any] = {
    "api": "2020-10-16",
    "actions": {
        "CreateDeliverCloudFunction": {
            "parameters": {
                "TopicId": "string",
                "FunctionName": "string",
                "Namespace": "string",
                "Qualifier": "string",
                "Timeout": "integer",
                "MaxMsgNum": "integer",
            },
            "answer": {"RequestId": "string"},
            "required": ("TopicId", "FunctionName", "Namespace", "Qualifier"),
        }
    },
    "structs": {},
}

MEDIA: dict[str, Any] = {
    "api": "2019-06-12",
    "actions": {
        "BindTrigger": {
            "parameters": {
                "ScfRegion": "string",
                "EventType": "string",
                "Qualifier": "string",
                "FunctionName": "string",
                "Namespace": "string",
            },
            "answer": {"ResourceId": "string", "RequestId": "string"},
            "required": ("ScfRegion", "EventType", "FunctionName", "Namespace"),
        },
        "UnbindTrigger": {
            "parameters": {
                "Type": "string",
                "Qualifier": "string",
                "FunctionName": "string",
                "Namespace": "string",
                "ResourceId": "string",
            },
            "answer": {"RequestId": "string"},
            "required": ("Type", "FunctionName", "Namespace", "ResourceId"),
        },
    },
    "structs": {},
}
