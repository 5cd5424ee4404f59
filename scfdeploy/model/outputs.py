"""The outputs of an instance: values from its file, and references to values known only after apply."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model.code import ObjectSource
from scfdeploy.model.spec import FunctionSpec, Instance, LayerSpec
from scfdeploy.model.value import Ref, Value

_SHOWN = ("runtime",)


def instance_outputs(instance: Instance) -> dict[str, Value]:
    """The outputs of an instance; several functions each under its key."""
    outputs: dict[str, Value] = {}
    if len(instance.functions) == 1:
        outputs.update(function_outputs(instance.functions[0]))
    else:
        outputs.update({function.key or function.name: function_outputs(function) for function in instance.functions})
    for layer in instance.layers:
        outputs.update(layer_outputs(layer))
    return outputs


def function_outputs(function: FunctionSpec) -> dict[str, Value]:
    """The name, namespace, region and runtime of a function, and its URL if it has one."""
    outputs: dict[str, Value] = {
        "name": function.name,
        "namespace": function.address.namespace,
        "region": function.region,
        **{name: function.settings[name] for name in _SHOWN if name in function.settings},
    }
    urls = [trigger.address for trigger in function.triggers if trigger.type == "http"]
    if urls:
        outputs["url"] = Ref(urls[0], "url")
    return outputs


def layer_outputs(layer: LayerSpec) -> dict[str, Value]:
    """The name, version and region of a layer, its runtimes and description, and the COS location of its content."""
    outputs: dict[str, Value] = {
        "name": layer.name,
        "version": Ref(layer.address, "version"),
        "region": layer.region,
        **layer.settings,
    }
    if isinstance(layer.source, ObjectSource):
        outputs |= {"bucket": layer.source.bucket, "object": layer.source.object}
    return outputs


def output(instance: Instance, path: str) -> Value:
    """One output by its path, such as `name` or `api.url`; None when it does not exist.

    Also accepts the vendor's name `functionName`, and scalar settings of the file.
    """
    value: Value = instance_outputs(instance)
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is not None or len(instance.functions) != 1:
        return value
    function = instance.functions[0]
    setting = function.name if path == "functionName" else function.settings.get(path)
    return None if isinstance(setting, Mapping | list | tuple) else setting
