"""The report: every theorem has its page, nothing that failed looks like success, links resolve, reruns are byte-identical."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shutil
import sqlite3
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports import InputError, build, prose, words
from reports.__main__ import main
from reports.figures import study_figure, verdict_figure
from reports.plot import look
from reports.records import Curve, Drawn, Panel, Spread, Verdict
from tests import fake_results

VOID = {"meta", "link", "input", "img", "br", "path", "circle", "rect", "hr"}


class Reader(HTMLParser):
    """Checks nesting and collects ids, links and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [v for n in ("href", "src") if (v := found.get(n))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "script" not in self.open:
            self.text += data


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    assert not reader.open, f"{path.name}: never closed: {reader.open}"
    return reader


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = fake_results.write(tmp_path_factory.mktemp("report"), 12)
    assert build(directory) == [directory / "index.html", directory / "ratecheck.pdf"]
    return directory


def stored(site: Path) -> Any:
    return json.loads((site / "verdicts.json").read_text(encoding="utf-8"))


def changed(site: Path, target: Path, change: Callable[[Any], None]) -> Path:
    """A copy of the results with one thing changed."""
    target.mkdir()
    data = stored(site)
    change(data)
    (target / "verdicts.json").write_text(json.dumps(data), encoding="utf-8")
    shutil.copy(site / "ratecheck.sqlite", target)
    return target


def test_every_theorem_has_its_page(site: Path) -> None:
    index = read(site / "index.html")
    for theorem in stored(site)["theorems"]:
        page = read(site / f"theorems/{theorem['claim']}.html")
        assert f"theorems/{theorem['claim']}.html" in index.links
        assert f"ratecheck run {theorem['claim']}" in page.text
        for verdict in (v for v in stored(site)["verdicts"] if v["claim"] == theorem["claim"]):
            assert verdict["problem"] in page.text and verdict["why"] in page.text


PAPER = r"https://(arxiv\.org/abs|doi\.org)/"  # a link to a paper is the only one that leaves the report


def test_links_resolve_and_ids_are_unique(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = read(path)
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            if re.match(PAPER, link):
                continue
            assert not re.match(r"https?:|//", link), f"{path.name} needs the network: {link}"
            if not link.startswith(("#", "data:")):
                assert (path.parent / link.split("#")[0]).is_file(), f"{path.name}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        text = re.sub(rf'<a href="{PAPER}', "", text)
        assert "http" not in text and "@import" not in text and "url(" not in text, path


def test_the_index_counts_theorems_by_their_worst_verdict(site: Path) -> None:
    worst: dict[str, str] = {}
    for v in stored(site)["verdicts"]:
        if v["group"] == "claim":
            worst[v["claim"]] = min(worst.get(v["claim"], "CONSISTENT"), v["status"], key=words.severity)
    text = re.sub(r"\s+", " ", read(site / "index.html").text)
    for status in set(worst.values()):
        count = sum(s == status for s in worst.values())
        assert f"{count}{words.look(status).word}" in text


def test_unexpected_verdicts_and_broken_files_are_on_the_first_page(site: Path) -> None:
    text = read(site / "index.html").text
    for v in stored(site)["verdicts"]:
        assert v["as_expected"] or v["why"] in text
    assert "typo.py" in text and "Alwayz" in text
    assert "Every verdict is as expected" not in text


def test_errata_are_those_that_were_read(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    errata, commonly = text.split('id="errata"')[1].split("As commonly stated, and false")
    assert "Kingma, Ba 2014" in errata and "in rationals" in errata and "Theorem 5.7" not in errata
    assert "Theorem 5.7" in commonly.split("</section>")[0]


def test_a_family_says_what_was_not_checked_and_why(site: Path) -> None:
    page = read(site / "families/min_max.html")
    assert "vi.omd.last" in page.text and "the constant stands only in an appendix" in page.text


def test_text_is_escaped(site: Path, tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>'

    def everywhere(data: Any) -> None:
        data["theorems"][0].update(title=evil, statement=f"{evil}\n\n    {evil}_k")
        data["verdicts"][0].update(why=evil, problem=evil, paper=evil)
        data["unchecked"][0].update(reason=evil)
        data["errors"][0].update(message=evil)

    directory = changed(site, tmp_path / "evil", everywhere)
    build(directory)
    for path in directory.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8"), path
    for name in ("families/bilevel.html", "index.html"):
        assert "MFCQ> &" in read(site / name).text or name == "index.html"


@pytest.mark.parametrize(
    "broken", [{"status": "FAILED", "ratio": math.nan}, {"status": "WONDERFUL"}, {"status": "FAILED", "why": "", "ratio": None}]
)
def test_what_failed_never_looks_like_success(site: Path, tmp_path: Path, broken: dict[str, Any]) -> None:
    def break_all(data: Any) -> None:
        for v in data["verdicts"]:
            v.update(broken, as_expected=False, foils=[], rungs=[])

    directory = changed(site, tmp_path / "broken", break_all)
    build(directory)
    green = words.LOOKS["CONSISTENT"].colour
    for path in (directory / "index.html", *(directory / "theorems").rglob("*.html")):
        body = path.read_text(encoding="utf-8").split("<main>")[1]
        assert f"color:{green}" not in body and ">nan" not in body.lower() and ">None" not in body, path


def test_a_theorem_without_verdict_is_an_alarm(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "unrun", lambda data: data.update(verdicts=[], errors=[]))
    build(directory)
    text = read(directory / "index.html").text
    assert "12 theorems have no verdict" in text and "Every verdict is as expected" not in text


def test_a_verdict_of_an_unlisted_theorem_has_a_page(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "stray", lambda data: data.update(theorems=[]))
    build(directory)
    assert (directory / "theorems/frank_wolfe/jaggi_primal.html").is_file()


def test_a_foil_that_was_caught_nowhere_is_an_alarm(site: Path, tmp_path: Path) -> None:
    def miss(data: Any) -> None:
        for v in data["verdicts"]:
            for f in v["foils"]:
                f.update(reached=f["reached"] and f["name"] != "a quarter")

    directory = changed(site, tmp_path / "missed", miss)
    build(directory)
    assert "12 foils were not caught" in read(directory / "index.html").text


def test_pdf_is_made_and_reruns_are_byte_identical(site: Path) -> None:
    before = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.suffix in (".html", ".pdf")}
    assert before[Path("ratecheck.pdf")].startswith(b"%PDF") and len(before[Path("ratecheck.pdf")]) > 50_000
    shutil.rmtree(site / ".cache")
    (site / "ratecheck.pdf").unlink()
    build(site)
    assert {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.suffix in (".html", ".pdf")} == before


def test_pages_of_theorems_that_are_gone_are_removed(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "fewer", lambda data: None)
    build(directory)
    changed_data = stored(site)
    changed_data["theorems"], changed_data["verdicts"] = [], []
    (directory / "verdicts.json").write_text(json.dumps(changed_data))
    build(directory)
    assert not list((directory / "theorems").rglob("*.html"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no verdicts.json"),
        ("{", "cannot be read"),
        ("[]", "schema None"),
        ('{"schema": 0}', "schema 0"),
        ('{"schema": 1}', "lacks the field 'manifest'"),
        (
            '{"schema": 1, "manifest": {"ratecheck": "0"}, "theorems": [], "verdicts": [{"claim": 3}]}',
            "verdicts[0].claim must be a text, got 3",
        ),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / "verdicts.json").write_text(content)
    with pytest.raises(InputError, match=re.escape(says)):
        build(tmp_path)
    assert main([str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_curves_that_are_missing_or_broken(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "bare", lambda data: None)
    (directory / "ratecheck.sqlite").unlink()
    build(directory)
    assert "No curve" in read(directory / "theorems/frank_wolfe/jaggi_primal.html").text
    (directory / "ratecheck.sqlite").write_text("this is no database, but long enough to be looked at as one" * 20)
    with pytest.raises(InputError, match=r"ratecheck\.sqlite"):
        build(directory)


@pytest.mark.parametrize(
    "values", [[1.0, 0.5, 0.1], [0.0, 0.0, 0.0], [None, None, None], [1e-300, 1e-200, 1e300], [-1.0, 0.0, 5.0], [3.0, None, 2.0]]
)
@pytest.mark.parametrize("ks", [[0.0, 1.0, 2.0], [1.0, 50.0, 1e6], [7.0]])
def test_figures_of_all_kinds_of_numbers(values: list[float | None], ks: list[float]) -> None:
    spread = Spread(*([values[: len(ks)]] * 3))
    curve = Curve(ks, spread, spread, [1e-16] * len(ks))
    drawn = verdict_figure(curve, [("a", "foil & <co>", curve)], 2, "0.5", False)
    assert drawn.startswith("<svg") and "nan" not in drawn and "inf" not in drawn.replace("infinite", "") and "&amp; &lt;co&gt;" in drawn


def test_a_sweep_is_drawn_against_its_constant() -> None:
    spread = Spread([1.0, 1.0], [1.0, 2.0], [1.0, 2.0])
    over = Curve([0.5, 2.0], spread, spread, [0.0, 0.0], along="eta*s_1/kappa**2", log=True)
    over_k = Curve([0.5, 2.0], spread, spread, [0.0, 0.0])
    drawn = verdict_figure(over, [("a", "another axis", over_k)], 2, "0.5", False)
    assert "η s_1/κ^2" in drawn and "another axis" not in drawn and "ratio" not in drawn
    flip = dataclasses.replace(over, along="D", log=False)
    assert "<circle" in verdict_figure(flip, [], None, "", True) and ">D<" in verdict_figure(flip, [], None, "", True)


def test_a_study_draws_gaps_bands_points_and_bounds() -> None:
    curves = [
        Drawn("line", [1, 2, None], [1.0, None, 2.0], [0.5, None, 1.0], [2.0, None, 3.0]),
        Drawn("dots", [1, 2], [0.0, 1.0], style="points"),
        Drawn("bound", [1, 2], [1.0, 1.0], style="bound"),
        Drawn("empty", [], []),
    ]
    for log in (False, True):
        drawn = study_figure(Panel(curves, "title", "x", "y", log, log))
        assert drawn.count("<circle") >= 2 and "nan" not in drawn


def test_statements_are_set_as_mathematics() -> None:
    assert prose.html(prose.runs("f(x_k) − f* ≤ 2 L_max D² <b>", True)) == (
        "<i>f</i>(<i>x</i><sub><i>k</i></sub>) − <i>f</i>* ≤ 2 <i>L</i><sub>max</sub> <i>D</i>² &lt;<i>b</i>&gt;"
    )
    assert prose.html(prose.runs("see steps_towards_v; a step")) == "see steps_towards_v; a step"
    first, second = prose.blocks("Let f be\nconvex.\n\n    x ≤ 1\n      y ≤ 2")
    assert not first.display and second.display and len(second.lines) == 2


def test_latex_that_is_not_understood_is_shown_as_source(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "odd", lambda data: data["theorems"][0]["formulas"].update({"every k": r"\undefined{"}))
    build(directory)
    assert any(r"\undefined{" in read(p).text for p in (directory / "theorems").rglob("*.html"))


def test_a_store_in_wal_mode_is_read(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "wal", lambda data: None)
    with sqlite3.connect(directory / "ratecheck.sqlite") as store:
        store.execute("PRAGMA journal_mode=WAL")
    store.close()
    build(directory)
    assert "<svg" in (directory / "theorems/frank_wolfe/jaggi_primal.html").read_text(encoding="utf-8")


def test_measured_calibration_and_kill_matrix_become_pages(site: Path, tmp_path: Path) -> None:
    alarm = {"quantifier": "InExpectation", "distribution": "Pareto 2.2", "alpha": 0.05, "repetitions": 2000, "seeds": 16, "rate": 0.0625}
    power = {"quantifier": "InExpectation", "lie": "factor 2", "seeds": 64, "rate": 0.9}
    mutant = {"claim": "min_max/gda_bilinear_growth::every k", "mutant": "step × 2", "kind": "algorithm", "note": "nothing saw it"}
    rows = [mutant | {"fate": "survived", "killed_by": None}, mutant | {"fate": "killed", "killed_by": "LAW"}]

    def add(data: Any) -> None:
        data["calibration"] = {"alarms": [alarm], "power": [power], "discoveries": {"claims": 1000, "alpha": 0.05, "refuted": 3}}
        data["kill_matrix"] = {"rows": rows, "summary": {}}

    directory = changed(site, tmp_path / "trust", add)
    build(directory)
    calibration, kills = read(directory / "calibration.html"), read(directory / "kill_matrix.html")
    assert "1 of 1 cells" in calibration.text and "Of 1000 true claims, e-BH at 0.05 refutes 3" in calibration.text
    assert "1 of 2 mutants that count were killed; 1 survived" in kills.text and "nothing saw it" in kills.text
    assert "theorems/min_max/gda_bilinear_growth.html" in kills.links


def test_the_handbook_is_one_table_of_the_chosen_slugs(site: Path, tmp_path: Path) -> None:
    assert not (site / "handbook.html").exists() and "handbook.html" not in read(site / "index.html").links

    def choose(data: Any) -> None:
        for v in data["verdicts"]:
            if v["claim"] == "frank_wolfe/jaggi_primal":
                v.update(slug="hb.gd", group="claim", name="every k", status="CONSISTENT", ratio=0.3, relation="at most", holds="Always")
            elif v["claim"] == "min_max/gda_bilinear_growth":
                v.update(slug="hb.gd", paper="derived, an identity of ours")  # says how a metric is read: no row
        next(v for v in data["verdicts"] if v["slug"] == "hb.gd").update(ratio=0.995, problem="the sharp one")
        row = {"claim": "frank_wolfe/jaggi_primal", "name": "every k", "status": "CONSISTENT", "over": {"f": "smooth convex function"}}
        row |= {"constants": {"L": 1.0}, "why": "no member is above", "proof": "12 multipliers"}
        data["worst_cases"] = [row | {"k": 1, "ratio": 0.25, "certified": 0.2500004}, row | {"k": 5, "ratio": 0.4375, "exact": False}]
        next(t for t in data["theorems"] if t["claim"] == "frank_wolfe/jaggi_primal")["metrics"] = {"every k": "f(x_k) − f*"}

    directory = changed(site, tmp_path / "handbook", choose)
    build(directory)
    page = read(directory / "handbook.html")
    assert "Worst case" in page.text and "0.438" in page.text and "at most, k = 5" in page.text
    theorem = read(directory / "theorems/frank_wolfe/jaggi_primal.html").text
    assert "The metric: f(x_k) − f*." in theorem and "Every smooth convex function; L = 1." in theorem
    assert "0.25" in theorem and "12 multipliers" in theorem and "no member is above" in theorem
    assert "handbook.html" in read(directory / "index.html").links
    assert [link for link in page.links if link.startswith("theorems/")] == ["theorems/frank_wolfe/jaggi_primal.html"]
    assert "1 theorem file, 1 claim, 1 attained" in page.text
    assert page.text.count("the sharp one") == 2 and "0.995" in page.text
    (directory / "verdicts.json").write_text((site / "verdicts.json").read_text(encoding="utf-8"), encoding="utf-8")
    build(directory)
    assert not (directory / "handbook.html").exists()


def test_findings_that_do_not_hold_are_told_apart(site: Path, tmp_path: Path) -> None:
    directory = changed(site, tmp_path / "findings", lambda data: None)
    (directory / "studies").mkdir()
    found = [{"text": "it converges", "holds": True}, {"text": "it is fast", "holds": False}]
    study = {"name": "s", "title": "A study", "finding": "in one paragraph", "findings": found}
    (directory / "studies/s.json").write_text(json.dumps(study), encoding="utf-8")
    build(directory)
    text = read(directory / "studies/s.html").text
    assert "✓ it converges" in text and "✗ not shown: it is fast" in text and "in one paragraph" not in text


@pytest.mark.parametrize(
    ("relation", "holds", "says"),
    [
        ("at most", "Always", "the bound times anything below 0.2"),
        ("at least", "AtLeast", "the bound times anything above 0.2"),
        ("of the order of", "SameOrder", "smallest change of the exponent"),
        ("of the order of", "SameRate", "smallest relative change of the rate"),
    ],
)
def test_power_is_a_factor_or_a_change_of_the_exponent(relation: str, holds: str, says: str) -> None:
    assert says in words.power(Verdict("f/t", "n", "p", "CONSISTENT", "CONSISTENT", True, relation=relation, holds=holds, power=0.2))


def test_papers_and_what_was_checked_of_them(site: Path, tmp_path: Path) -> None:
    page = read(site / "papers.html")
    assert "Ann Ä. First, Bo <Second>. A & B. ICML 2013, arXiv 1234.56789" in page.text and "https://arxiv.org/abs/1234.56789" in page.links
    assert "Nobody" not in page.text, "no claim of this run is of that paper"
    listed = [link for link in page.links if link.startswith("theorems/")]
    assert listed and all("papers.html#first" in " ".join(read(site / path).links) for path in listed)
    others = set(read(site / "index.html").links) - set(listed)
    some = next(link for link in sorted(others) if link.startswith("theorems/"))
    assert "papers.html#first" not in " ".join(read(site / some).links)

    directory = changed(site, tmp_path / "papers", lambda data: data.pop("references"))
    build(directory)
    assert not (directory / "papers.html").exists() and "papers.html" not in read(directory / "index.html").links


def test_no_two_lines_of_a_study_look_the_same() -> None:
    drawn = [Drawn(f"line {i}", [1, 2], [1.0, 2.0]) for i in range(20)]
    drawing = study_figure(Panel(drawn, "", "x", "y", False, False))
    strokes = {tuple(re.findall(r'stroke(?:-dasharray)?="([^"]+)"', path)) for path in re.findall(r"<path [^>]*/>", drawing)}
    assert len({look(i) for i in range(36)}) == 36
    assert len(strokes) >= 20
