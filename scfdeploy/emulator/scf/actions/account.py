"""GetAccount: quotas and how much of them is used. GetUserAppId: whose account it is."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import concurrency, functions, namespaces
from scfdeploy.facts import limit

# Raised quotas, as a busy account has them; nothing here enforces them.
_NAMESPACES = 20
_FUNCTIONS = 1000
_TRIGGERS = ("Cos", "Timer", "Cmq", "Ckafka", "Apigw", "Cls", "Clb", "Mps", "Cm", "Vod", "Eb")


def get_account(call: ApiCall, _parameters: Json) -> Json:
    """What the account has in this region, and how much it may have."""
    found = namespaces.every(call)
    return {
        "AccountUsage": {
            "NamespacesCount": len(found),
            "Namespace": [_usage(call, namespace["Name"]) for namespace in found],
            "TotalConcurrencyMem": limit("concurrency.total_mb"),
            "TotalAllocatedConcurrencyMem": sum(_reserved(call, namespace["Name"]) for namespace in found),
            "UserConcurrencyMemLimit": limit("concurrency.total_mb"),
        },
        "AccountLimit": {
            "NamespacesCount": _NAMESPACES,
            "Namespace": [_limits(namespace["Name"]) for namespace in found],
        },
    }


def get_user_app_id(call: ApiCall, _parameters: Json) -> Json:
    """The numbers of the account: it has no sub-users here."""
    settings = call.context.settings
    return {"Uin": settings.uin, "OwnerUin": settings.uin, "AppId": int(settings.app_id)}


def _usage(call: ApiCall, namespace: str) -> Json:
    names = [f["FunctionName"] for _, f in call.store.list_prefix(functions.FUNCTION, f"{call.region}/{namespace}/")]
    return {
        "Namespace": namespace,
        "Functions": names,
        "FunctionsCount": len(names),
        "TotalConcurrencyMem": concurrency.total_mb(call, namespace),
        "TotalAllocatedConcurrencyMem": _reserved(call, namespace),
        "TotalAllocatedProvisionedMem": sum(
            one["mb"] for name in names for one in concurrency.every(call, f"{call.region}/{namespace}/{name}")
        ),
    }


def _reserved(call: ApiCall, namespace: str) -> int:
    found = call.store.list_prefix(functions.FUNCTION, f"{call.region}/{namespace}/")
    return sum(concurrency.reserved_mb(function) or 0 for _, function in found)


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
