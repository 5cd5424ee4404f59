"""One module per command, each with an `app` that `cli.app` imports when the command is used."""
