"""Fusion of arrays against fusion as the service does it, ranking by ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.domain.hits import Candidate, Fused
from app.retrieval.fusion.fuse import fuse
from app.retrieval.recall.registry import least_scores
from app.settings import RetrievalSettings
from eval.retrieval.runs import collapse
from eval.statistics.ranks import first_relevant
from eval.tuning.batch_fusion import Family, Fusion, Setting, ranks_of_settings
from eval.tuning.candidate_arrays import Question, ranks_alone, to_arrays

ROUTES = ("bm25", "dense", "titles")
CHUNKS = tuple(f"d{document}#{part}" for document in range(5) for part in range(3))
EPSILON = 1e-12
"""Production adds with `math.fsum` and divides a weight by k + rank; arrays are added plainly and
multiplied by 1 / (k + rank): scores differ in the last bits. Where those of two documents lie
nearer than this, either may come first; else the ranks must be the same."""


@dataclass(frozen=True)
class Case:
    """Questions of some routes, and the settings to fuse them with."""

    routes: tuple[str, ...]
    rankings: tuple[Mapping[str, Sequence[Candidate]], ...]
    factors: tuple[Mapping[str, float], ...]
    relevant: frozenset[str]
    settings: tuple[Setting, ...]

    @property
    def qrels(self) -> Mapping[str, Mapping[str, int]]:
        judged = dict.fromkeys(self.relevant, 1) | {"d4": 0}
        return {str(n): judged for n in range(len(self.rankings))}

    def ranks(self) -> list[list[int]]:
        """A list of ranks for each setting, as tuning sees them."""
        recalled = to_arrays(
            [
                Question(str(n), "en", "question", rankings, factors)
                for n, (rankings, factors) in enumerate(
                    zip(self.rankings, self.factors, strict=True)
                )
            ],
            routes=self.routes,
            qrels=self.qrels,
            document_of=document_of,
        )
        return [ranks.tolist() for ranks in ranks_of_settings(recalled, self.settings)]


def document_of(chunk_id: str) -> str:
    return chunk_id.partition("#")[0]


def ranking(scored: Mapping[str, float]) -> list[Candidate]:
    """As a route returns it: best score first, ties by id."""
    order = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
    return [Candidate(chunk, rank, score) for rank, (chunk, score) in enumerate(order, start=1)]


def served(case: Case, question: int, setting: Setting) -> list[Fused]:
    """What the service makes of one question."""
    family = setting.family
    # A route that returned nothing has answered, and keeps its share of the weight.
    cut = {
        route: [c for c in case.rankings[question].get(route, ()) if c.rank <= family.depth]
        for route in case.routes
    }
    factors = case.factors[question]
    weights = {
        route: weight * factors.get(route, 1.0)
        for route, weight in zip(case.routes, setting.weights, strict=True)
    }
    if not any(weights.values()):
        weights = dict.fromkeys(case.routes, 1.0)
    configured = RetrievalSettings(fusion=family.fusion, depth=family.depth, rrf_k=family.rrf_k)
    return fuse(cut, weights=weights, settings=configured, minima=least_scores())


def served_documents(case: Case, question: int, setting: Setting) -> tuple[tuple[str, float], ...]:
    return collapse([(document_of(f.chunk_id), f.score) for f in served(case, question, setting)])


def served_rank(case: Case, question: int, setting: Setting) -> int:
    """0 where nothing relevant is ranked."""
    ids = [document for document, _ in served_documents(case, question, setting)]
    return first_relevant(ids, case.qrels[str(question)]) or 0


def admissible_ranks(case: Case, question: int, setting: Setting) -> range:
    """The ranks that scores within `EPSILON` of each other leave open."""
    documents = served_documents(case, question, setting)
    relevant = [score for document, score in documents if document in case.relevant]
    if not relevant:
        return range(1)
    others = [score for document, score in documents if document not in case.relevant]
    surely_ahead = sum(score > max(relevant) + EPSILON for score in others)
    perhaps_ahead = sum(score >= max(relevant) - EPSILON for score in others)
    return range(1 + surely_ahead, 2 + perhaps_ahead)


# Round scores: ties are common, and no variance is so small that it is all rounding. Few lie below
# the least score of BM25.
SCORES = st.integers(-4, 40).map(lambda tenths: tenths / 10)
PARTS = st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.7, 1.0])
RANKINGS = st.dictionaries(st.sampled_from(CHUNKS), SCORES, max_size=10).map(ranking)


@st.composite
def cases(draw: st.DrawFn, *, fusions: Sequence[str], routes: int) -> Case:
    names = ROUTES[:routes]
    count = draw(st.integers(1, 3))
    some = st.dictionaries(st.sampled_from(names), RANKINGS, max_size=routes)
    trusted = st.dictionaries(st.sampled_from(names), PARTS, max_size=routes)
    families = st.builds(
        Family,
        fusion=st.sampled_from(fusions),
        depth=st.integers(1, 11),
        rrf_k=st.sampled_from([0.0, 1.0, 60.0]),
    )
    weights = st.tuples(*[PARTS] * routes)
    return Case(
        routes=names,
        rankings=tuple(draw(some) for _ in range(count)),
        factors=tuple(draw(trusted) for _ in range(count)),
        relevant=draw(st.frozensets(st.sampled_from(["d0", "d1", "d2"]), min_size=1)),
        settings=tuple(
            draw(st.lists(st.builds(Setting, families, weights), min_size=1, max_size=4))
        ),
    )


@given(cases(fusions=["convex"], routes=2))
@hypothesis_settings(max_examples=150)
def test_two_routes_rank_as_the_service_does_ties_included(case: Case) -> None:
    # Both multiply a share by a weight and add two of these, so not even equal scores may part.
    expected = [
        [served_rank(case, question, setting) for question in range(len(case.rankings))]
        for setting in case.settings
    ]
    assert case.ranks() == expected


@pytest.mark.parametrize("routes", [1, 2, 3])
def test_ranks_are_those_of_the_service_in_every_family(routes: int) -> None:
    @given(cases(fusions=["zscore", "convex", "rrf"], routes=routes))
    @hypothesis_settings(max_examples=100)
    def agree(case: Case) -> None:
        for setting, ranks in zip(case.settings, case.ranks(), strict=True):
            for question, rank in enumerate(ranks):
                assert rank in admissible_ranks(case, question, setting)

    agree()


@pytest.mark.parametrize("fusion", ["zscore", "convex"])
def test_scores_that_no_rounding_brings_together_leave_one_rank_open(fusion: Fusion) -> None:
    """Lists of all lengths and unlike scores, so that every difference in a formula shows."""
    rng = np.random.default_rng(0)
    ranked = 0
    for _ in range(200):
        lexical = rng.permutation(CHUNKS)[: rng.integers(1, 9)]
        bm25 = dict(zip(lexical.tolist(), rng.gamma(4.0, 3.0, len(lexical)), strict=True))
        dense = dict(zip(CHUNKS, rng.uniform(0.5, 0.9, len(CHUNKS)), strict=True))
        weight = float(rng.uniform(0.2, 0.8))
        case = Case(
            routes=("bm25", "dense"),
            rankings=({"bm25": ranking(bm25), "dense": ranking(dense)},),
            factors=({},),
            relevant=frozenset({"d0"}),
            settings=(Setting(Family(fusion, 8, 60.0), (weight, 1.0 - weight)),),
        )
        expected = served_rank(case, 0, case.settings[0])
        assert list(admissible_ranks(case, 0, case.settings[0])) == [expected]
        assert case.ranks() == [[expected]]
        ranked += expected > 1
    assert ranked > 100


def one_question(
    rankings: Mapping[str, Mapping[str, float]],
    *settings: Setting,
    relevant: str,
    factors: Mapping[str, float] = {},
) -> list[int]:
    case = Case(
        routes=("bm25", "dense"),
        rankings=({route: ranking(scored) for route, scored in rankings.items()},),
        factors=(factors,),
        relevant=frozenset({relevant}),
        settings=settings,
    )
    return [ranks[0] for ranks in case.ranks()]


def test_several_chunks_of_a_document_take_one_place() -> None:
    found = {"d0#0": 3.0, "d0#1": 2.0, "d1#0": 1.0}
    assert one_question(
        {"bm25": found}, Setting(Family("convex", 3, 60.0), (1.0, 0.0)), relevant="d1"
    ) == [2]


def test_the_last_match_of_a_route_that_found_few_is_still_a_match() -> None:
    found = {
        "bm25": {"d0#0": 5.0, "d1#0": 4.0},
        "dense": {"d0#1": 0.9, "d2#0": 0.5, "d1#1": 0.1},
    }
    setting = Setting(Family("zscore", 10, 60.0), (0.5, 0.5))
    # Over five chunks σ is 2.227 and 0.32: d1 has 4 / 2.227 = 1.80, d2 only 0.4 / 0.32 = 1.25.
    assert one_question(found, setting, relevant="d1") == [2]


def test_a_document_below_the_depth_is_not_ranked() -> None:
    found = {"d0#0": 3.0, "d0#1": 2.0, "d1#0": 1.0}
    settings = [Setting(Family("rrf", depth, 60.0), (1.0, 0.0)) for depth in (2, 3)]
    assert one_question({"bm25": found}, *settings, relevant="d1") == [0, 2]


def test_a_route_of_factor_zero_decides_nothing() -> None:
    found = {"bm25": {"d0#0": 2.0, "d1#0": 1.0}, "dense": {"d1#0": 0.9, "d0#0": 0.1}}
    setting = Setting(Family("zscore", 10, 60.0), (0.1, 0.9))
    assert one_question(found, setting, relevant="d1") == [1]
    assert one_question(found, setting, relevant="d1", factors={"dense": 0.0}) == [2]


def test_routes_that_are_all_trusted_with_nothing_weigh_alike() -> None:
    found = {"bm25": {"d0#0": 2.0, "d1#0": 1.0}, "dense": {"d1#0": 0.9, "d2#0": 0.8}}
    setting = Setting(Family("rrf", 10, 60.0), (1.0, 0.0))
    assert one_question(found, setting, relevant="d1") == [2]
    nothing = {"bm25": 0.0, "dense": 0.0}
    assert one_question(found, setting, relevant="d1", factors=nothing) == [1]


def test_a_candidate_of_a_route_without_weight_comes_last_but_is_ranked() -> None:
    found = {"bm25": {"d1#0": 2.0, "d2#0": 1.0}, "dense": {"d0#0": 0.9}}
    setting = Setting(Family("rrf", 10, 60.0), (1.0, 0.0))
    assert one_question(found, setting, relevant="d0") == [3]


def test_equal_scores_of_rrf_break_on_the_id_of_the_chunk() -> None:
    found = {"bm25": {"d0#0": 2.0, "d1#0": 1.0}, "dense": {"d1#0": 0.9, "d0#0": 0.1}}
    setting = Setting(Family("rrf", 10, 60.0), (0.5, 0.5))
    assert one_question(found, setting, relevant="d0") == [1]
    assert one_question(found, setting, relevant="d1") == [2]


def test_a_constant_of_zero_divides_by_nothing() -> None:
    found = {"bm25": {"d0#0": 2.0}, "dense": {"d1#0": 0.9}}
    setting = Setting(Family("rrf", 10, 0.0), (0.25, 0.75))
    assert one_question(found, setting, relevant="d0") == [2]  # 0.25 / 1 and 0.75 / 1


def test_a_question_for_which_nothing_was_found_has_no_rank() -> None:
    for fusion in ("rrf", "convex", "zscore"):
        assert one_question({}, Setting(Family(fusion, 10, 60.0), (0.5, 0.5)), relevant="d0") == [0]


def test_a_route_alone_ranks_by_itself_whatever_its_factor() -> None:
    rankings = {
        "bm25": ranking({"d1#0": 2.0, "d2#0": 1.0}),
        "dense": ranking({"d2#1": 0.9, "d2#0": 0.8, "d1#0": 0.7, "d0#0": 0.6}),
    }
    recalled = to_arrays(
        [Question("q", "en", "question", rankings, {"dense": 0.0})],
        routes=("bm25", "dense"),
        qrels={"q": {"d0": 1}},
        document_of=document_of,
    )
    assert ranks_alone(recalled, "dense").tolist() == [3]
    assert ranks_alone(recalled, "bm25").tolist() == [0]


def test_arrays_hold_what_was_recalled() -> None:
    recalled = to_arrays(
        [
            Question("a", "en", "question", {"dense": ranking({"d1#0": 0.5, "d0#1": 0.7})}, {}),
            Question("b", "zh", "keywords", {"bm25": ranking({"d2#0": 4.0})}, {"dense": 0.5}),
        ],
        routes=("bm25", "dense"),
        qrels={"a": {"d1": 2}, "b": {"d2": 0}},
        document_of=document_of,
    )
    assert (recalled.questions, recalled.languages) == (("a", "b"), ("en", "zh"))
    assert recalled.kinds == ("question", "keywords")
    assert recalled.factors.tolist() == [[1.0, 1.0], [1.0, 0.5]]
    assert recalled.ranks.tolist() == [[[0, 0], [1, 0]], [[1, 2], [0, 0]]]
    assert recalled.scores.tolist() == [[[0.0, 0.0], [4.0, 0.0]], [[0.7, 0.5], [0.0, 0.0]]]
    assert recalled.documents.tolist() == [[0, 1], [0, -1]]
    assert recalled.present.tolist() == [[True, True], [True, False]]
    assert recalled.relevant.tolist() == [[False, True], [False, False]]  # grade 0 is not
