"""Rules for aliases, versions and traffic."""
