"""Neighbourhoods of entities and the walk over them, on a graph small enough to follow."""

from __future__ import annotations

from app.domain.documents import Chunk
from app.fakes import FakeAnalyzer
from app.filters import parse_filter
from app.retrieval.graph.neighbourhood import Neighbourhood, longest, neighbourhood
from app.retrieval.graph.walk import Bridge, Walk
from app.stores.analysed import analysed
from app.stores.memory.entity_graph import MemoryGraph

TEXTS = {
    "owner": "the billing service is owned by Otter.",
    "lead": "Otter is led by Kim Aldous.",
    "people": "Kim Aldous | 4417",
    "lynx": "Lynx is led by Bo Ek.",
    "pair": "that is Kestrel（红隼）.",
    "zh": "红隼的工厂是灯塔。",
    "en": "the Kestrel was built in Oban.",
}


def graph(texts: dict[str, str] = TEXTS) -> MemoryGraph:
    return MemoryGraph(
        (
            Chunk(id_, id_, 0, text, (0, len(text)), metadata={"of": id_}),
            analysed(text, FakeAnalyzer()),
        )
        for id_, text in texts.items()
    )


def around(seed: str, *, nodes: int = 100, common: int = 10, **where: object) -> Neighbourhood:
    found = graph()
    return neighbourhood(
        found,
        found.frequencies([seed]),
        nodes=nodes,
        common=common,
        where=parse_filter(where or None),
    )


def test_a_neighbourhood_ends_at_what_the_first_passages_name() -> None:
    assert around("billing service").chunks.keys() == {"owner", "lead"}
    assert around("otter").chunks.keys() == {"owner", "lead", "people"}


def test_an_entity_that_many_passages_name_leads_nowhere() -> None:
    assert around("billing service", common=1).chunks.keys() == {"owner"}


def test_a_neighbourhood_has_as_many_nodes_as_it_may() -> None:
    assert around("otter", nodes=2).nodes <= 4


def test_a_filter_keeps_the_walk_out_of_passages() -> None:
    assert around("billing service", of="owner").chunks.keys() == {"owner"}
    assert around("billing service", of="lead").chunks == {}


def test_another_name_of_an_entity_leads_to_its_passages() -> None:
    assert {"pair", "zh", "en"} <= around("kestrel").chunks.keys()


def test_the_walk_ranks_passages_by_their_nearness_to_the_seeds() -> None:
    found = Walk(around("billing service"), {"billing service": 1}, damping=0.5).best(10)
    assert [chunk for chunk, _ in found] == ["owner", "lead"]
    assert found[0][1] > found[1][1] > 0


def test_two_names_of_one_entity_are_one_node() -> None:
    found = dict(Walk(around("kestrel"), {"kestrel": 2}, damping=0.5).best(10))
    assert found["zh"] == found["en"]


def test_a_bridge_leads_from_what_is_asked_over_what_is_not() -> None:
    walk = Walk(around("billing service"), {"billing service": 1}, damping=0.5)
    bridge = Bridge("billing service", "owner", "otter", "lead")
    reached = {"owner", "lead"}
    assert bridge in set(walk.bridges("owner", reached))
    assert bridge in set(walk.bridges("lead", reached))
    assert list(walk.bridges("owner", {"owner"})) == []
    assert list(walk.bridges("nowhere", reached)) == []


def test_a_bridge_holds_between_two_names_of_one_entity() -> None:
    walk = Walk(around("oban"), {"oban": 1}, damping=0.5)
    assert Bridge("oban", "en", "kestrel", "zh") in set(walk.bridges("en", {"en", "zh"}))


def test_without_seeds_there_is_nowhere_to_go() -> None:
    walk = Walk(Neighbourhood(), {}, damping=0.5)
    assert walk.best(10) == []


def test_a_name_within_a_longer_one_is_no_name_of_its_own() -> None:
    assert longest(["kim", "kim aldous", "kimono"]) == ["kim aldous", "kimono"]
    assert longest(["对账服务", "服务", "红隼"]) == ["对账服务", "红隼"]
