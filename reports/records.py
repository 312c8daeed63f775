"""The nouns of a report: what a run stored, field by field. Reading them is `stored.load`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Manifest:
    ratecheck: str
    commit: str | None = None
    python: str | None = None
    numpy: str | None = None
    scipy: str | None = None
    platform: str | None = None
    processor: str | None = None
    cores: int | None = None
    profile: str | None = None
    backend: str | None = None
    seeds: Any = None
    started: str | None = None  # ISO 8601
    seconds: float | None = None
    fdr: Any = None  # the level at which e-BH keeps the false discovery rate


@dataclass(frozen=True)
class Theorem:
    claim: str  # family/name: the path of its file, its name everywhere
    family: str
    title: str
    statement: str = ""
    file: str = ""
    formulas: dict[str, str | None] = field(default_factory=dict)  # claim name -> LaTeX of the bound
    metrics: dict[str, str | None] = field(default_factory=dict)  # claim name -> what the metric reads


@dataclass(frozen=True)
class Reference:
    """A paper."""

    key: str
    cited: list[str]  # the words by which verdicts name it
    authors: str
    title: str
    venue: str
    year: str
    arxiv: str = ""
    doi: str = ""

    @property
    def link(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else ""

    @property
    def where(self) -> str:
        number = f"arXiv {self.arxiv}" if self.arxiv else ""
        return f"{number or 'arXiv'}, {self.year}" if self.venue == "arXiv" else f"{self.venue} {self.year}{number and f', {number}'}"


@dataclass(frozen=True)
class Foil:
    name: str
    status: str
    expected: str
    problem: str = ""
    reached: bool = False
    why: str = ""
    ratio: float | None = None
    key: str = ""


@dataclass(frozen=True)
class Constant:
    name: str
    low: float | None = None
    high: float | None = None
    unit: list[float] = field(default_factory=list)  # powers of the units of f and x
    side: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Verdict:
    claim: str
    name: str
    problem: str
    status: str
    expected: str
    as_expected: bool
    group: str = "claim"  # or "printed": as in the paper, known to be false
    slug: str = ""
    paper: str = ""
    place: str = ""
    statement: str = ""
    relation: str = "at most"
    holds: str = ""
    ratio: float | None = None
    k: int | None = None
    seed: int | None = None
    power: float | None = None
    why: str = ""
    e_value: float | None = None
    confirmed: str | None = None
    rungs: list[str] = field(default_factory=list)
    searched: float | None = None
    foils: list[Foil] = field(default_factory=list)
    seconds: float | None = None
    rows: int | None = None
    horizon: list[int] = field(default_factory=list)
    assumes: list[str] = field(default_factory=list)
    given: dict[str, float | None] = field(default_factory=dict)  # hypothesis -> largest used/allowed
    laws: dict[str, float | None] = field(default_factory=dict)  # law -> largest relative residual
    constants: list[Constant] = field(default_factory=list)
    key: str = ""


@dataclass(frozen=True)
class WorstCase:
    """The largest metric over a whole class of problems at one k, and the factor of the bound that is proved."""

    claim: str
    name: str
    k: int
    status: str
    over: dict[str, str] = field(default_factory=dict)  # member -> what it is
    constants: dict[str, float] = field(default_factory=dict)
    exact: bool = True  # attained in the class; else an upper bound of it
    ratio: float | None = None
    certified: float | None = None  # metric is at most this times the bound, in fractions
    why: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Fault:
    """A file of the suite that could not be read."""

    message: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Unchecked:
    family: str
    slug: str
    reason: str = ""


@dataclass(frozen=True)
class Drawn:
    """One curve of a study."""

    label: str
    x: list[float | None]
    y: list[float | None]
    low: list[float | None] | None = None
    high: list[float | None] | None = None
    style: str = "line"  # or "points" or "bound"


@dataclass(frozen=True)
class Panel:
    curves: list[Drawn]
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_log: bool = False
    y_log: bool = False


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[list[Any]]
    title: str = ""


@dataclass(frozen=True)
class Image:
    png_base64: str
    title: str = ""


@dataclass(frozen=True)
class Finding:
    """A sentence of a study, and whether its run shows it."""

    text: str
    holds: bool


@dataclass(frozen=True)
class Study:
    """A question answered by panels, tables and images. Calibration and kill matrix are pages of this shape too."""

    name: str = ""
    title: str = ""
    family: str = ""
    question: str = ""
    finding: str = ""
    seconds: float | None = None
    panels: list[Panel] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)  # told instead of `finding`


@dataclass(frozen=True)
class Results:
    manifest: Manifest
    theorems: list[Theorem]
    verdicts: list[Verdict]
    errors: list[Fault] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    worst_cases: list[WorstCase] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    calibration: Study | None = None
    kill_matrix: Study | None = None
    studies: list[Study] = field(default_factory=list)


@dataclass(frozen=True)
class Spread:
    """Least, median and greatest over the rows."""

    low: list[float | None]
    mid: list[float | None]
    high: list[float | None]


@dataclass(frozen=True)
class Curve:
    """Metric and bound over the iterations, or over what stands in `along`."""

    k: list[float]
    metric: Spread
    bound: Spread
    slack: list[float | None] = field(default_factory=list)
    along: str | None = None  # the swept constant, as an expression of constants
    log: bool = False
