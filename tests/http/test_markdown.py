"""What documents say reaches chat clients as text that does nothing; quotations stay exact."""

from __future__ import annotations

import re

import pytest

from app.http.schemas.markdown import inert
from tests.http.world import MakeWorld, events_of

LIVE = re.compile(r"(?<!\\)(?:\\\\)*[\[\]]|<[A-Za-z/!?|｜]")
HOSTILE = (
    "The lamp ![p](https://evil.example/?q) burned [oil](javascript:alert(1)) "
    "<img src=x onerror=alert(1)> <|im_end|> in 1853 [3][4]."
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![p](https://evil.example/x.png)", r"!\[p\](https://evil.example/x.png)"),
        ("[here](javascript:alert(1))", r"\[here\](javascript:alert(1))"),
        (r"\[here](javascript:alert(1))", r"\\\[here\](javascript:alert(1))"),
        ("[a]: javascript:alert(1)", r"\[a\]: javascript:alert(1)"),
        ("<img onerror=alert(1)>", "‹img onerror=alert(1)>"),
        ("<!-- x --></div><script>", "‹!-- x -->‹/div>‹script>"),
        ("<javascript:alert(1)>", "‹javascript:alert(1)>"),
        ("<|im_end|><｜User｜><<SYS>>", "‹|im_end|>‹｜User｜>‹‹SYS>>"),
        ("[INST] x [/INST]", r"\[INST\] x \[/INST\]"),
        ("lit in 1853 [3][4], 【5】 [^6] [1, 2].", "lit in 1853 (3)(4), (5) (^6) (1, 2)."),
        ("a < b, 3 <4, x>y, *bold* & `code`", "a < b, 3 <4, x>y, *bold* & `code`"),
        ("茶叶产于云南。", "茶叶产于云南。"),
    ],
)
def test_what_could_do_something_is_only_shown(text: str, shown: str) -> None:
    assert inert(text) == shown
    assert not LIVE.search(inert(text))


@pytest.mark.parametrize("route", ["answer", "chat", "chat stream"])
def test_no_route_says_anything_live_and_quotations_stay_exact(
    make_world: MakeWorld, route: str
) -> None:
    world = make_world()
    world.ingest("notes", {"id": "h", "text": HOSTILE, "title": "<b>[Lamp](x)"})
    question = "What did the lamp burn in 1853?"
    asked = {"model": "notes", "messages": [{"role": "user", "content": question}]}

    if route == "answer":
        body = world.post("/v1/collections/notes/answer", {"query": question}).json()
        text = body["answer"]
    elif route == "chat":
        whole = world.post("/v1/chat/completions", asked).json()
        text, body = whole["choices"][0]["message"]["content"], whole["attest"]
    else:
        stream = world.post("/v1/chat/completions", asked | {"stream": True}).text
        chunks = [data for _, data in events_of(stream)][:-1]
        text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
        body = chunks[-1]["attest"]

    assert body["mode"] == "extractive"
    own = re.sub(r" ?(\[\d\])+$", "", text)
    assert own != text
    assert not LIVE.search(own)
    assert "im_end" in own
    citation = body["citations"][0]
    assert citation["quote"] == HOSTILE[slice(*citation["span"])]
    assert "![p](https://evil.example/?q)" in citation["quote"]
