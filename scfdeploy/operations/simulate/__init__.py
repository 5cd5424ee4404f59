"""`simulate`: what happens to events on a virtual clock, without a deployment."""
