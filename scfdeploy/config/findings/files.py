"""Pages about files: those that cannot be read, and several that make one project."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

FILES = (
    described(
        "target-dir-invalid",
        Severity.ERROR,
        "A targetDir that is no folder of the layer.",
        what="`targetDir` leads out of the layer, or stands beside an archive, which is published as it is.",
        why="The content would lie where no function looks for it.",
        wrong=yaml("src:\n  src: ./node_modules\n  targetDir: ../node_modules"),
        right=yaml("src:\n  src: ./node_modules\n  targetDir: /node_modules"),
    ),
)
