"""Move the traffic of an alias: at once, or step by step."""
