"""Setters of runtime, memory, timeouts, environment variables, layers and node. They raise CloudError."""

from __future__ import annotations

import re
from collections.abc import Callable

from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.param_checks import FALSE_TRUE, check_choice, read_choice
from scfdeploy.facts import limit, reserved_prefixes, runtimes, variables_of_the_platform

_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SESSION_KEYS = ("InstanceIsolationEnabled", "Type", "MixNodeConfig", "SessionConfig")


def set_text(name: str) -> Callable[[Json, str], None]:
    """A setter of the field `name` that accepts any text."""

    def setter(version: Json, value: str) -> None:
        version[name] = value

    return setter


def set_switch(name: str, code: str) -> Callable[[Json, str], None]:
    """A setter of the field `name` that accepts TRUE and FALSE, and raises CloudError with `code`."""

    def setter(version: Json, value: str) -> None:
        version[name] = check_choice(value, name, FALSE_TRUE, code)

    return setter


def set_description(version: Json, text: str) -> None:
    """At most 1000 characters. Like the platform, it does not enforce the documented character set."""
    if len(text) > limit("description.max_chars"):
        raise CloudError("InvalidParameterValue.Description", "Description is longer than 1000 characters.")
    version["Description"] = text


def set_memory(version: Json, megabytes: int) -> None:
    """64, or a multiple of 128 up to 3072."""
    if megabytes > limit("memory.max_mb"):
        raise CloudError("LimitExceeded.Memory", f"MemorySize {megabytes} is over the limit.")
    step = limit("memory.step_mb")
    if megabytes != limit("memory.small_mb") and (megabytes < step or megabytes % step):
        raise CloudError("InvalidParameterValue.Memory", f"MemorySize {megabytes} is not 64 or a multiple of 128.")
    version["MemorySize"] = megabytes


def set_timeout(version: Json, seconds: int) -> None:
    """1 to 900 s, or to a day for functions with AsyncRunEnable."""
    maximum = limit("timeout.async_max_s" if version["AsyncRunEnable"] == "TRUE" else "timeout.max_s")
    if seconds > maximum:
        raise CloudError("LimitExceeded.Timeout", f"Timeout {seconds} is over the limit of {maximum}.")
    if seconds < limit("timeout.min_s"):
        raise CloudError("InvalidParameterValue", f"Timeout {seconds} is below 1.")
    version["Timeout"] = seconds


def set_init_timeout(version: Json, seconds: int) -> None:
    """3 to 300 s."""
    if seconds > limit("init_timeout.max_s"):
        raise CloudError("LimitExceeded.InitTimeout", f"InitTimeout {seconds} is over the limit.")
    if seconds < limit("init_timeout.min_s"):
        raise CloudError("InvalidParameterValue", f"InitTimeout {seconds} is below 3.")
    version["InitTimeout"] = seconds


def set_runtime(version: Json, name: str) -> None:
    """One of the known runtimes. It cannot change."""
    if name not in runtimes():
        raise CloudError("InvalidParameterValue.Runtime", f"Runtime `{name}` is not supported.")
    if version["Runtime"] not in ("", name):
        raise CloudError("InvalidParameterValue.Runtime", "The runtime of a function cannot be modified.")
    version["Runtime"] = name


def set_layers(version: Json, layers: list[Json]) -> None:
    """Replace all layers. An empty list changes nothing; one layer without a name removes all."""
    if not layers:
        return
    if layers == [{"LayerName": "", "LayerVersion": 0}]:
        version["Layers"] = []
        return
    if len(layers) > limit("layers.max"):
        raise CloudError("LimitExceeded.Layers", "A function may have at most 5 layers.")
    for layer in layers:
        if not layer.get("LayerName") or layer.get("LayerVersion", 0) < 1:
            raise CloudError("InvalidParameterValue.Layers", "Each layer needs a LayerName and a LayerVersion.")
    version["Layers"] = [
        {"LayerName": layer["LayerName"], "LayerVersion": layer["LayerVersion"], "Status": "Active"} for layer in layers
    ]


def set_protocol_params(version: Json, block: Json) -> None:
    """WebSocket settings: the idle time is 1 to 1800 s."""
    if version["ProtocolType"] != "WS":
        raise CloudError("InvalidParameterValue.WebSocketsParams", "ProtocolParams need the ProtocolType WS.")
    idle_s = block.get("WSParams", {}).get("IdleTimeOut", limit("websocket.idle.default_s"))
    if not 1 <= idle_s <= limit("websocket.idle.max_s"):
        raise CloudError("InvalidParameterValue.IdleTimeOut", "IdleTimeOut must be 1 to 1800.")
    version["ProtocolParams"] = {"WSParams": {"IdleTimeOut": idle_s}}


def set_dns_cache(version: Json, value: str) -> None:
    """Whether DNS responses are cached: event functions only."""
    if value == "TRUE" and version["Type"] != "Event":
        raise CloudError("InvalidParameterValue", "DnsCache is for event functions only.")
    version["DnsCache"] = check_choice(value, "DnsCache", FALSE_TRUE)


def set_ignore_system_log(version: Json, value: bool) -> None:
    """Whether the log omits the lines of the platform. GetFunction does not return it."""
    version["ignore_system_log"] = value


def set_concurrency(version: Json, block: Json) -> None:
    """Concurrent requests in one instance: web functions only. An empty DynamicEnabled disables it."""
    if block.get("DynamicEnabled") == "":
        version["InstanceConcurrencyConfig"] = None
        return
    if version["Type"] != "HTTP":
        code = "InvalidParameterValue.InstanceConcurrencyConfig"
        raise CloudError(code, "InstanceConcurrencyConfig is for web functions only.")
    dynamic = read_choice(block, "DynamicEnabled", FALSE_TRUE, "InvalidParameterValue.DynamicEnabled")
    maximum = block.get("MaxConcurrency", 2)
    if not 1 <= maximum <= limit("concurrency.instance.max"):
        raise CloudError("InvalidParameterValue.MaxConcurrency", "MaxConcurrency must be 1 to 100.")
    session = {name: block[name] for name in _SESSION_KEYS if name in block}
    version["InstanceConcurrencyConfig"] = {"DynamicEnabled": dynamic, "MaxConcurrency": maximum, **session}


def set_node(version: Json, parameters: Json) -> None:
    """CPU or GPU node, and its size. Only images run on a GPU."""
    kind = read_choice(parameters, "NodeType", ("CPU", "GPU"))
    if kind == "GPU" and version["ImageConfig"] is None:
        raise CloudError("InvalidParameterValue", "NodeType GPU needs an image.")
    version |= {"UseGpu": "TRUE" if kind == "GPU" else "FALSE", "node_spec": parameters.get("NodeSpec", "")}


def require_mode(version: Json, parameters: Json) -> None:
    """Raise CloudError unless DeployMode fits the code."""
    mode = "image" if version["ImageConfig"] is not None else "code"
    read_choice(parameters, "DeployMode", (mode,))


def set_disk(version: Json, parameters: Json, *, max_mb: int) -> None:
    """The size of /tmp: 512 MB, or up to `max_mb` for accounts in the closed beta."""
    megabytes = parameters.get("DiskSize")
    if megabytes is None:
        return
    if megabytes < limit("disk.default_mb"):
        raise CloudError("InvalidParameterValue.DiskSize", f"DiskSize {megabytes} is below 512.")
    if megabytes > max_mb:
        raise CloudError("UnsupportedOperation.DiskSize", f"DiskSize {megabytes} is in closed beta.")
    version["disk_mb"] = megabytes


def set_environment(version: Json, block: Json) -> None:
    """Replace all variables. An empty list changes nothing; one pair of empty texts deletes all."""
    pairs = [{"Key": pair.get("Key", ""), "Value": pair.get("Value", "")} for pair in block.get("Variables", [])]
    if not pairs:
        return
    if pairs == [{"Key": "", "Value": ""}]:
        version["Environment"] = {"Variables": []}
        return
    _check_variable_names([pair["Key"] for pair in pairs])
    if sum(len(f"{pair['Key']}{pair['Value']}".encode()) for pair in pairs) > limit("env.total_bytes"):
        raise CloudError("InvalidParameterValue.EnvironmentExceededLimit", "The environment variables exceed 4 KB.")
    version["Environment"] = {"Variables": pairs}


def _check_variable_names(names: list[str]) -> None:
    for name in names:
        if name.startswith(reserved_prefixes()):
            message = f"The environment variable `{name}` is reserved for the system."
            raise CloudError("InvalidParameterValue.EnvironmentSystemProtect", message)
        if name in variables_of_the_platform():
            message = f"The environment variable `{name}` is set by the system."
            raise CloudError("InvalidParameterValue.SystemEnvironment", message)
        if not _VARIABLE.fullmatch(name):
            raise CloudError(
                "InvalidParameterValue.Environment", f"`{name}` is not a valid name of an environment variable."
            )
    if len(set(names)) != len(names):
        raise CloudError("InvalidParameterValue.Environment", "An environment variable occurs twice.")
