"""A photograph completed from 40 % of its pixels, a colour photograph as a tensor of tubes

The grey image (camera, 64 × 64) and the colour image (astronaut, 64 × 64 × 3) that ship with scikit-image. Alternating minimisation of
rank 10 with a ridge fills the first; for the second tubal descent of tubal rank 10 from the known pixels alone. Compared with the
best approximation of the same rank of the WHOLE image, which no completion can beat by much, and with filling in the mean.
"""

from typing import Any

import numpy as np
from skimage import data, transform

from algorithms.matrix_sensing.tubal import t_apply
from ratecheck.studies import Finding, Image, Study, Table

RANK, SHARE = 10, 0.4


def psnr(a: Any, b: Any) -> float:
    return float(-10 * np.log10(((a - b) ** 2).mean()))


def alternating(image: Any, mask: Any, rank: int, ridge: float = 0.3, sweeps: int = 40) -> Any:
    """Least squares in either factor on the known pixels, with a ridge, from the leading singular vectors."""
    mean = image[mask].mean()
    Y = np.where(mask, image - mean, 0.0)
    U = np.linalg.svd(Y / mask.mean(), full_matrices=False)[0][:, :rank]
    w = mask.astype(float)
    for _ in range(sweeps):
        V = np.linalg.solve(np.einsum("ij,ia,ib->jab", w, U, U) + ridge * np.eye(rank), ((w * Y).T @ U)[:, :, None])[:, :, 0]
        U = np.linalg.solve(np.einsum("ij,ja,jb->iab", w, V, V) + ridge * np.eye(rank), ((w * Y) @ V)[:, :, None])[:, :, 0]
    return np.clip(U @ V.T + mean, 0, 1)


def t_transpose(A: Any) -> Any:
    return np.roll(np.flip(np.swapaxes(A, -1, -2), axis=1), 1, axis=1)


def tubal(image: Any, mask: Any, rank: int, steps: int = 600, step: float = 0.02, ridge: float = 0.5) -> Any:
    """Descent on L * Rᵀ, tubes along the colours, squared error on the known pixels plus a ridge."""
    mean = image[:, mask].mean(axis=1)[:, None, None]
    Y, w = (np.where(mask, image - mean, 0.0))[None], mask.astype(float)
    g = np.random.default_rng(0)
    U, s, Vh = np.linalg.svd(np.fft.fft(Y / mask.mean(), axis=1), full_matrices=False)
    root = np.sqrt(s[..., None, :rank])
    L, R = (np.fft.ifft(a, axis=1).real for a in (U[..., :rank] * root, np.conj(np.swapaxes(Vh, -1, -2))[..., :rank] * root))
    L = L + 1e-3 * g.standard_normal(L.shape)
    for _ in range(steps):
        E = w * (t_apply(L, t_transpose(R)) - Y)
        L, R = L - step * (t_apply(E, R) + ridge * L), R - step * (t_apply(t_transpose(E), L) + ridge * R)
    return np.clip(t_apply(L, t_transpose(R))[0] + mean, 0, 1)


def study() -> Study:
    g = np.random.default_rng(1)
    mask = g.random((64, 64)) < SHARE
    grey = transform.resize(data.camera() / 255.0, (64, 64), anti_aliasing=True)
    colour = np.moveaxis(transform.resize(data.astronaut() / 255.0, (64, 64), anti_aliasing=True), -1, 0)
    U, s, Vh = np.linalg.svd(grey - grey.mean(), full_matrices=False)
    best = (U[:, :RANK] * s[:RANK]) @ Vh[:RANK] + grey.mean()
    filled = alternating(grey, mask, RANK)
    tubes = tubal(colour, mask, RANK)
    blank = np.where(mask, grey, grey[mask].mean())
    colour_blank = np.where(mask, colour, colour[:, mask].mean(axis=1)[:, None, None])
    rows: list[tuple[str, float]] = [
        ("grey, mean filled in", psnr(blank, grey)),
        ("grey, alternating minimisation", psnr(filled, grey)),
        ("grey, best rank 10 of the whole image", psnr(best, grey)),
        ("colour, mean filled in", psnr(colour_blank, colour)),
        ("colour, tubal descent", psnr(tubes, colour)),
    ]
    value = dict(rows)
    return Study(
        findings=(
            Finding("alternating minimisation beats filling in the mean by more than 2 dB",
                    value["grey, alternating minimisation"] > value["grey, mean filled in"] + 2),
            Finding("tubal descent beats filling in the mean by more than 2 dB", value["colour, tubal descent"] > value["colour, mean filled in"] + 2),
        ),
        tables=(Table("peak signal to noise ratio", ("image", "dB"), rows),),
        images=(
            Image("grey, 40 % known", np.where(mask, grey, 0.0)), Image("grey, completed", filled), Image("grey", grey),
            Image("colour, 40 % known", np.moveaxis(np.where(mask, colour, 0.0), 0, -1)),
            Image("colour, completed", np.moveaxis(tubes, 0, -1)), Image("colour", np.moveaxis(colour, 0, -1)),
        ),
    )
