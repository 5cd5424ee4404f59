"""One module a command, each with an `app` that `cli.app` loads when the command is asked for."""
