"""What `scfdeploy __complete` answers a shell while the user presses Tab.

It runs for each key press, so it imports nothing of the other packages, and reads a generated table instead of the
commands. It runs nothing of the project, uses no network, and says nothing on errors.
"""

from scfdeploy.cli.completion.answer import reply

__all__ = ["reply"]
