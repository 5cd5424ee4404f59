"""Install the dependencies of functions and layers for their runtime, once per lock file."""
