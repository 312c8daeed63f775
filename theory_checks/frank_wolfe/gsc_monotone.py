"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913), Algorithm 1: monotone steps stay in the domain; what they cost.

A trial y = x_t + 2/(t+2) (v_t − x_t) is rejected (x stays) where it leaves the domain or f grows. For every f with an open domain,

    x_t lies in the domain and f(x_{t+1}) ≤ f(x_t) for all t,

also for the variants that halve the step instead: with a counter N that is never reset (sticky, as in the authors' code), or from
N = 0 at each t (stateless). To step t inclusive, rejecting takes t+1 calls of the linear oracle, of the gradient and of the domain and
t+2 values (f(x_0) is one of them); the sticky variant takes N more values, N its counter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.frank_wolfe.monotone import MonotoneState, Reject, Stateless, Sticky, WithDomain
from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.design import optimal_design
from problems.frank_wolfe.logistic import synthetic
from problems.frank_wolfe.portfolio import signed_returns
from ratecheck import Array, Certified, Claim, Count, Counted, Counting, Seen, Source, Statement, Status, Tally, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe import _self_concordance as laws
from theory_checks.frank_wolfe._common import HasPoint


def violations(p: WithDomain, states: Iterator[HasPoint]) -> Iterator[Array]:
    """how many of x_0, …, x_k lie outside the domain or above the one before"""
    count, before = None, None
    for s in states:
        xp = array_namespace(s.x)
        value = p.value(s.x)
        bad = ~p.inside(s.x) if before is None else ~p.inside(s.x) | (value > before)
        count = xp.astype(bad, s.x.dtype) if count is None else count + xp.astype(bad, s.x.dtype)
        before = value
        yield count


@dataclass(frozen=True, eq=False)
class CountedDomain:
    """A problem whose oracles count their calls."""

    base: WithDomain
    tally: Tally

    @property
    def x0(self) -> Array:
        return self.base.x0

    @property
    def traits(self) -> frozenset[Trait]:
        return self.base.traits

    @property
    def constants(self) -> Mapping[str, Certified]:
        return self.base.constants

    def value(self, x: Array, /) -> Array:
        self.tally["value"] += 1
        return self.base.value(x)

    def grad(self, x: Array, /) -> Array:
        self.tally["gradient"] += 1
        return self.base.grad(x)

    def lmo(self, g: Array, /) -> Array:
        self.tally["linear"] += 1
        return self.base.lmo(g)

    def inside(self, x: Array, /) -> Array:
        self.tally["domain"] += 1
        return self.base.inside(x)


MONOTONE = Claim[WithDomain, MonotoneState](
    source=Source("carderera2021", "Algorithm 1", "fw.gsc.monotone", Statement.VERIFIED),
    assumes=frozenset({Trait.SELF_CONCORDANT, Trait.COMPACT}),
    instances={"signed returns": signed_returns, "logistic": synthetic, "optimal design": optimal_design},
    algorithm=Reject(),
    laws=laws.REJECT,
    metric=violations,
    unit=Unit(),
    bound=lambda k, c: 0 * k,
    holds=Count(),
    k=range(120),
)
STICKY = replace(MONOTONE, algorithm=Sticky(), laws=laws.STICKY)
STATELESS = replace(MONOTONE, algorithm=Stateless(), laws=laws.STATELESS)
PLAIN = Claim[WithDomain, State](
    source=MONOTONE.source,
    assumes=MONOTONE.assumes,
    instances={"signed returns": signed_returns},
    algorithm=FrankWolfe(open_loop),
    metric=violations,
    unit=Unit(),
    bound=MONOTONE.bound,
    holds=Count(),
    k=range(60),
)


def calls(oracle: str, extra: int, algorithm: Reject | Sticky | Stateless) -> Claim[WithDomain, Counted[MonotoneState]]:
    return Claim[WithDomain, Counted[MonotoneState]](
        source=replace(MONOTONE.source, slug="fw.gsc.count", statement=Statement.DERIVED),
        assumes=MONOTONE.assumes,
        instances={"signed returns": signed_returns, "logistic": partial(synthetic, n=3, radius=2.0)},
        algorithm=Counting(algorithm, CountedDomain),
        metric=each(lambda p, s: array_namespace(s.state.x).zeros_like(s.state.gamma) + s.calls[oracle]),
        unit=Unit(),
        bound=lambda k, c: k + extra + c["N"],
        holds=Count(),
        k=range(80),
        seen={"N": Seen(each(lambda p, s: s.state.halvings))},
        seeds=1,
    )


VALUES = calls("value", 2, Reject())

THEOREM = Theorem(
    claims={
        "reject": (MONOTONE, Status.CONSISTENT),
        "sticky": (STICKY, Status.CONSISTENT),
        "stateless": (STATELESS, Status.CONSISTENT),
        "linear oracle": (calls("linear", 1, Reject()), Status.CONSISTENT),
        "gradients": (calls("gradient", 1, Reject()), Status.CONSISTENT),
        "domain": (calls("domain", 1, Reject()), Status.CONSISTENT),
        "values": (VALUES, Status.CONSISTENT),
        "values, sticky": (calls("value", 2, Sticky()), Status.CONSISTENT),
    },
    foils={
        "no test": (PLAIN, Status.REFUTED),
        "sticky is not the theorem's": (replace(MONOTONE, algorithm=Sticky()), Status.UNLAWFUL),
        "stateless is not sticky": (replace(STICKY, algorithm=Stateless()), Status.UNLAWFUL),
        "values of the stateless variant": (calls("value", 2, Stateless()), Status.REFUTED),
        "f(x_0) forgotten": (calls("value", 1, Reject()), Status.REFUTED),
        "N forgotten": (replace(calls("value", 2, Sticky()), bound=lambda k, c: k + 2), Status.REFUTED),
    },
)
