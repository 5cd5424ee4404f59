"""What `action.yml` runs: `python action run` and `python action comment`. Needs only the standard library."""

from __future__ import annotations

import os
import sys

from settings import InputError, Settings
from workflow import error


def main() -> int:
    """Do what the one argument says, and give the exit code of the step."""
    try:
        settings = Settings.of(os.environ)
        match sys.argv[1:]:
            # What a comment needs of HTTP takes longer to load than all the rest.
            case ["comment"]:
                import comment

                return comment.comment(settings, os.environ)
            case _:
                import run

                return run.run(settings, os.environ)
    except InputError as mistake:
        error("scfdeploy", str(mistake))
        return 2


if __name__ == "__main__":
    sys.exit(main())
