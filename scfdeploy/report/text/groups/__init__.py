"""Similar findings, changes and outcomes, shown together."""
