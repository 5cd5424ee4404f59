"""What somebody does in the console, and what is seen there: by calls of the API, past the command line."""

from __future__ import annotations

from typing import Any

from tests.support.emulator import Cloud, zip_text
from tests.support.project import HANDLER

NAME = {"FunctionName": "hello"}
NIGHTLY = {**NAME, "TriggerName": "nightly", "Type": "timer"}
RESOURCE = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/hello"
CODE = {"CompatibleRuntimes": ["Python3.10"], "Content": {"ZipFile": zip_text({"a": "b"})}}
_TIMER = """\
    - timer:
        parameters: {{name: {name}, cronExpression: "0 0 {hour} * * * *", enable: true}}
"""


def timers(**hours: int) -> str:
    rows = "".join(_TIMER.format(name=name, hour=hour) for name, hour in hours.items())
    return f"  events:\n{rows}" if rows else ""


def triggers(cloud: Cloud) -> dict[str, str]:
    return {row["TriggerName"]: row["TriggerDesc"] for row in cloud.call("ListTriggers", **NAME)["Triggers"]}


def set_timer(cloud: Cloud, hour: int, name: str = "nightly", **more: Any) -> None:
    description = {"TriggerDesc": f"0 0 {hour} * * * *", "Qualifier": "$DEFAULT", **more}
    cloud.call("UpdateTrigger", **{**NIGHTLY, "TriggerName": name}, **description)


def make_timer(cloud: Cloud, hour: int, **more: Any) -> None:
    cloud.call("CreateTrigger", **NIGHTLY, TriggerDesc=f"0 0 {hour} * * * *", Qualifier="$DEFAULT", **more)


def alias(cloud: Cloud, name: str) -> list[Any]:
    shown = cloud.call("GetAlias", **NAME, Name=name)
    weights = shown["RoutingConfig"]["AdditionalVersionWeights"] or []
    return [shown["FunctionVersion"], *((each["Version"], each["Weight"]) for each in weights)]


def lead(cloud: Cloud, name: str, version: str, *weights: tuple[str, float], action: str = "UpdateAlias") -> None:
    rows = [{"Version": other, "Weight": weight} for other, weight in weights]
    routing = {"AdditionalVersionWeights": rows}
    cloud.call(action, **NAME, Name=name, FunctionVersion=version, RoutingConfig=routing)


def asynchronous(cloud: Cloud) -> tuple[int, int]:
    config = cloud.call("GetFunctionEventInvokeConfig", **NAME)["AsyncTriggerConfig"]
    return config["MsgTTL"], config["RetryConfig"][0]["RetryNum"]


def set_asynchronous(cloud: Cloud, ttl: int, retries: int) -> None:
    config = {"MsgTTL": ttl, "RetryConfig": [{"RetryNum": retries}]}
    cloud.call("UpdateFunctionEventInvokeConfig", **NAME, AsyncTriggerConfig=config)


def reserved(cloud: Cloud) -> Any:
    return cloud.call("GetReservedConcurrencyConfig", **NAME)["ReservedMem"]


def provisioned(cloud: Cloud) -> dict[str, int]:
    rows = cloud.call("GetProvisionedConcurrencyConfig", **NAME)["Allocated"]
    return {row["Qualifier"]: row["AllocatedProvisionedConcurrencyNum"] for row in rows}


def provision(cloud: Cloud, number: int) -> None:
    cloud.call("PutProvisionedConcurrencyConfig", **NAME, Qualifier="1", VersionProvisionedConcurrencyNum=number)
    cloud.advance(30)


def tag(cloud: Cloud) -> Any:
    tags = cloud.call("GetFunction", **NAME)["Tags"]
    return next((tag["Value"] for tag in tags if tag["Key"] == "team"), None)


def set_tag(cloud: Cloud, value: str) -> None:
    rows = [{"TagKey": "team", "TagValue": value}]
    cloud.call("ModifyResourceTags", product="tag", Resource=RESOURCE, ReplaceTags=rows)


def publish_layer(cloud: Cloud, description: str) -> None:
    cloud.call("PublishLayerVersion", LayerName="base", Description=description, **CODE)
    cloud.advance(5)


def layer_versions(cloud: Cloud) -> dict[int, str]:
    rows = cloud.call("ListLayerVersions", LayerName="base")["LayerVersions"]
    return {row["LayerVersion"]: row["Description"] for row in rows}


def set_memory(cloud: Cloud, name: str) -> None:
    cloud.call("UpdateFunctionConfiguration", FunctionName=name, MemorySize=512)


def set_code(cloud: Cloud, name: str) -> None:
    code = zip_text({"index.py": HANDLER.replace("hello", "yello")})
    cloud.call("UpdateFunctionCode", FunctionName=name, Handler="index.main_handler", ZipFile=code)


def delete(cloud: Cloud, name: str) -> None:
    cloud.call("DeleteFunction", FunctionName=name)


def recreate(cloud: Cloud, name: str) -> None:
    tags = cloud.call("GetFunction", FunctionName=name)["Tags"]
    delete(cloud, name)
    cloud.create(name, {"index.py": HANDLER}, Handler="index.main_handler", Tags=tags)
