"""What holds for all tests: generated examples are the same in every run, unless new ones are asked for.

`SCFDEPLOY_EXPLORE=1 make test` looks at other examples than the last run did.
"""

import os

from hypothesis import settings

settings.register_profile("repeated", derandomize=True)
settings.register_profile("explored", derandomize=False)
settings.load_profile("explored" if os.environ.get("SCFDEPLOY_EXPLORE") else "repeated")
