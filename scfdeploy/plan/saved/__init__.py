"""Saved plans: their form, their digest, and the comparison with a new plan."""
