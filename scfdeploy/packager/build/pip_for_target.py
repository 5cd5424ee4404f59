"""A program that runs pip, with environment markers of the function's interpreter instead of those of its own.

pip chooses wheels for `--python-version`, but decides by its own interpreter whether `importlib-metadata;
python_version < "3.10"` applies. SCFDEPLOY_MARKERS has the values of the markers as JSON. SCFDEPLOY_SOURCE_BUILDS=1
allows source builds for another interpreter, which pip refuses; the caller then checks what they made.

It runs on any Python 3 that has pip, so it imports nothing of scfdeploy.
"""

import os
import sys


def main() -> None:
    """Run pip with the arguments of this program."""
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    # The modules beside this file are not those that pip imports by the same names.
    sys.path = [path for path in sys.path if os.path.abspath(path) != folder]  # noqa: PTH100
    import importlib

    try:
        pip = importlib.import_module("pip._internal.cli.main")
        _use_target()
    except (ImportError, AttributeError) as error:
        sys.exit(f"pip cannot be used: {error}")
    sys.exit(pip.main())


def _use_target() -> None:
    import importlib
    import json

    markers = importlib.import_module("pip._vendor.packaging.markers")
    environment = json.loads(os.environ.pop("SCFDEPLOY_MARKERS"))
    setattr(markers, "default_environment", lambda: dict(environment))  # noqa: B010
    if os.environ.pop("SCFDEPLOY_SOURCE_BUILDS", "") == "1":
        options = importlib.import_module("pip._internal.cli.cmdoptions")
        setattr(options, "check_dist_restriction", lambda *_, **__: None)  # noqa: B010


if __name__ == "__main__":
    main()
