"""Two-level problems min_x f(x, y*(x)), y*(x) = argmin_y g(x, y), with certified constants."""
