"""Files of text that break parsers: runs of one sign, deep nesting, tables without end, bombs."""

# ruff: noqa: PLW0108 - a lambda puts off making large data until its turn comes

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.integration.hostile.cases import FileCase, lines, of, run

LONG = 100_000
"""Characters of most of them."""
DENSE = 40_000
"""Of those of which every few are a thing of its own."""
WIDE = 20_000
"""Things side by side."""
DEEP = 20_000
"""Levels of nesting."""


def _nested(opening: str, inside: str, closing: str, levels: int) -> Callable[[], bytes]:
    return lambda: (opening * levels + inside + closing * levels).encode()


def _laughs(first: str, line: Callable[[int], str]) -> Callable[[], bytes]:
    """Each of nine names stands for nine times the one before."""
    return lambda: "\n".join([first, *map(line, range(1, 10))]).encode()


def _random(count: int) -> Callable[[], bytes]:
    return lambda: random.Random(1).randbytes(count)


def _yaml_laughs(n: int) -> str:
    return f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 9) + "]"


def _merged(n: int) -> str:
    return f"m{n}: &m{n}\n  <<: [" + ",".join([f"*m{n - 1}"] * 9) + f"]\n  k{n}: v"


_ENTITY_BOMB = "<!DOCTYPE x [" + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(9)
)

MARKDOWN = [
    FileCase("brackets.md", run("[", 100_000)),
    FileCase("brackets-and-words.md", run("[a", LONG)),
    FileCase("images.md", run("![", LONG)),
    FileCase("image-nests.md", run("![a](b ", LONG)),
    FileCase("half-links.md", run("[a](", LONG)),
    FileCase("half-links-in-angles.md", run("[a](<b", LONG)),
    FileCase("half-titles.md", run('[a](b "', LONG)),
    FileCase("closed-brackets.md", _nested("[", "a", "]", 50_000)),
    FileCase("stars.md", run("*", LONG), "empty"),
    FileCase("stars-and-words.md", run("*a ", LONG)),
    FileCase("stars-inside.md", run("a**b", LONG)),
    FileCase("mixed-emphasis.md", run("*a_ ", LONG)),
    FileCase("underscores.md", run("_a", LONG)),
    FileCase("strikes.md", run("~~a ", LONG)),
    FileCase("backticks.md", lambda: " ".join("`" * n for n in range(1, 700)).encode()),
    FileCase("half-code.md", run("`a", LONG)),
    FileCase("backslashes.md", run("\\", LONG)),
    FileCase("quotes-nested.md", lambda: ("> " * DEEP + "a").encode(), "empty"),
    FileCase("quote-lines.md", lines(lambda n: "> " * (n % 200) + "a", 2_000)),
    FileCase("lists-nested.md", lines(lambda n: "  " * n + "- a", 600)),
    FileCase("list-in-a-line.md", lambda: ("- " * DEEP + "a").encode(), "empty"),
    FileCase("numbers-in-a-line.md", lambda: ("1. " * DEEP + "a").encode(), "empty"),
    FileCase("headings.md", run("# a\n", LONG)),
    FileCase("hashes.md", run("#", LONG)),
    FileCase("setext.md", run("a\n=\n", LONG)),
    FileCase(
        "wide-table.md", lambda: f"{'|a' * 5_000}|\n{'|-' * 5_000}|\n{'|b' * 5_000}|".encode()
    ),
    FileCase("long-table.md", run("| a | b |\n", LONG, before="| x | y |\n|---|---|\n")),
    FileCase("ragged-table.md", lines(lambda n: "|a" * (n % 90), 4_000, before="|x|\n|-|\n")),
    FileCase("pipes.md", run("|", LONG)),
    FileCase("half-tags.md", run("<", LONG)),
    FileCase("half-attributes.md", run("<a b", LONG)),
    FileCase("half-comments.md", run("<!--", LONG), "empty"),
    FileCase("half-instructions.md", run("<?", LONG), "empty"),
    FileCase("half-cdata.md", run("<![CDATA[", LONG), "empty"),
    FileCase("half-autolinks.md", run("<http:", LONG)),
    FileCase("details.md", _nested("<details>\n\n", "a", "\n\n</details>", 2_000)),
    FileCase("entities.md", run("&amp;", LONG)),
    FileCase("half-entities.md", run("&", LONG)),
    FileCase("footnote-marks.md", run("[^1] ", LONG, behind="\n\n[^1]: note\n")),
    FileCase("footnotes.md", lines(lambda n: f"[^{n}]: a[^{n + 1}]\n", WIDE // 2)),
    FileCase("footnotes-inline.md", run("^[", LONG)),
    FileCase("references.md", lines(lambda n: f"[r{n}]: /u{n}", WIDE, before="[r1] [r2]\n\n")),
    FileCase("half-references.md", run("[a]: ", LONG)),
    FileCase("dollars.md", run("$", LONG)),
    FileCase("half-formulas.md", run("$a ", LONG)),
    FileCase("display-formulas.md", run("$$a\n", LONG)),
    FileCase("fences.md", run("```\n", LONG), "empty"),
    FileCase("fences-grow.md", lines(lambda n: "`" * (n + 3), 700), "empty"),
    FileCase("admonitions.md", run(":::note\n", LONG), "empty"),
    FileCase("front-matter-laughs.md", lambda: b"---\n" + YAML_LAUGHS() + b"\n---\ntext"),
    FileCase(
        "front-matter-deep.md",
        lambda: b"---\na: " + b"[" * 50_000 + b"\n---\ntext",
        "invalid_record",
    ),
    FileCase("front-matter-open.md", run("a: b\n", LONG, before="---\n")),
    FileCase("comments.mdx", run("{/*", LONG, behind="text")),
    FileCase("imports.mdx", run("import a from 'b'\n\n", LONG, behind="text")),
]
HTML = [
    FileCase("nested.html", _nested("<div>", "a", "</div>", DEEP)),
    FileCase("nested-tables.html", _nested("<table><tr><td>", "a", "</table>", 800)),
    FileCase("nested-lists.html", _nested("<ul><li>", "a", "</ul>", 3_000)),
    FileCase("misnested.html", run("<b><i></b>", 100_000, behind="a")),
    FileCase("fonts.html", run("<font><p>", 100_000, behind="a")),
    FileCase("wide-cells.html", run('<td colspan="1000000000">a', LONG, before="<table><tr>")),
    FileCase("tall-cells.html", run('<tr><td rowspan="65534">a', 100_000, before="<table>")),
    FileCase(
        "tall-and-wide.html",
        run('<tr><td rowspan="65534" colspan="1000">a', 60_000, before="<table>"),
    ),
    FileCase("rows.html", run("<tr><td>a<td>b", LONG, before="<table><tr><th>x<th>y")),
    FileCase("empty-rows.html", run("<tr>", LONG, before="<p>a<table>")),
    FileCase(
        "attributes.html", lambda: f"<p {' '.join(f'a{n}=1' for n in range(WIDE))}>a".encode()
    ),
    FileCase("long-attribute.html", run("a", LONG, before='<p title="', behind='">a')),
    FileCase("open-attribute.html", run("a=", LONG, before='<p>text<p title="')),
    FileCase(
        "classes.html", run(" c", LONG, before="<style>.c{display:none}</style><p>a<p class='")
    ),
    FileCase(
        "many-rules.html",
        lambda: (
            "<style>"
            + "".join(f".c{n} .d{n}{{display:none}}" for n in range(5_000))
            + "</style>"
            + "".join(f"<p class=c{n}>a" for n in range(5_000))
        ).encode(),
    ),
    FileCase(
        "descendants.html",
        lambda: (
            "<style>" + "div " * 200 + "p{display:none}</style>" + "<div>" * 150 + "<p>a" * 3_000
        ).encode(),
    ),
    FileCase(
        "siblings.html",
        lambda: ("<style>" + "p~" * 30 + "b{display:none}</style>" + "<p>a</p>" * 5_000).encode(),
    ),
    FileCase(
        "has.html",
        lambda: (
            "<style>"
            + "*:has(*:has(b)){display:none}" * 50
            + "</style>"
            + "<p><i>a</i></p>" * 5_000
        ).encode(),
        "too_large",
    ),
    FileCase("nots.html", lambda: ("<style>" + ":not(" * 5_000 + "</style><p>a").encode()),
    FileCase("media.html", lambda: ("<style>" + "@media all{" * 5_000 + "</style><p>a").encode()),
    FileCase("braces.html", run("{", LONG, before="<style>", behind="</style><p>a")),
    FileCase(
        "variables.html",
        lambda: (
            "<style>p{"
            + "".join(f"--v{n}:{f'var(--v{n - 1})' * 10};" for n in range(1, 12))
            + "display:var(--v11)}</style><p>a"
        ).encode(),
    ),
    FileCase("inline-styles.html", lambda: ("<p style='" + "color:red;" * WIDE + "'>a").encode()),
    FileCase("options.html", run("<option>a", LONG, before="<p>a<select>")),
    FileCase("entities.html", run("&amp;", LONG)),
    FileCase("numbers.html", run("&#99999999999;", LONG, behind="a")),
    FileCase("half-entities.html", run("&", LONG, before="<p>")),
    FileCase("half-tags.html", run("<", LONG, before="<p>a")),
    FileCase("open-script.html", run("<p>", LONG, before="<p>a<script>")),
    FileCase("open-comment.html", run("<p>", LONG, before="<p>a<!--")),
    FileCase("entity-bomb.html", of(_ENTITY_BOMB + "]><html><body>&e8;a")),
    FileCase("breaks.html", run("<br>", LONG, before="a", behind="b")),
    FileCase("paragraphs.html", run("<p>a", LONG)),
    FileCase("spans.html", run("<span>a</span>", LONG)),
    FileCase("code.html", run("<pre>\n", LONG, behind="a")),
    FileCase("formulas.html", _nested("<math><mrow>", "<mi>a</mi>", "</mrow></math>", 3_000)),
    FileCase("charset-lies.html", lambda: "<meta charset=utf-16><p>Grüße".encode()),
    FileCase("utf-7.html", lambda: b"<meta charset=utf-7><p>a +ADw-script+AD4-"),
    FileCase("nuls.html", run("<p>a\0", LONG), "undecodable"),
]
LATEX = [
    FileCase("braces.tex", run("{", 100_000, behind="a"), "nested_too_deep"),
    FileCase("braces-closed.tex", _nested("{", "a", "}", 50_000), "nested_too_deep"),
    FileCase("environments.tex", run("\\begin{a}", 100_000, behind="a"), "nested_too_deep"),
    FileCase(
        "nested-lists.tex",
        _nested("\\begin{itemize}\\item ", "a", "\\end{itemize}", 2_000),
        "nested_too_deep",
    ),
    FileCase("dollars.tex", run("$", 100_000, behind="a")),
    FileCase("half-formulas.tex", run("\\(", LONG, behind="a"), "nested_too_deep"),
    FileCase(
        "fractions.tex",
        lambda: ("$" + "\\frac{1}{" * 5_000 + "}" * 5_000 + "$ a").encode(),
        "nested_too_deep",
    ),
    FileCase(
        "powers.tex",
        lambda: ("$" + "a^{" * 5_000 + "}" * 5_000 + "$ a").encode(),
        "nested_too_deep",
    ),
    FileCase("cells.tex", run("&", LONG, before="a\\begin{tabular}{l}", behind="\\end{tabular}")),
    FileCase(
        "rows.tex",
        run("a & b \\\\\n", LONG, before="\\begin{tabular}{ll}", behind="\\end{tabular}"),
    ),
    FileCase("columns.tex", lambda: b"\\begin{tabular}{*{1000000000}{l}}a & b\\end{tabular}"),
    FileCase(
        "spans.tex",
        run(
            "\\multicolumn{99999999}{l}{a} & ",
            60_000,
            before="\\begin{tabular}{l}",
            behind="\\end{tabular}",
        ),
    ),
    FileCase("backslashes.tex", run("\\", LONG, behind="a")),
    FileCase("commands.tex", run("\\textbf{", 100_000, behind="a"), "nested_too_deep"),
    FileCase("recursive.tex", of("\\newcommand{\\a}{\\a\\a}\\a text")),
    FileCase(
        "laughs.tex",
        _laughs(
            "\\newcommand{\\x}{lol}text",
            lambda n: f"\\newcommand{{\\x{'x' * n}}}{{{chr(92) + 'x' * n}{chr(92) + 'x' * n}}}",
        ),
    ),
    FileCase("reads-files.tex", of("\\input{/etc/passwd}\\include{/etc/hosts} text")),
    FileCase("comments.tex", run("%\n", LONG, behind="a")),
    FileCase("sections.tex", run("\\section{a}\n", LONG)),
    FileCase("verbs.tex", run("\\verb|", LONG, behind="a")),
    FileCase("open-verbatim.tex", run("a\n", LONG, before="\\begin{verbatim}"), "empty"),
    FileCase("footnotes.tex", _nested("\\footnote{", "a", "}", 3_000), "nested_too_deep"),
    FileCase("options.tex", run("\\item[", 100_000, behind="a"), "nested_too_deep"),
]
RST = [
    FileCase("stars.rst", run("*", LONG), "empty"),
    FileCase("half-emphasis.rst", run("*a ", 100_000)),
    FileCase("half-literals.rst", run("``a ", 100_000)),
    FileCase("half-roles.rst", run(":a:`b ", 100_000)),
    FileCase("substitutions.rst", run("|a| ", 60_000)),
    FileCase(
        "substitution-laughs.rst",
        _laughs(".. |a0| replace:: lol", lambda n: f".. |a{n}| replace:: " + f"|a{n - 1}| " * 9),
        "too_large",
    ),
    FileCase(
        "substitution-bomb.rst",
        lambda: (
            "|a9|\n\n.. |a0| replace:: lol\n"
            + "".join(f".. |a{n}| replace:: {f'|a{n - 1}| ' * 9}\n" for n in range(1, 10))
        ).encode(),
        "too_large",
    ),
    FileCase("references.rst", run("a_ ", 100_000)),
    FileCase(
        "targets.rst",
        lines(lambda n: f".. _t{n}: t{n + 1}_", 3_000, before="a\n\n"),
        "nested_too_deep",
    ),
    FileCase("footnotes.rst", lines(lambda n: f".. [{n}] a [{n + 1}]_\n", 3_000)),
    FileCase("automatic-footnotes.rst", run("[#]_ ", 60_000)),
    FileCase("lists-nested.rst", lines(lambda n: " " * (2 * n) + "- a\n", 300), "nested_too_deep"),
    FileCase("list-in-a-line.rst", lambda: ("- " * 2_000 + "a").encode(), "nested_too_deep"),
    FileCase("quotes-nested.rst", lines(lambda n: " " * n + "a\n", 600), "nested_too_deep"),
    FileCase(
        "titles.rst", lines(lambda n: f"a{n}\n" + "=-~^\"'`#*+:.<>_"[n % 15] * 9 + "\n", 4_000)
    ),
    FileCase("adornments.rst", run("=====\n", LONG), "empty"),
    FileCase(
        "grid.rst",
        lambda: (
            "+---" * 300 + "+\n" + ("|a  " * 300 + "|\n" + "+---" * 300 + "+\n") * 30
        ).encode(),
    ),
    FileCase("broken-grid.rst", run("+-", 60_000, behind="+\n|\n+-+"), "empty"),
    FileCase(
        "simple-table.rst", run("a  b\n", DENSE, before="=  =\nx  y\n=  =\n", behind="=  =\n")
    ),
    FileCase(
        "reads-files.rst",
        of(
            "text\n\n.. include:: /etc/passwd\n\n.. csv-table::\n   :file: /etc/passwd\n\n"
            ".. raw:: html\n   :file: /etc/passwd\n"
        ),
    ),
    FileCase(
        "reads-addresses.rst",
        of(
            "text\n\n.. include:: http://127.0.0.1:1/\n\n.. raw:: html\n   :url: http://127.0.0.1:1/\n"
        ),
    ),
    FileCase(
        "directives-nested.rst", lines(lambda n: "   " * n + ".. note::\n", 200), "nested_too_deep"
    ),
    FileCase("fields.rst", run(":a: b\n", DENSE), "empty"),
    FileCase("options.rst", run("-a  b\n", DENSE)),
    FileCase("line-blocks.rst", run("| a\n", DENSE)),
    FileCase("line-blocks-nested.rst", lines(lambda n: "| " + " " * n + "a", 400)),
    FileCase("definitions.rst", run("a\n b\n", DENSE)),
    FileCase("backslashes.rst", run("\\", LONG, behind="a")),
]
CSV = [
    FileCase("one-row.csv", run("a,", 200_000)),
    FileCase("rows.csv", run("a,b\n", LONG, before="x,y\n")),
    FileCase(
        "wide.csv",
        lambda: "\n".join(
            [",".join(f"c{n}" for n in range(5_000)), *[",".join("v" * 5_000)] * 20]
        ).encode(),
    ),
    FileCase("quotes.csv", run('"', LONG)),
    FileCase("open-quote.csv", run("a,b\n", LONG, before='x,y\n"')),
    FileCase("half-quotes.csv", run('"a""b', LONG)),
    FileCase("delimiters.csv", run(",;\t|", LONG)),
    FileCase("ragged.csv", lines(lambda n: "a," * (n % 100), 1_500)),
    FileCase("nuls.csv", run("a\0,b\n", LONG), "undecodable"),
    FileCase("long-cell.csv", run("a", LONG, before="x,y\n1,")),
    FileCase("line-ends.csv", run("\n", LONG, before="x,y\n", behind="1,2")),
    FileCase("returns.csv", run("a,b\r", LONG), "empty"),
    FileCase("tabs.tsv", run("\t", LONG, behind="a")),
]
JSON = [
    FileCase("arrays.json", run("[", 100_000)),
    FileCase("objects.json", run('{"a":', 100_000)),
    FileCase("arrays-closed.json", _nested("[", "1", "]", 900)),
    FileCase("arrays-deep.json", _nested("[", "1", "]", DEEP)),
    FileCase("digits.json", run("1", LONG)),
    FileCase("digits-inside.json", run("9", 100_000, before='{"a": ', behind="}")),
    FileCase("exponent.json", of('{"a": 1e999999999, "b": "text"}')),
    FileCase("numbers.json", run("1,", 200_000, before="[", behind="1]")),
    FileCase(
        "records.json", lambda: json.dumps([{"id": n, "name": "a"} for n in range(5_000)]).encode()
    ),
    FileCase("same-keys.json", run('"a":1,', LONG, before="{", behind='"b":"text"}')),
    FileCase("many-keys.json", lambda: json.dumps({f"k{n}": "text" for n in range(WIDE)}).encode()),
    FileCase("long-key.json", run("k", LONG, before='{"', behind='":"text"}')),
    FileCase(
        "deep-keys.json", lambda: ('{"' + 'k" : {"' * 300 + 'a":"text"}' + "}" * 300).encode()
    ),
    FileCase("wide-and-deep.json", lambda: json.dumps(_tree(7)).encode()),
    FileCase("escapes.json", run("\\u0061", LONG, before='{"a":"', behind='"}')),
    FileCase("half-characters.json", run("\\ud800", LONG, before='{"a":"', behind='text"}')),
    FileCase("nan.json", of('{"a": NaN, "b": Infinity, "c": "text"}')),
    FileCase("behind-the-end.json", run("]", LONG, before='{"a":"text"}')),
]
YAML_LAUGHS = _laughs("a0: &a0 lol", _yaml_laughs)
DATA = [
    FileCase("laughs.yaml", YAML_LAUGHS),
    FileCase("merges.yaml", _laughs("m0: &m0 {k: v}", _merged)),
    FileCase("flow.yaml", run("[", 50_000)),
    FileCase("flow-mappings.yaml", run("{a: ", 50_000)),
    FileCase("sequences.yaml", lambda: ("- " * 5_000 + "a").encode()),
    FileCase("indents.yaml", lines(lambda n: " " * n + f"k{n}:", 900)),
    FileCase("complex-keys.yaml", lambda: ("? " * 5_000 + "a").encode()),
    FileCase("objects.yaml", of("a: !!python/object/apply:os.system ['true']\nb: text")),
    FileCase("sixties.yaml", lambda: ("a: 1" + ":59" * 5_000 + "\nb: text").encode()),
    FileCase("anchors.yaml", lines(lambda n: f"k{n}: &n{n} text", 5_000)),
    FileCase("itself.yaml", of("a: &a [*a, text]\nb: text")),
    FileCase("documents.yaml", run("---\na: text\n", 60_000)),
    FileCase("open-quote.yaml", run("a\n", 100_000, before='a: "')),
    FileCase("keys.yaml", lines(lambda n: f"k{n}: text", 5_000)),
    FileCase("dotted.toml", lambda: (".".join("k" * 3_000) + ' = "text"').encode()),
    FileCase("tables.toml", run("[[a]]\n", 60_000, behind='b = "text"')),
    FileCase("arrays.toml", lambda: ("a = " + "[" * 20_000).encode()),
    FileCase("equals.ini", run("=", LONG, before="[a]\nb", behind="text")),
    FileCase("sections.ini", lines(lambda n: f"[s{n}]\na=text", 5_000)),
    FileCase("continued.properties", run("a\\\n", 100_000, before="k=")),
]
TEXT = [
    FileCase("letters.txt", run("a", 1_000_000)),
    FileCase("digits.txt", run("1", 1_000_000)),
    FileCase("one-word-lines.txt", run("a\n", DENSE)),
    FileCase("line-ends.txt", run("\n", 1_000_000, behind="a")),
    FileCase("spaces.txt", run(" ", 1_000_000, behind="a")),
    FileCase("returns.txt", run("a\r", DENSE)),
    FileCase("form-feeds.txt", run("a\f", DENSE)),
    FileCase("dots.txt", run(".", LONG, behind="a")),
    FileCase("numbered.txt", run("1.", LONG)),
    FileCase("questions.txt", run("a? ", LONG)),
    FileCase("question-lines.txt", run("Q: a?\nA: b\n", LONG)),
    FileCase("rows.txt", run("| a | b |\n", LONG)),
    FileCase("columns.txt", run("a    b    c\n", LONG)),
    FileCase("rules.txt", run("-----\n", LONG, behind="a")),
    FileCase("bullets.txt", lines(lambda n: " " * (n % 300) + "- a", 4_000)),
    FileCase("colons.txt", run("a: ", LONG)),
    FileCase("bold.txt", run("**a", LONG)),
    FileCase("marks.txt", run("\u0301", LONG, before="e")),
    FileCase("joined.txt", run("\U0001f469\u200d", LONG)),
    FileCase("nothing.txt", run("\u200b", LONG, behind="a")),
    FileCase("overrides.txt", run("\u202e", LONG, behind="a")),
    FileCase("han.txt", run("中", LONG)),
    FileCase("scripts.txt", run("aя中اक์", LONG)),
    FileCase(
        "every-character.txt",
        lambda: "".join(map(chr, [*range(32, 0xD800), *range(0xE000, 0x20000)])).encode(),
    ),
    FileCase("half-characters.txt", lambda: b"text \xed\xa0\x80 text " * 5_000),
    FileCase("utf-16-odd.txt", lambda: b"\xff\xfe" + "text ".encode("utf-16-le") * 5_000 + b"a"),
    FileCase("random.txt", _random(200_000), "undecodable"),
    FileCase("random", _random(200_000), "unsupported_type"),
    FileCase("nuls.txt", run("\0", LONG, behind="a"), "undecodable"),
    FileCase("shell-colours.txt", run("\x1b[31m", LONG, behind="a")),
]
JSONL = [
    FileCase("records.jsonl", lines(lambda n: json.dumps({"id": n, "text": f"text {n}"}), 300)),
    FileCase("broken.jsonl", run("{\n", 20_000), "invalid_record"),
    FileCase("brackets.jsonl", run("[", LONG), "invalid_record"),
    FileCase("long.jsonl", run("a ", LONG, before='{"id": "a", "text": "', behind='"}')),
    FileCase("deep.jsonl", run('{"a":', LONG), "invalid_record"),
    FileCase(
        "half-characters.jsonl",
        run("\\ud800", LONG, before='{"id": "a", "text": "b', behind='"}'),
        "invalid_record",
    ),
    FileCase(
        "big-number.jsonl",
        run("9", LONG, before='{"text": "b", "id": ', behind="}"),
        "invalid_record",
    ),
    FileCase(
        "metadata.jsonl",
        lambda: json.dumps(
            {"id": "a", "text": "b", "metadata": {f"k{n}": n for n in range(WIDE)}}
        ).encode(),
        "invalid_record",
    ),
]


def _tree(levels: int) -> object:
    return "text" if not levels else {f"k{n}": _tree(levels - 1) for n in range(4)}


TEXT_FILES = [*MARKDOWN, *HTML, *LATEX, *RST, *CSV, *JSON, *DATA, *TEXT, *JSONL]
