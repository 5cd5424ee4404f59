"""GetAccount: quotas and their use."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import concurrency, functions, namespaces
from scfdeploy.facts import limit

# Raised quotas, which the emulator does not enforce.
_NAMESPACES = 20
_FUNCTIONS = 1000
_TRIGGERS = ("Cos", "Timer", "Cmq", "Ckafka", "Apigw", "Cls", "Clb", "Mps", "Cm", "Vod", "Eb")


def get_account(call: ApiCall, _parameters: Json) -> Json:
    """The resources of the account in this region, and its quotas."""
    usages = [_usage(call, namespace["Name"]) for namespace in namespaces.list_all(call)]
    return {
        "AccountUsage": {
            "NamespacesCount": len(usages),
            "Namespace": usages,
            "TotalConcurrencyMem": limit("concurrency.total_mb"),
            "TotalAllocatedConcurrencyMem": sum(usage["TotalAllocatedConcurrencyMem"] for usage in usages),
            "UserConcurrencyMemLimit": limit("concurrency.total_mb"),
        },
        "AccountLimit": {
            "NamespacesCount": _NAMESPACES,
            "Namespace": [_limits(usage["Namespace"]) for usage in usages],
        },
    }


def _usage(call: ApiCall, namespace: str) -> Json:
    stored = call.store.list_prefix(functions.FUNCTION, f"{call.region}/{namespace}/")
    return {
        "Namespace": namespace,
        "Functions": [function["FunctionName"] for _, function in stored],
        "FunctionsCount": len(stored),
        "TotalConcurrencyMem": concurrency.total_mb(call, namespace),
        "TotalAllocatedConcurrencyMem": sum(concurrency.reserved_mb(function) or 0 for _, function in stored),
        "TotalAllocatedProvisionedMem": sum(concurrency.provisioned_mb(call, key) for key, _ in stored),
    }


def _limits(namespace: str) -> Json:
    per_type = limit("trigger.per_type")
    return {
        "Namespace": namespace,
        "FunctionsCount": _FUNCTIONS,
        "Trigger": dict.fromkeys(_TRIGGERS, per_type) | {"Total": per_type * len(_TRIGGERS)},
        "ConcurrentExecutions": 1000,
        "TimeoutLimit": limit("timeout.max_s"),
        "InitTimeoutLimit": limit("init_timeout.max_s"),
        "TestModelLimit": 5,
        "RetryNumLimit": limit("retry_num.max"),
        "MinMsgTTL": limit("msg_ttl.min_s"),
        "MaxMsgTTL": limit("msg_ttl.max_s"),
    }
