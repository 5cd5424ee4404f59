"""Read and write triggers, one module per product that creates them."""
