"""The nouns: certified constants, problems, algorithms, claims, theorems, verdicts. No theorem, no family, no loop.

Shapes throughout: B rows (seeds or instances) are the first axis of every array; K indices are the first axis of a trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import nan
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

Array: TypeAlias = Any  # any array of the array API; the batch is the first axis


class Unit(NamedTuple):
    """Powers of the units of f and of x: f* is (1, 0), a diameter (0, 1), a smoothness constant (1, -2)."""

    f: float = 0.0
    x: float = 0.0


class Side(Enum):
    """On which side of the truth a constant may err."""

    EXACT = "exact"
    UPPER = "upper bound"
    LOWER = "lower bound"
    ESTIMATED = "estimated"


class Relation(Enum):
    """What a quantifier asserts; it decides which way a constant may err."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    EQUAL = "equal"
    ORDER = "of the order of"


class Trait(Enum):
    """Hypotheses that hold or do not hold; numeric hypotheses are `Claim.given`."""

    CONVEX = "convex"
    STRONGLY_CONVEX = "strongly convex"
    SMOOTH = "smooth"
    COMPACT = "compact domain"
    POLYTOPE = "polytope domain"
    FINITE_SUM = "finite sum"
    INTERPOLATION = "interpolation"
    UNBIASED = "unbiased oracle"
    LIPSCHITZ = "Lipschitz"
    POLYAK_LOJASIEWICZ = "Polyak–Łojasiewicz"
    MONOTONE = "monotone operator"
    STRONGLY_MONOTONE = "strongly monotone operator"
    COCOERCIVE = "cocoercive operator"
    NEGATIVE_COMONOTONE = "negatively comonotone operator"
    WEAK_MINTY = "weak Minty solution"
    BILINEAR = "bilinear"
    CONVEX_CONCAVE = "convex-concave"
    QUASAR_CONVEX = "quasar-convex"
    STAR_CONVEX = "star-convex"
    WEAKLY_CONVEX = "weakly convex"
    SHARP_MINIMUM = "sharp minimum"
    SELF_CONCORDANT = "generalized self-concordant"
    LOW_RANK = "low rank"
    RESTRICTED_ISOMETRY = "restricted isometry"
    LOWER_STRONGLY_CONVEX = "strongly convex lower level"
    SYMMETRIC = "symmetric"
    AFFINE = "affine"


@dataclass(frozen=True, eq=False)
class Certified:
    """A constant that errs on one known side only. `proof` says in one line why it is so."""

    value: Array  # (B,) or a scalar
    unit: Unit
    side: Side
    proof: str

    def __post_init__(self) -> None:
        if not isinstance(self.unit, Unit):
            raise TypeError(f"Certified.unit must be a Unit(f, x), got {self.unit!r}")
        if not isinstance(self.side, Side):
            raise TypeError(f"Certified.side must be a Side, got {self.side!r}")
        if not self.proof.strip():
            raise ValueError("Certified.proof is empty: say in one line why the constant errs on that side only")


class Problem(Protocol):
    """A batch of instances: a frozen dataclass of arrays. It knows its oracles and constants; no algorithm, no theorem."""

    @property
    def traits(self) -> frozenset[Trait]: ...
    @property
    def constants(self) -> Mapping[str, Certified]: ...
    @property
    def x0(self) -> Array: ...  # (B, ...)


P = TypeVar("P", bound=Problem)
S = TypeVar("S")
P_contra = TypeVar("P_contra", bound=Problem, contravariant=True)
S_co = TypeVar("S_co", covariant=True)


class Noise(Protocol):
    """Endless random streams. Row b depends on (name, seeds[b]) alone; the same name gives the same draws."""

    def integers(self, name: str, high: int, /, *shape: int) -> Iterator[Array]: ...  # (B, *shape) in {0, ..., high-1}
    def normals(self, name: str, /, *shape: int) -> Iterator[Array]: ...  # (B, *shape), independent N(0, 1)
    def uniforms(self, name: str, /, *shape: int) -> Iterator[Array]: ...  # (B, *shape), independent on [0, 1)


class Algorithm(Protocol[P_contra, S_co]):
    """A frozen dataclass with one method: the stream of its frozen states, k = 0, 1, 2, ... for ever."""

    def iterates(self, problem: P_contra, noise: Noise, /) -> Iterator[S_co]: ...


Draw: TypeAlias = Callable[[range], P]  # seeds -> batch; row b is a function of seeds[b] alone
Constants: TypeAlias = Mapping[str, Array]  # certified (B,), seen (K, B)
Bound: TypeAlias = Callable[[Array, Constants], Array]  # k (K, 1) -> (K, B); plain arithmetic, evaluated on the host
Measure: TypeAlias = Callable[[P, Iterator[S]], Iterator[Array]]  # states -> readings (B,), lazily
Law: TypeAlias = Callable[[P, S, S], Array]  # relative residual of the states k, k+1 -> (B,)


class Statement(Enum):
    """How far the statement of the theorem itself was checked, apart from any run."""

    VERIFIED = "verified"  # read in the paper's own text or the authors' code
    DERIVED = "derived"  # proved by us
    RECALLED = "recalled"  # from memory: only its shape is tested


@dataclass(frozen=True)
class Source:
    """Where a statement stands: paper (author year, version read), the place in it, the id of the theorem."""

    paper: str
    place: str
    slug: str
    statement: Statement

    @property
    def key(self) -> str:
        """Of the paper in theory_checks/references.toml: the first word."""
        return (self.paper.replace(",", " ").split() or [""])[0]


@dataclass(frozen=True)
class Seen(Generic[P, S]):
    """A number that the run supplies to the bound (a step, a cardinality); exact by definition."""

    measure: Measure[P, S]
    unit: Unit = Unit()


class Status(Enum):
    """The value is the sentence that the report prints under the name."""

    CONSISTENT = "no counterexample, and the check had the power to find one"
    REFUTED = "a counterexample"
    VACUOUS = "never near the bound: this run could not have failed"
    UNSHARP = "does not follow the metric where the theorem is tight"
    UNDECIDED = "the evidence leaves it open"
    UNLAWFUL = "not the algorithm of the statement"
    ILL_POSED = "wrong unit, or a constant on the wrong side"
    NOT_APPLICABLE = "an assumption does not hold here, or is not certified"
    FAILED = "crashed, or not finite where the statement promises finite"


class Verdict(NamedTuple):
    """`ratio`: largest metric/bound (smallest for a lower bound), reached at index `k` of row `row`.

    `power`: the bound times c is refuted by this very run as soon as c < power (c > power for a lower bound). For an order it
    is the smallest change of the exponent, or of the relative rate, that would have been refuted whatever its sign.
    """

    status: Status
    why: str
    ratio: float = nan
    k: int = -1
    row: int = -1
    power: float = nan
    e_value: float = nan


@dataclass(frozen=True, eq=False)
class Extreme:
    """The worst of one side of the comparison over EVERY k, for each row."""

    excess: Array  # (B,) signed violation relative to |bound| + resolution; > 0 violates beyond rounding and gap
    ratio: Array  # (B,) metric/bound after resolution and gap were granted; beyond 1 exactly where the excess is positive
    k: Array  # (B,) where the ratio is reached


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a run leaves behind, on the host; blocks of seeds merge by concatenating rows."""

    k: Array  # (M,) at most 128 indices, fixed before the run
    metric: Array  # (M, B)
    bound: Array  # (M, B)
    resolution: Array  # (M, B) of the metric
    gap: Array  # (M, B) the metric is certified to +- this
    over: Extreme  # metric above the bound
    under: Extreme  # metric below the bound
    least: Array  # (B,) smallest metric + slack, relative to |bound| + resolution
    blind: Array  # (B,) number of comparisons at which the bound was below the resolution
    doubt_over: Array  # (B,) comparisons from above that the gap leaves open
    doubt_under: Array  # (B,)
    given: Mapping[str, Array]  # (B,) largest used/allowed
    laws: Mapping[str, Array]  # (B,) largest relative residual; nan if one was not a number and none was too large
    constants: Mapping[str, Array]  # (B,)

    @property
    def slack(self) -> Array:
        return self.resolution + self.gap


class Quantifier(Protocol):
    """How metric and bound are compared: a pure function of the evidence."""

    @property
    def relation(self) -> Relation: ...
    def judge(self, evidence: Evidence, /) -> Verdict: ...


def exact(k: Array, c: Constants) -> Array:
    """No rounding floor, no gap."""
    return 0.0 * k


@dataclass(frozen=True, eq=False)
class Claim(Generic[P, S]):
    """Under `assumes` and `given`: metric(k) is at most (at least, equal to) bound(k) as `holds` says, for every k in `k`."""

    source: Source
    assumes: frozenset[Trait]
    instances: Mapping[str, Draw[P]]  # where it is run
    algorithm: Algorithm[P, S]
    metric: Measure[P, S]
    unit: Unit  # of the metric
    bound: Bound
    holds: Quantifier
    k: range  # the indices for which it is claimed
    seen: Mapping[str, Seen[P, S]] = field(default_factory=dict)
    given: Mapping[str, Bound] = field(default_factory=dict)  # numeric hypotheses: used/allowed, at most 1 at every k
    laws: Mapping[str, Law[P, S]] = field(default_factory=dict)
    rounding: Bound = exact  # the floor of the arithmetic: comparisons allow this much
    gap: Bound = exact  # the metric is certified to +- this; what it leaves open is UNDECIDED
    sharp: Mapping[str, Quantifier] = field(default_factory=dict)  # instance -> how closely the bound is met there
    seeds: int = 16  # rows of the default profile

    def __post_init__(self) -> None:
        checks: tuple[tuple[str, bool, str], ...] = (
            ("source", isinstance(self.source, Source), "a Source(paper, place, slug, statement)"),
            ("assumes", all(isinstance(t, Trait) for t in self.assumes), "a frozenset of Trait"),
            ("instances", bool(self.instances) and all(map(callable, self.instances.values())), "name -> seeds -> problem"),
            ("algorithm", hasattr(self.algorithm, "iterates"), "an object with iterates(problem, noise)"),
            ("metric", callable(self.metric), "a measure, e.g. each(primal_gap)"),
            ("unit", isinstance(self.unit, Unit), "a Unit(f, x)"),
            ("bound", callable(self.bound), "a function of (k, constants)"),
            ("holds", hasattr(self.holds, "judge"), "a quantifier, e.g. Always()"),
            ("k", isinstance(self.k, range) and len(self.k) > 0 and self.k.start >= 0 and self.k.step > 0, "a non-empty, rising range of indices"),
            ("seen", all(isinstance(s, Seen) for s in self.seen.values()), "name -> Seen(measure, unit)"),
            ("given", all(map(callable, self.given.values())), "name -> function of (k, constants)"),
            ("laws", all(map(callable, self.laws.values())), "name -> function of (problem, state, next state)"),
            ("sharp", all(hasattr(q, "judge") for q in self.sharp.values()), "instance -> quantifier"),
            ("seeds", isinstance(self.seeds, int) and self.seeds >= 1, "at least 1"),
        )
        for name, fine, wanted in checks:
            if not fine:
                raise TypeError(f"Claim.{name} must be {wanted}; got {getattr(self, name)!r}")


Expected: TypeAlias = Mapping[str, tuple[Claim[Any, Any], Status]]


@dataclass(frozen=True, eq=False)
class Theorem:
    """What every theorem file defines. Claims: the status on EVERY instance; foils and printed: on SOME instance."""

    claims: Expected
    foils: Expected
    printed: Expected = field(default_factory=dict)  # as in the paper, known to be false
    worst: Mapping[str, Any] = field(default_factory=dict)  # claim or printed -> performance.WorstCase, the class to search as a whole

    def __post_init__(self) -> None:
        lost = set(self.worst) - {*self.claims, *self.printed}
        if lost:
            raise ValueError(f"Theorem.worst names claims that do not exist: {sorted(lost)}")
        for group in ("claims", "foils", "printed"):
            for name, entry in getattr(self, group).items():
                if not (isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], Claim) and isinstance(entry[1], Status)):
                    raise TypeError(f"Theorem.{group}[{name!r}] must be a pair (Claim, Status); got {entry!r}")
                stray = set(entry[0].sharp) - set(entry[0].instances)
                if stray:
                    raise ValueError(f"Theorem.{group}[{name!r}].sharp names instances that do not exist: {sorted(stray)}")
        names = [*self.claims, *self.foils, *self.printed]
        if len(set(names)) < len(names):
            raise ValueError("Theorem: one name is used twice among claims, foils and printed")
