"""Read and write each kind of resource, one module per kind."""
