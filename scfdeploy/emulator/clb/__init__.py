"""The product clb."""
