"""Load balancers: rules that forward requests to functions."""
