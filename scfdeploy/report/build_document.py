"""The document of `build`."""

from __future__ import annotations

from scfdeploy.report.values import Document
from scfdeploy.results.builds import Built, InstalledDependencies


def keys(result: Built) -> Document:
    """The keys of `build`."""
    return {
        "bundles": [
            {
                "address": str(item.bundle.function),
                "path": item.bundle.path,
                "size": item.bundle.size,
                "files": item.bundle.files,
                "sha256": item.bundle.sha256,
                "dependencies": None if item.dependencies is None else _dependencies(item.dependencies),
            }
            for item in result.bundles
        ]
    }


def _dependencies(dependencies: InstalledDependencies) -> Document:
    return {
        "manager": dependencies.manager,
        "manifest": dependencies.manifest,
        "path": dependencies.folder,
        "packages": dependencies.packages,
        "size": dependencies.size,
    }
