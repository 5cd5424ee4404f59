"""`component: scf`: one function."""

from __future__ import annotations

from scfdeploy.config.components.function import FunctionReaderOptions, read_function
from scfdeploy.config.components.inputs import read_inputs
from scfdeploy.config.document import InstanceDocument
from scfdeploy.model import FunctionSpec

_HINTS = {
    "functionConf": "Write its keys directly under inputs.",
    "faas": "Write its keys directly under inputs.",
    "apigatewayConf": "API Gateway is being shut down; write `events` with `- http:`.",
    "apigw": "API Gateway is being shut down; write `events` with `- http:`.",
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
    "include": "It belongs under src: `src: {src: ./, include: […]}`.",
    "bucket": "It belongs under src, with `object`.",
    "object": "It belongs under src, with `bucket`.",
    "variables": "It belongs under environment.",
    "cronExpression": "It belongs under `parameters` of a trigger in `events`.",
    "enable": "It belongs under `parameters` of a trigger in `events`.",
    "inputs": "This is inside inputs already; move its keys one level up.",
    "component": "It belongs at the top level.",
    "app": "It belongs at the top level.",
    "stage": "It belongs at the top level.",
}
_OPTIONS = FunctionReaderOptions("component: scf", _HINTS)


class ScfComponent:
    """The kind `scf`."""

    names = ("scf",)

    def read(self, instance: InstanceDocument) -> tuple[FunctionSpec, ...]:
        """One function; none when the file has no inputs to read."""
        inputs = read_inputs(instance.document.tree, instance.diagnostics, instance.resolver.lines)
        return () if inputs is None else (read_function(inputs, instance, _OPTIONS),)
