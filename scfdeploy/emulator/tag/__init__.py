"""The product tag."""
