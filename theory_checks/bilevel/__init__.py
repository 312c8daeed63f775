"""Claims on bilevel optimization."""
