"""Log delivery: log set and topic go together, and the platform writes to them in the function's role."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json


def require_both(version: Json, before: tuple[str, str]) -> None:
    """Refuse one without the other, and a new target on a function that has no role."""
    target = (version["ClsLogsetId"], version["ClsTopicId"])
    if bool(target[0]) != bool(target[1]):
        raise CloudError("InvalidParameterValue.Cls", "ClsLogsetId and ClsTopicId must be given together.")
    if target != before and target[0] and before[0] and not version["Role"]:
        raise CloudError("InvalidParameterValue.ClsRole", "Changing the log topic needs a Role.")
