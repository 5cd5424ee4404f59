"""The use cases: each wires the stages load, resolve, validate, package, observe, plan, confirm and apply."""
