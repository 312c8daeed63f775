"""Instances of the Frank–Wolfe family: sets with their oracles, objectives with certified constants."""
