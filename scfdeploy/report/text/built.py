"""The result of `build`: the package of each function and layer, and what is installed for it."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.report.humanize import enumeration, plural, size
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results.builds import Built, BuiltBundle


def render_built(result: Built, style: TextStyle) -> str:
    """A paragraph per package; nothing after an error."""
    if not result.ok:
        return ""
    if not result.bundles:
        return message("Nothing to build: all code is in COS, in images, or left alone (src: false).") + "\n"
    return "\n".join("".join(f"{line}\n" for line in _lines(item, style)) for item in result.bundles)


def _lines(item: BuiltBundle, style: TextStyle) -> Iterator[str]:
    bundle, dependencies = item.bundle, item.dependencies
    yield style.paint(safe(str(bundle.function)), "bold")
    files = plural(bundle.files, "{number} file", "{number} files")
    yield "  " + message("Package: {text}", text=enumeration([size(bundle.size), files]))
    yield f"    {safe(bundle.path or '')}"
    if dependencies is None:
        yield "  " + message("Dependencies: {text}", text=message("none installed"))
        return
    packages = plural(dependencies.packages, "{number} package", "{number} packages")
    source = message("from {file}", file=safe(dependencies.manifest))
    yield "  " + message("Dependencies: {text}", text=enumeration([packages, size(dependencies.size), source]))
    yield f"    {safe(dependencies.folder)}"
