"""The table of fields of a layer: `inputs` of `component: layer`.

Source: the layer component 0.1.7, the SDK's parameter texts of PublishLayerVersion.
"""

from __future__ import annotations

from scfdeploy.model.fields import Field, Kind, UpdateMode

LAYER_FIELDS: tuple[Field, ...] = (
    Field(
        "name",
        Kind.STRING,
        "Name of the layer.",
        UpdateMode.IDENTITY,
        required=True,
        aliases=("LayerName", "layerName"),
    ),
    Field("region", Kind.STRING, "Region of the layer.", UpdateMode.IDENTITY, default="ap-guangzhou"),
    Field(
        "src",
        Kind.SOURCE,
        "The content: a folder, an archive, or a mapping with `src`, `include`, `exclude`, or `bucket`, `object`.",
        UpdateMode.PACKAGE,
        required=True,
        aliases=("codeUri", "code"),
    ),
    # A version cannot be changed once it is published: other runtimes or another description make another version.
    Field(
        "runtimes",
        Kind.STRING_LIST,
        "Runtimes of the functions that can use it, such as `Python3.10`.",
        required=True,
        aliases=("runtime", "CompatibleRuntimes"),
    ),
    Field("description", Kind.STRING, "What the layer is for."),
)
