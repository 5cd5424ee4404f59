"""What kind of machine a function runs on. GetFunction shows of all this only whether there is a GPU."""

from __future__ import annotations

from scfdeploy.emulator.checks import switches
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.facts import limit


def set_node(version: Json, parameters: Json) -> None:
    """Kind and size of the node of a new function. Only images run on a GPU."""
    kind = switches.one_of(("CPU", "GPU"), parameters.get("NodeType", "CPU"), "InvalidParameterValue", "NodeType")
    if kind == "GPU" and version["ImageConfig"] is None:
        raise CloudError("InvalidParameterValue", "NodeType GPU needs an image.")
    version |= {"UseGpu": "TRUE" if kind == "GPU" else "FALSE", "node_spec": parameters.get("NodeSpec", "")}


def require_mode(version: Json, parameters: Json) -> None:
    """Refuse a DeployMode that says something else than the code does."""
    mode = "image" if version["ImageConfig"] is not None else "code"
    switches.one_of((mode,), parameters.get("DeployMode", mode), "InvalidParameterValue", "DeployMode")


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
