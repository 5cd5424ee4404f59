"""The stored documents of each kind of SCF resource."""
