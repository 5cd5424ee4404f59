"""Where the templates lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError


def templates() -> Path:
    """The folder of templates. Raises ScfDeployError when the installation has none."""
    package = Path(__file__).parents[1]
    # An editable install has no copy inside the package: the one copy is at the root of the checkout.
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "init" / "common").is_dir():
            return folder
    raise ScfDeployError(
        "the templates of scfdeploy are missing from its installation",
        hint="Install scfdeploy again from where it came, with pip's --force-reinstall.",
    )
