"""Explanations of subjects that `explain` knows besides error codes and findings."""
