"""The product cls."""
