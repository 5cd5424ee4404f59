"""What holds for all tests: generated examples are the same in every run, unless new ones are asked for.

`SCFDEPLOY_EXPLORE=1 make test` looks at other examples than the last run did.
"""

import os

from hypothesis import HealthCheck, settings

# No test here is about time, and machines that run many things at once are slow now and then.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeated", untimed, derandomize=True)
settings.register_profile("explored", untimed, derandomize=False)
settings.load_profile("explored" if os.environ.get("SCFDEPLOY_EXPLORE") else "repeated")
