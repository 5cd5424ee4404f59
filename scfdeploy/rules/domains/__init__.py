"""Rules about custom domains."""
