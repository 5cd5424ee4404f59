"""How changes of each kind of resource are planned, one module per kind."""
