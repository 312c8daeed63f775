"""Gorbunov, Danilova, Gasnikov 2020: the clipped stochastic similar triangles method (clipped-SSTM); many replicas a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.min_max.clipped_descent import Noisy, clip
from ratecheck import Array, Constants, Noise


@dataclass(frozen=True, eq=False)
class Triangle:
    k: int
    x: Array  # (B, n, 2), where the gradient is taken
    y: Array  # (B, n, 2), y_k: the output
    z: Array  # (B, n, 2)
    g: Array  # (B, n, 2), the clipped gradient at x
    weight: Array  # (B,), α_{k+1}
    total: Array  # (B,), A_k
    level: Array  # (B,)
    normals: Array  # (B, n, 2), what the noise of g was made of
    uniforms: Array  # (B, n)


@dataclass(frozen=True)
class ClippedSimilarTriangles:
    """α_{k+1} = (k+2)/(2aL), A_{k+1} = A_k + α_{k+1}; x = (A_k y_k + α_{k+1} z_k)/A_{k+1}, z_{k+1} = z_k − α_{k+1} clip(g(x), λ_{k+1}),

    y_{k+1} = (A_k y_k + α_{k+1} z_{k+1})/A_{k+1}.
    """

    slowness: Callable[[Constants], Array]  # a ≥ 1
    level: Callable[[Constants, Array], Array]  # (constants, α_{k+1}) -> λ_{k+1}

    def iterates(self, problem: Noisy, noise: Noise, /) -> Iterator[Triangle]:
        c = {name: v.value for name, v in problem.constants.items()}
        y = z = problem.x0
        n = z.shape[1]
        scale = 2 * self.slowness(c) * c["L"]
        total = 0 * scale
        for k, u, v in zip(count(), noise.normals("direction", n, 2), noise.uniforms("radius", n), strict=False):
            weight = (k + 2) / scale
            level = self.level(c, weight)
            old, new, after = total[:, None, None], weight[:, None, None], (total + weight)[:, None, None]
            x = (old * y + new * z) / after
            g = clip(problem.field(x) + problem.disturbance(u, v), level)
            yield Triangle(k, x, y, z, g, weight, total, level, u, v)
            z = z - new * g
            y = (old * y + new * z) / after
            total = total + weight
