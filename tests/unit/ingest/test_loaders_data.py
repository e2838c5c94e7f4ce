"""JSON, YAML and files of settings, from bytes to rows with their keys."""

import json

import pytest

from ingest.loaders.registry import load

ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]\n" for n in range(40))
"""A list of 2 to the power of 40 values."""


def shape(name, source):
    """Kind and text of each block, and the cells of rows."""
    loaded = load(name, source if isinstance(source, bytes) else source.encode())
    return [
        (
            block.kind.value,
            loaded.text[slice(*block.span)],
            [(loaded.text[slice(*cell.span)], cell.head) for cell in block.cells],
        )
        for block in loaded.blocks
    ]


def texts(name, source):
    return [text for _, text, _ in shape(name, source)]


def test_each_value_of_yaml_stands_behind_its_path_with_its_comments():
    source = (
        "# Edge server\n\nserver:\n  # where it listens\n  http:\n    port: 8443  # not 443\n"
        "    hosts: [a.example, b.example]\n  debug: no\n说明: 每周备份\nsince: 2024-05-03\n# end\n"
    )
    assert shape("a.yaml", source) == [
        ("paragraph", "Edge server", []),
        ("paragraph", "where it listens", []),
        ("table", "server › http › port: 8443 # not 443", [("8443", "port")]),
        (
            "table",
            "server › http › hosts: a.example, b.example",
            [("a.example", "hosts"), ("b.example", "hosts")],
        ),
        ("table", "server › debug: no", [("no", "debug")]),
        ("table", "说明: 每周备份", [("每周备份", "说明")]),
        ("table", "since: 2024-05-03", [("2024-05-03", "since")]),
        ("paragraph", "end", []),
    ]


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "a.yml"])
def test_objects_of_a_list_are_rows_below_the_path_to_it(name):
    source = {
        "unit": {"faults": [{"code": "F3", "meaning": "过热", "part": {"no": "P-7", "pieces": 2}}]}
    }
    assert shape(name, json.dumps(source)) == [
        ("term", "unit › faults", []),
        (
            "table",
            "code: F3 | meaning: 过热 | part › no: P-7 | part › pieces: 2",
            [("F3", "code"), ("过热", "meaning"), ("P-7", "part › no"), ("2", "part › pieces")],
        ),
    ]


def test_objects_that_hold_lists_are_called_by_their_name():
    source = {"services": [{"name": "web", "ports": [{"from": 80, "to": 8080}]}, {"ports": [[1]]}]}
    assert texts("a.json", json.dumps(source)) == [
        "services › web › name: web",
        "services › web › ports",
        "from: 80 | to: 8080",
        "services › 2 › ports › 1: 1",
    ]


def test_values_are_written_as_they_are():
    source = (
        '{"price": 1.20, "big": 12345678901234567890, "on": true, "none": null, "e": "", "l": []}'
    )
    assert texts("a.json", source) == [
        "price: 1.20",
        "big: 12345678901234567890",
        "on: true",
        "none: null",
        'e: ""',
        "l: []",
    ]


def test_long_and_broken_texts_stand_below_their_path():
    source = "about: |\n  First line.\n  Second one.\nrun: |\n  if x:\n    y($1)\n  # no comment\n"
    assert [(kind, text) for kind, text, _ in shape("a.yaml", source)] == [
        ("term", "about"),
        ("paragraph", "First line."),
        ("paragraph", "Second one."),
        ("term", "run"),
        ("code", "if x:\n  y($1)\n# no comment"),
    ]


def test_a_table_within_a_text_of_a_record_is_one():
    text = "Kits:\n\n| Kit | Pieces |\n|--|--|\n| K-1 | 12 |\n"
    found = shape("a.json", json.dumps([{"title": "Kits", "text": text}]))
    assert found[-1] == ("table", "Kit: K-1 | Pieces: 12", [("K-1", "Kit"), ("12", "Pieces")])


def test_questions_and_answers_in_data_are_told_apart():
    source = '[{"question": "May I?", "answer": "You may."}, {"q": "可以吗？", "a": "可以。"}]'
    assert [(kind, text) for kind, text, _ in shape("a.json", source)] == [
        ("term", "May I?"),
        ("paragraph", "You may."),
        ("term", "可以吗？"),
        ("paragraph", "可以。"),
    ]


def test_records_in_a_json_file_and_lines_of_json_are_rows():
    assert texts("a.json", '[{"id": 1, "text": "Hello."}]') == ["id: 1 | text: Hello."]
    assert texts("a.json", '{"a": 1}\n{"a": 2}\n') == ["a: 1", "a: 2"]


def test_the_title_of_data_is_their_title():
    assert load("a.yaml", b"title: Edge\nx: 1\n").title == "Edge"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.json", '{"a": 1, // comment\n}'),
        ("a.json", "[" * 100_000),
        ("a.yaml", "a: b: c:\n - x"),
        ("a.yaml", "nothing but text"),
        ("a.yaml", "a: &a {b: *a}"),
        ("a.yaml", "[" * 50_000),
        ("a.yaml", ALIASES),
        ("a.yaml", "!!python/object/apply:os.getcwd []\n- x"),
    ],
    ids=["comment", "deep", "broken", "text", "recursive", "deep-yaml", "aliases", "tag"],
)  # fmt: skip
def test_what_is_no_data_or_too_much_is_read_as_lines(name, source):
    loaded = load(name, source.encode())
    assert loaded.text == source.strip()
    assert {block.kind.value for block in loaded.blocks} == {"code"}


def test_aliases_are_read_where_they_stand():
    source = "base: &base {port: 80}\nweb: {<<: *base, name: w}\n"
    assert texts("a.yaml", source) == ["base › port: 80", "web › port: 80", "web › name: w"]


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        (
            "a.toml",
            'title = "Edge"\n\n[server.http]\n# public\nport = 8443 # not 443\nhosts = [\n "a"\n]',
            [
                ("table", 'title = "Edge"', [("Edge", "title")]),
                ("heading", "server.http", []),
                ("paragraph", "public", []),
                ("table", "port = 8443 # not 443", [("8443", "port")]),
                ("code", 'hosts = [\n "a"\n]', []),
            ],
        ),
        (
            "a.ini",
            "[db]\nhost=localhost\nname : main",
            [
                ("heading", "db", []),
                ("table", "host=localhost", [("localhost", "host")]),
                ("table", "name : main", [("main", "name")]),
            ],
        ),
        (".env", "export PORT=8080", [("table", "export PORT=8080", [("8080", "PORT")])]),
    ],
)
def test_settings_keep_their_lines_and_know_their_keys(name, source, expected):
    assert load(name, source.encode()).text == source
    assert shape(name, source) == expected


@pytest.mark.parametrize("unit", ["a=b" + " " * 50, "[", "k ", '"', "a: ", "# "])
@pytest.mark.parametrize("name", ["a.ini", "a.yaml", "a.json"])
def test_long_lines_are_read_in_linear_time(name, unit):
    # Quadratic work on 200,000 characters would take minutes, so finishing is the proof.
    assert load(name, (unit * (200_000 // len(unit))).encode()).text
