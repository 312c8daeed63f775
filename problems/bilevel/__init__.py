"""Two-level problems min_x f(x, y*(x)), y*(x) = argmin_y g(x, y), with certified constants.

Units: f and g share the unit of values, x and y the unit of lengths; a penalty that is the exponential of x counts as it would in the
general theory, so a cross block has the unit of a curvature. Lower-level oracles are called lower_y, hvp (A v, A = ∂²_yy g), cross (B u,
B = ∂²_yx g), cross_t (B'v); the upper level upper, upper_x, upper_y; y_star is exact or solved to rounding.
"""
