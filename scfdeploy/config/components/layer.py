"""`component: layer`: content that functions mount under /opt, published in numbered versions."""

from __future__ import annotations

from scfdeploy.config.components.inputs import read_inputs
from scfdeploy.config.document import InstanceDocument
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.source import LAYER_SOURCE_FIELDS, read_source
from scfdeploy.model import LAYER_FIELDS, Address, LayerSpec

_REGION = next(field.default for field in LAYER_FIELDS if field.name == "region")
_HINTS = {
    "targetDir": "It belongs under src: `src: {src: ./, targetDir: …}`.",
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
    "include": "It belongs under src: `src: {src: ./, include: […]}`.",
    "bucket": "It belongs under src, with `object`.",
    "object": "It belongs under src, with `bucket`.",
    "handler": "A layer is not called; only functions have a handler.",
}


class LayerComponent:
    """The kind `layer`."""

    names = ("layer",)

    def read(self, instance: InstanceDocument) -> tuple[LayerSpec, ...]:
        """The layer; none when the file has no inputs or no name for it."""
        inputs = read_inputs(instance.document.tree, instance.diagnostics, instance.resolver.lines)
        if inputs is None:
            return ()
        lines = instance.resolver.lines
        reading = Reading(
            instance.diagnostics, "component: layer", instance.resolver.tree, dict(_HINTS), lines=lines, owner="layer"
        )
        settings = read_fields(inputs, LAYER_FIELDS, reading=reading)
        entry = inputs.get("src")
        source = (
            None if entry is None else read_source(entry.value, instance.document, reading, fields=LAYER_SOURCE_FIELDS)
        )
        name = settings.pop("name", None)
        region = str(settings.pop("region", None) or _REGION)
        if instance.region is not None:
            reading.spans.pop(("region",), None)
        if not name:
            return ()
        return (
            LayerSpec(
                Address.of_layer(str(name)),
                instance.owner,
                instance.region or region,
                settings,
                source,
                reading.spans,
                reading.key_spans,
                inputs.span,
                frozenset(reading.sensitive),
                instance.protect,
                frozenset(("region",) if ("region",) in reading.failed and instance.region is None else ()),
            ),
        )
