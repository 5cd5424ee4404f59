"""The actions of the SCF API."""
