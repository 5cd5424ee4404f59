"""Rules for layers."""
