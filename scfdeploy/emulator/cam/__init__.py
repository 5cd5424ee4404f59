"""The product cam."""
