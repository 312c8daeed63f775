"""A counterexample that was found once, kept as JSON: it prints as a program, and is run again ever after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from ratecheck.contracts import Claim, Theorem, Verdict
from ratecheck.hunt import Search
from ratecheck.runner import run
from ratecheck.space import Number


class Address(NamedTuple):
    """Where a claim stands: the module of its theorem, `claims`, `foils` or `printed`, its name, and one of its instances."""

    module: str
    group: str
    name: str
    instance: str

    def claim(self) -> Claim[Any, Any]:
        """Errors: LookupError if the theorem has no such claim or instance any more; ImportError if there is no such module."""
        theorem: Theorem = import_module(self.module).THEOREM
        entries = {"claims": theorem.claims, "foils": theorem.foils, "printed": theorem.printed}[self.group]
        if self.name not in entries or self.instance not in entries[self.name][0].instances:
            raise LookupError(f"{self.module}: no {self.group} {self.name!r} on {self.instance!r}")
        return entries[self.name][0]


@dataclass(frozen=True)
class Witness:
    """One draw of a claim's instance, and the verdict it had when it was stored."""

    address: Address
    parameters: Mapping[str, Number]
    seed: int
    rows: int
    status: str
    why: str
    ratio: float
    k: int
    confirmed: str = ""  # what higher precision said

    def run(self) -> Verdict:
        """Errors: those of `Address.claim`."""
        claim = self.address.claim()
        draw = partial(claim.instances[self.address.instance], **self.parameters)
        return run(replace(claim, instances={"witness": draw}, sharp={}), "witness", range(self.seed, self.seed + self.rows))[0]

    def snippet(self) -> str:
        """A program that shows the verdict; it runs in the folder of the suite."""
        chosen = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        at = self.address
        return (
            "from dataclasses import replace\nfrom functools import partial\n\n"
            f"from ratecheck.runner import run\nfrom {at.module} import THEOREM\n\n"
            f"claim, expected = THEOREM.{at.group}[{at.name!r}]\n"
            f"draw = partial(claim.instances[{at.instance!r}]{chosen})\n"
            'claim = replace(claim, instances={"witness": draw}, sharp={})\n'
            f'verdict, evidence, problem = run(claim, "witness", range({self.seed}, {self.seed + self.rows}))\n'
            'print(verdict.status.name, verdict.why, sep=": ")\n'
        )

    def save(self, folder: Path) -> Path:
        """A file of its own for every claim and instance: a later witness of the same replaces it."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = self.address.module.removeprefix("theory_checks.").replace(".", "-")
        file = folder / f"{stem}-{sha256(repr(self.address).encode()).hexdigest()[:8]}.json"
        file.write_text(
            json.dumps({**asdict(self), "address": self.address._asdict()}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        return file


def witness(search: Search, address: Address) -> Witness:
    """The counterexample of a search. Errors: ValueError if it found none."""
    if not search.refuted:
        raise ValueError("the search found no counterexample")
    v = search.verdict
    ratio = v.ratio if abs(v.ratio) < 1e300 else 1e300  # JSON has no infinity
    return Witness(address, search.parameters, search.seed, search.rows, v.status.name, v.why, ratio, v.k, search.confirmed)


def load(file: Path) -> Witness:
    """Errors: ValueError if the file is not a witness."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return Witness(**{**data, "address": Address(**data["address"])})
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{file}: not a witness ({error})") from None


def replay(file: Path) -> tuple[Witness, Verdict]:
    """A stored witness and its verdict today. Errors: those of `load` and `Address.claim`."""
    found = load(file)
    return found, found.run()
