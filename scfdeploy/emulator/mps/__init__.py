"""The product mps."""
