"""What a function runs on: runtime, memory, timeouts, layers, node type."""

from __future__ import annotations

from collections.abc import Callable

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.facts import limit, runtimes

_SESSION_KEYS = ("InstanceIsolationEnabled", "Type", "MixNodeConfig", "SessionConfig")


def set_text(name: str) -> Callable[[Json, str], None]:
    """A setter that keeps any text under `name`."""

    def keep(version: Json, value: str) -> None:
        version[name] = value

    return keep


def set_switch(name: str, code: str) -> Callable[[Json, str], None]:
    """A setter for TRUE or FALSE under `name`; anything else is refused with `code`."""

    def keep(version: Json, value: str) -> None:
        version[name] = param_checks.true_or_false(value, code, name)

    return keep


def set_description(version: Json, text: str) -> None:
    """At most 1000 characters. The documented character set is not enforced, for the platform does not either."""
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
    """1 to 900 s; functions that run asynchronously may take a day."""
    long_running = version["AsyncRunEnable"] == "TRUE"
    longest = limit("timeout.async_max_s") if long_running else limit("timeout.max_s")
    if seconds > longest:
        raise CloudError("LimitExceeded.Timeout", f"Timeout {seconds} is over the limit of {longest}.")
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
    """One of the known runtimes, and never another one than before."""
    if name not in runtimes():
        raise CloudError("InvalidParameterValue.Runtime", f"Runtime `{name}` is not supported.")
    if version["Runtime"] not in ("", name):
        raise CloudError("InvalidParameterValue.Runtime", "The runtime of a function cannot be modified.")
    version["Runtime"] = name


def set_layers(version: Json, layers: list[Json]) -> None:
    """Take over the whole list; an empty one means nothing, one nameless layer means none at all.

    Whether they exist is asked of the records before.
    """
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


def set_protocol_params(version: Json, given: Json) -> None:
    """WebSocket settings: the idle time is 1 to 1800 s."""
    if version["ProtocolType"] != "WS":
        raise CloudError("InvalidParameterValue.WebSocketsParams", "ProtocolParams need the ProtocolType WS.")
    idle_s = given.get("WSParams", {}).get("IdleTimeOut", limit("websocket.idle.default_s"))
    if not 1 <= idle_s <= limit("websocket.idle.max_s"):
        raise CloudError("InvalidParameterValue.IdleTimeOut", "IdleTimeOut must be 1 to 1800.")
    version["ProtocolParams"] = {"WSParams": {"IdleTimeOut": idle_s}}


def set_dns_cache(version: Json, value: str) -> None:
    """Whether answers of DNS are kept: event functions only."""
    if value == "TRUE" and version["Type"] != "Event":
        raise CloudError("InvalidParameterValue", "DnsCache is for event functions only.")
    version["DnsCache"] = param_checks.true_or_false(value, "InvalidParameterValue", "DnsCache")


def set_ignore_system_log(version: Json, wanted: bool) -> None:
    """Whether the platform's own lines stay out of the log. GetFunction does not show it."""
    version["ignore_system_log"] = wanted


def set_concurrency(version: Json, given: Json) -> None:
    """Several requests at once in one instance: web functions only. An empty DynamicEnabled switches it off."""
    if given.get("DynamicEnabled") == "":
        version["InstanceConcurrencyConfig"] = None
        return
    if version["Type"] != "HTTP":
        code = "InvalidParameterValue.InstanceConcurrencyConfig"
        raise CloudError(code, "InstanceConcurrencyConfig is for web functions only.")
    dynamic = param_checks.true_or_false(
        given.get("DynamicEnabled", "FALSE"), "InvalidParameterValue.DynamicEnabled", "DynamicEnabled"
    )
    at_once = given.get("MaxConcurrency", 2)
    if not 1 <= at_once <= limit("concurrency.instance.max"):
        raise CloudError("InvalidParameterValue.MaxConcurrency", "MaxConcurrency must be 1 to 100.")
    kept = {name: given[name] for name in _SESSION_KEYS if name in given}
    version["InstanceConcurrencyConfig"] = {"DynamicEnabled": dynamic, "MaxConcurrency": at_once, **kept}


def set_node(version: Json, parameters: Json) -> None:
    """Kind and size of the node of a new function. Only images run on a GPU."""
    kind = param_checks.one_of(("CPU", "GPU"), parameters.get("NodeType", "CPU"), "InvalidParameterValue", "NodeType")
    if kind == "GPU" and version["ImageConfig"] is None:
        raise CloudError("InvalidParameterValue", "NodeType GPU needs an image.")
    version |= {"UseGpu": "TRUE" if kind == "GPU" else "FALSE", "node_spec": parameters.get("NodeSpec", "")}


def require_mode(version: Json, parameters: Json) -> None:
    """Refuse a DeployMode that says something else than the code does."""
    mode = "image" if version["ImageConfig"] is not None else "code"
    param_checks.one_of((mode,), parameters.get("DeployMode", mode), "InvalidParameterValue", "DeployMode")


def set_disk(version: Json, parameters: Json, *, most_mb: int) -> None:
    """The size of /tmp: 512 MB, more for accounts that were let in."""
    megabytes = parameters.get("DiskSize")
    if megabytes is None:
        return
    if megabytes < limit("disk.default_mb"):
        raise CloudError("InvalidParameterValue.DiskSize", f"DiskSize {megabytes} is below 512.")
    if megabytes > most_mb:
        raise CloudError("UnsupportedOperation.DiskSize", f"DiskSize {megabytes} is in closed beta.")
    version["disk_mb"] = megabytes
