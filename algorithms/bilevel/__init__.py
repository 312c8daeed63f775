"""Hypergradients and the methods that use them."""
