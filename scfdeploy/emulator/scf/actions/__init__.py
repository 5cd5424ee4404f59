"""The actions of the SCF API, one module for each subject."""
