"""The product scf: its actions, records, configuration, triggers and function URLs."""
