"""Requests that break servers, byte by byte: half-sent, lying, too deep, too many, no HTTP."""

# ruff: noqa: PLW0108 - a lambda puts off making large data until its turn comes

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from tests.integration.hostile.cases import RequestCase

SEARCH = "/v1/collections/hostile/search"
ANSWER = "/v1/collections/hostile/answer"
DOCUMENTS = "/v1/collections/hostile/documents"
CHAT = "/v1/chat/completions"


def http(
    path: str,
    body: bytes = b"",
    kind: str = "application/json",
    *,
    method: str = "POST",
    length: int | None = None,
    more: str = "",
) -> bytes:
    """One request; ``length`` is what it says of its body, as long as that is by default."""
    declared = len(body) if length is None else length
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {declared}\r\n{more}\r\n"
    ).encode() + body


def sends(path: str, value: object) -> Callable[[], bytes]:
    return lambda: http(path, json.dumps(value).encode())


def raw(path: str, body: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: http(path, body())


def form(
    body: Callable[[], bytes], kind: str = "multipart/form-data; boundary=x"
) -> Callable[[], bytes]:
    return lambda: http(DOCUMENTS, body(), kind)


def _part(name: str, content: str, headers: str = "") -> str:
    disposition = f'Content-Disposition: form-data; name="f"; filename="{name}"'
    return f"--x\r\n{disposition}\r\n{headers}\r\n{content}\r\n"


def _chunked(body: bytes) -> bytes:
    return (
        f"POST {SEARCH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode() + body


def _nots(levels: int) -> str:
    return '{"not":' * levels + '{"lang":"en"}' + "}" * levels


_ASKED = '{"query": "a", "filter": %s}'

JSON = [
    RequestCase("arrays", raw(SEARCH, lambda: b"[" * 100_000), 413),
    RequestCase("arrays-below-the-bound", raw(SEARCH, lambda: b"[" * 19_000), 400),
    RequestCase("objects", raw(SEARCH, lambda: b'{"a":' * 19_000), 400),
    RequestCase("arrays-closed", raw(SEARCH, lambda: b"[" * 900 + b"]" * 900), 422),
    RequestCase("filter-too-deep", raw(SEARCH, lambda: (_ASKED % _nots(900)).encode()), 422),
    RequestCase("filter-deep", raw(SEARCH, lambda: (_ASKED % _nots(5)).encode()), 200),
    RequestCase(
        "many-alternatives",
        sends(SEARCH, {"query": "a", "filter": {"or": [{"lang": f"l{n}"} for n in range(4_000)]}}),
        400,
    ),
    RequestCase(
        "many-values",
        sends(SEARCH, {"query": "a", "filter": {"lang": {"in": [f"l{n}" for n in range(9_000)]}}}),
        400,
    ),
    RequestCase(
        "long-value", sends(SEARCH, {"query": "a", "filter": {"lang": "a" * 1_000_000}}), 200
    ),
    RequestCase("long-field", sends(SEARCH, {"query": "a", "filter": {"a" * 1_000_000: "b"}}), 200),
    RequestCase("field-with-quotes", sends(SEARCH, {"query": "a", "filter": {"'\"--;": "b"}}), 200),
    RequestCase(
        "digits", raw(SEARCH, lambda: b'{"query":"a","limit":' + b"9" * 1_000_000 + b"}"), 400
    ),
    RequestCase(
        "digits-in-a-filter",
        raw(SEARCH, lambda: (_ASKED % ('{"year":' + "9" * 4_000 + "}")).encode()),
        400,
    ),
    RequestCase("exponent", raw(SEARCH, lambda: b'{"query":"a","limit":1e999}'), 422),
    RequestCase(
        "fraction", raw(SEARCH, lambda: b'{"query":"a","limit":1.' + b"0" * 100_000 + b"1}"), 422
    ),
    RequestCase("below-zero", sends(SEARCH, {"query": "a", "limit": -(2**70)}), 422),
    RequestCase("not-a-number", raw(SEARCH, lambda: b'{"query":"a","limit":NaN}'), 400),
    RequestCase("half-character", raw(SEARCH, lambda: b'{"query":"\\ud800"}'), 422),
    RequestCase(
        "half-character-in-a-filter",
        raw(SEARCH, lambda: (_ASKED % '{"lang":"\\udfff"}').encode()),
        400,
    ),
    RequestCase(
        "half-characters", raw(SEARCH, lambda: b'{"query":"' + b"\\ud800" * 8_000 + b'"}'), 422
    ),
    RequestCase("escapes", raw(SEARCH, lambda: b'{"query":"' + b"\\u0061" * 600_000 + b'"}'), 422),
    RequestCase("nul", raw(SEARCH, lambda: b'{"query":"\\u0000"}'), 200),
    RequestCase("not-utf-8", raw(SEARCH, lambda: b'{"query":"\xff\xfe"}'), 400),
    RequestCase("utf-16", raw(SEARCH, lambda: '{"query":"a"}'.encode("utf-16")), 400),
    RequestCase("with-a-mark", raw(SEARCH, lambda: b"\xef\xbb\xbf" + b'{"query":"a"}'), 200),
    RequestCase(
        "compressed",
        lambda: http(SEARCH, gzip.compress(b'{"query":"a"}'), more="Content-Encoding: gzip\r\n"),
        400,
    ),
    RequestCase(
        "same-keys", raw(SEARCH, lambda: b"{" + b'"query":"a",' * 15_000 + b'"query":"b"}'), 200
    ),
    RequestCase("unknown-keys", sends(SEARCH, {f"k{n}": 1 for n in range(15_000)}), 422),
    RequestCase("many-faults", sends(ANSWER, {"query": "a", "history": [1] * 15_000}), 422),
    RequestCase("values", sends(SEARCH, [1] * 300_000), 413),
    RequestCase("spaces", raw(SEARCH, lambda: b" " * 3_000_000 + b'{"query":"a"}'), 200),
    RequestCase("routes", sends(SEARCH, {"query": "a", "routes": ["bm25"] * 1_000}), 422),
    RequestCase("empty", raw(SEARCH, lambda: b""), 400),
    RequestCase(
        "chat-parts",
        sends(
            CHAT,
            {
                "model": "hostile",
                "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}] * 5_000}],
            },
        ),
        422,
    ),
    RequestCase(
        "chat-deep",
        raw(CHAT, lambda: b'{"model":"hostile","messages":' + b"[" * 900 + b"]" * 900 + b"}"),
        422,
    ),
    RequestCase("documents", sends(DOCUMENTS, {"documents": [{"text": "a"}] * 30_000}), 422),
    RequestCase(
        "documents-of-nothing",
        sends(DOCUMENTS + "?wait=true", {"documents": [None, 1, "a", [], {}] * 10}),
        200,
    ),
    RequestCase(
        "record-deep",
        raw(
            DOCUMENTS + "?wait=true",
            lambda: (
                b'{"documents":[{"text":"a","metadata":'
                + b'{"a":' * 400
                + b"1"
                + b"}" * 400
                + b"}]}"
            ),
        ),
        422,
    ),
    RequestCase(
        "record-of-half-characters",
        raw(
            DOCUMENTS + "?wait=true",
            lambda: b'{"documents":[{"id":"h","text":"' + b"a \\ud800 " * 20_000 + b'"}]}',
        ),
        200,
    ),
    RequestCase(
        "record-of-digits",
        raw(
            DOCUMENTS + "?wait=true",
            lambda: b'{"documents":[{"id":' + b"9" * 4_000 + b',"text":"a"}]}',
        ),
        200,
    ),
    RequestCase(
        "record-of-more-digits",
        raw(DOCUMENTS, lambda: b'{"documents":[{"id":' + b"9" * 90_000 + b',"text":"a"}]}'),
        400,
    ),
    RequestCase(
        "record-with-a-long-id",
        sends(DOCUMENTS + "?wait=true", {"documents": [{"id": "a" * 1_000_000, "text": "a"}]}),
        200,
    ),
    RequestCase(
        "record-of-line-ends",
        sends(
            DOCUMENTS + "?wait=true", {"documents": [{"id": "l", "text": "\n" * 1_000_000 + "a"}]}
        ),
        200,
    ),
]
FORMS = [
    RequestCase("no-boundary", form(lambda: b"--x--", "multipart/form-data"), 400),
    RequestCase("empty-boundary", form(lambda: b"----", "multipart/form-data; boundary="), 400),
    RequestCase(
        "long-boundary", form(lambda: b"a", "multipart/form-data; boundary=" + "b" * 20_000), 400
    ),
    RequestCase("other-boundary", form(lambda: b"--y\r\n\r\n--y--"), 400),
    RequestCase("no-parts", form(lambda: b"--x--\r\n"), 400),
    RequestCase("half-a-part", form(lambda: _part("a.txt", "text").encode()[:60]), 400),
    RequestCase("no-end", form(lambda: _part("a.txt", "text").encode()), 400),
    RequestCase(
        "fields",
        form(
            lambda: (
                (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 20_000)
                + b"--x--"
            )
        ),
        400,
    ),
    RequestCase(
        "long-field",
        form(
            lambda: (
                b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
                + b"b" * 5_000_000
                + b"\r\n--x--"
            )
        ),
        400,
    ),
    RequestCase("files", form(lambda: (_part("a.txt", "text") * 5_000 + "--x--").encode()), 400),
    RequestCase(
        "long-name", form(lambda: (_part("a" * 1_000_000, "text") + "--x--").encode()), 400
    ),
    RequestCase(
        "many-headers",
        form(lambda: (_part("a.txt", "text", "A: b\r\n" * 50_000) + "--x--").encode()),
        400,
    ),
    RequestCase(
        "long-header",
        form(lambda: (_part("a.txt", "text", "A: " + "b" * 1_000_000 + "\r\n") + "--x--").encode()),
        400,
    ),
    RequestCase("no-disposition", form(lambda: b"--x\r\n\r\ntext\r\n--x--"), 400),
    RequestCase("half-boundaries", form(lambda: b"--x\r\n" + b"\r\n-" * 500_000), 400),
    RequestCase("line-ends", form(lambda: b"\r\n" * 500_000 + b"--x--"), 400),
    RequestCase(
        "parameters",
        form(lambda: b"--x--", "multipart/form-data; " + "a=b; " * 5_000 + "boundary=x"),
        400,
    ),
    RequestCase(
        "other-name",
        form(
            lambda: (
                (_part("a.txt", "text") + "--x--")
                .encode()
                .replace(b'filename="', b"filename*=utf-9''%FF\"")
            )
        ),
        400,
    ),
    RequestCase(
        "file-of-half-characters",
        lambda: http(
            DOCUMENTS + "?wait=true",
            (_part("\ud800.txt", "text") + "--x--").encode("utf-8", "surrogatepass"),
            "multipart/form-data; boundary=x",
        ),
        200,
    ),
    RequestCase(
        "path-as-a-name",
        lambda: http(
            DOCUMENTS + "?wait=true",
            (_part("../../etc/passwd", "text") + "--x--").encode(),
            "multipart/form-data; boundary=x",
        ),
        200,
    ),
]
HEADS = [
    RequestCase("half-sent", lambda: http(SEARCH, b'{"query"', length=500), 408),
    RequestCase(
        "half-a-form",
        lambda: http(
            DOCUMENTS,
            _part("a.txt", "text").encode(),
            "multipart/form-data; boundary=x",
            length=9_999,
        ),
        408,
    ),
    RequestCase("long-length", lambda: http(SEARCH, b"{}", length=10**30), 400),
    RequestCase("more-than-taken", lambda: http(SEARCH, b"{}", length=10**9), 413),
    RequestCase("below-zero", lambda: http(SEARCH, b"{}", length=-1), 400),
    RequestCase(
        "two-lengths", lambda: http(SEARCH, b'{"query":"a"}', more="Content-Length: 5\r\n"), 400
    ),
    RequestCase(
        "length-and-chunks",
        lambda: http(SEARCH, b"0\r\n\r\n", more="Transfer-Encoding: chunked\r\n"),
        400,
    ),
    RequestCase(
        "chunks", lambda: _chunked(b'1\r\n{\r\n5\r\n"quer\r\n7\r\ny":"a"}\r\n0\r\n\r\n'), 200
    ),
    RequestCase("bad-chunk", lambda: _chunked(b"zz\r\n{}\r\n0\r\n\r\n"), 400),
    RequestCase("huge-chunk", lambda: _chunked(b"f" * 40 + b"\r\n{}"), 400),
    RequestCase("chunk-of-much", lambda: _chunked(b"7fffffff\r\n" + b" " * 8_000_000), 413),
    RequestCase(
        "chunks-of-one",
        lambda: _chunked(b"1\r\n \r\n" * 200_000 + b'd\r\n{"query":"a"}\r\n0\r\n\r\n'),
        400,
    ),
    RequestCase(
        "many-chunks",
        lambda: _chunked(b"1\r\n \r\n" * 60_000 + b'd\r\n{"query":"a"}\r\n0\r\n\r\n'),
        200,
    ),
    RequestCase(
        "long-chunk-name", lambda: _chunked(b"1;" + b"a" * 1_000_000 + b"\r\n{\r\n0\r\n\r\n"), 400
    ),
    RequestCase(
        "long-line",
        lambda: b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        400,
    ),
    RequestCase("long-header", lambda: http(SEARCH, b"{}", more=f"A: {'b' * 1_000_000}\r\n"), 400),
    RequestCase("many-headers", lambda: http(SEARCH, b"{}", more="A: b\r\n" * 20_000), 400),
    RequestCase("no-host", lambda: b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    RequestCase(
        "other-host",
        lambda: b"GET /v1/collections HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        421,
    ),
    RequestCase("old", lambda: b"GET /healthz\r\n\r\n", 400),
    RequestCase("new", lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404),
    RequestCase("random", lambda: bytes(range(256)) * 1_000, 400),
    RequestCase("line-ends", lambda: b"\r\n" * 100_000, 400),
    RequestCase(
        "nul-in-a-path", lambda: http("/v1/collections/hostile/documents/%00", method="GET"), 404
    ),
    RequestCase(
        "half-character-in-a-path",
        lambda: http("/v1/collections/hostile/documents/%ED%A0%80", method="GET"),
        404,
    ),
    RequestCase(
        "dots-in-a-path", lambda: http("/v1/collections/../../etc/documents", method="GET"), 404
    ),
    RequestCase(
        "long-path",
        lambda: http("/v1/collections/hostile/documents/" + "%41" * 15_000, method="GET"),
        400,
    ),
    RequestCase(
        "long-question",
        lambda: http("/v1/collections/hostile/documents?after=" + "%41" * 15_000, method="GET"),
        400,
    ),
    RequestCase(
        "many-arguments",
        lambda: http("/v1/collections/hostile/documents?" + "a=b&" * 10_000, method="GET"),
        400,
    ),
    RequestCase("other-type", lambda: http(SEARCH, b"{}", "text/xml"), 415),
    RequestCase("long-type", lambda: http(SEARCH, b"{}", "application/json;" + "a" * 30_000), 400),
    RequestCase("other-method", lambda: http(SEARCH, method="BREW"), 405),
]
BODIES = [
    *(RequestCase(f"json: {case.name}", case.make, case.outcome) for case in JSON),
    *(RequestCase(f"form: {case.name}", case.make, case.outcome) for case in FORMS),
    *(RequestCase(f"http: {case.name}", case.make, case.outcome) for case in HEADS),
]
