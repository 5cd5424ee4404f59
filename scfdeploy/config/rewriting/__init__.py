"""Edit configuration files line by line, so that comments and layout stay."""
