"""Style sheets inside a page, as the rules that hold on the screen of a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import tinycss2
from cssselect2 import ElementWrapper, SelectorError, compile_selector_list

from ingest.loaders.html.css_values import pixels, sides

MAX_SELECTOR: Final = 1_000
"""Characters of the longest selector that is understood; it is compiled, nested as it may be."""
_MAX_DEPTH: Final = 10
"""Levels of rules in rules that are read."""
_UNLAYERED: Final = 1 << 30
_IN_BLOCKS: Final = frozenset({"supports", "container", "scope", "document", "-moz-document"})
"""At-rules whose inside is taken to hold."""
_SCREEN: Final = {"width": 1280.0, "height": 800.0, "device-width": 1280.0, "device-height": 800.0}
"""A usual one, in CSS pixels."""
_MANIFOLD: Final = re.compile(r"[(\\\[\"']")
"""Signs of a selector whose names may stand for others, or not be needed."""
_DESCENDANT: Final = re.compile(r"(?<![\s,>+~(])\s+(?![\s,>+~)])")
_NAME: Final = re.compile(r"[.#]([\w-]+)")
_FEATURE: Final = re.compile(r"\(\s*(min-|max-)?([\w-]+)\s*(?:(:|<=?|>=?|=)\s*([\w./ -]+?))?\s*\)")
_READ: Final = frozenset(
    "display visibility content-visibility opacity filter color -webkit-text-fill-color "  # noqa: SIM905 - word lists read best as words
    "background-color background-image font-size text-indent position top right bottom left "
    "margin-top margin-left transform scale clip clip-path width height max-width max-height "
    "overflow text-decoration-line animation-name".split()
)
"""Properties that decide whether text can be seen."""
_PICTURE: Final = re.compile(r"url\(|gradient\(|image")
_OF_SCREEN: Final = {
    "orientation": "landscape", "prefers-color-scheme": "light", "hover": "hover",
    "any-hover": "hover", "pointer": "fine", "any-pointer": "fine", "scripting": "enabled",
    "prefers-reduced-motion": "no-preference", "prefers-contrast": "no-preference",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declaration:
    """One property with its value in lower case, and whether it is ``!important``."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for the elements that ``test`` is true of.

    ``layer`` counts from 0, rules in none having the highest; ``key`` is the class, id or name that
    an element must have, empty where it may have any; ``names`` are classes and ids that must
    be somewhere on the page. ``around`` counts how often the test looks through the elements around
    one, ``within`` says that it looks at all that are in it, and ``beside`` at those beside it.
    """

    test: Callable[[ElementWrapper], bool]
    specificity: tuple[int, int, int]
    layer: int
    key: str
    names: frozenset[str]
    around: int
    within: bool
    beside: bool
    declarations: tuple[Declaration, ...]


@dataclass(slots=True)
class _Sheet:
    """Reads style sheets; layers are known across them."""

    layers: dict[str, int] = field(default_factory=dict)

    def rules(self, nodes: list[Any], *, within: str, layer: str, depth: int) -> Iterator[Rule]:
        for node in nodes:
            if depth > _MAX_DEPTH:
                return
            if node.type == "qualified-rule":
                selector = _nested(tinycss2.serialize(node.prelude), within)
                contents = tinycss2.parse_blocks_contents(node.content, True, True)  # noqa: FBT003 - skips comments and white space
                yield from self._style_rule(selector, contents, layer)
                inner = [part for part in contents if part.type in ("qualified-rule", "at-rule")]
                yield from self.rules(inner, within=selector, layer=layer, depth=depth + 1)
            elif node.type == "at-rule":
                yield from self._at_rule(node, within=within, layer=layer, depth=depth)

    def _at_rule(self, node: Any, *, within: str, layer: str, depth: int) -> Iterator[Rule]:
        name, prelude = node.lower_at_keyword, tinycss2.serialize(node.prelude).strip()
        if name == "layer":
            names = [part.strip() for part in prelude.split(",") if part.strip()]
            for part in names or [f"anonymous {len(self.layers)}"]:
                layer_name = f"{layer}.{part}" if layer else part
                self.layers.setdefault(layer_name, len(self.layers))
            layer = layer_name
        elif name == "media":
            if not holds_on_screen(prelude):
                return
        elif name not in _IN_BLOCKS or (name == "supports" and prelude.startswith("not")):
            return
        if node.content is None:
            return
        contents = tinycss2.parse_blocks_contents(node.content, True, True)  # noqa: FBT003 - as above
        if within:
            yield from self._style_rule(within, contents, layer)
        yield from self.rules(contents, within=within, layer=layer, depth=depth + 1)

    def _style_rule(self, selector: str, contents: list[Any], layer: str) -> Iterator[Rule]:
        declarations = tuple(declarations_of(contents))
        if not declarations or len(selector) > MAX_SELECTOR:
            return
        try:
            compiled = compile_selector_list(selector)
        except (SelectorError, SyntaxError, RecursionError, MemoryError):
            return  # browsers skip what they don't understand too
        rank = self.layers[layer] if layer else _UNLAYERED
        parts = [] if _MANIFOLD.search(selector) else selector.split(",")
        named = len(parts) == len(compiled)
        for one, part in zip(compiled, parts if named else [selector] * len(compiled), strict=True):
            if one.never_matches or one.pseudo_element is not None:
                continue
            key = (one.id and f"#{one.id}") or (one.class_name and f".{one.class_name}")
            around = len(_DESCENDANT.findall(part.strip()))
            yield Rule(
                one.test,
                one.specificity,
                rank,
                key or one.lower_local_name or "",
                frozenset(_NAME.findall(part)) if named else frozenset(),
                around + part.count(":has("),
                ":has(" in part,
                any(sign in part for sign in ("~", "+", ":")),
                declarations,
            )


def rules_of(sheets: list[str]) -> list[Rule]:
    """Rules of style sheets in their order, as far as they set one of the properties read here."""
    reader = _Sheet()
    rules: list[Rule] = []
    for sheet in sheets:
        nodes = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
        rules += reader.rules(nodes, within="", layer="", depth=0)
    return rules


def inline_declarations(style: str) -> tuple[Declaration, ...]:
    """What a ``style`` attribute declares."""
    return tuple(declarations_of(tinycss2.parse_blocks_contents(style, True, True)))  # noqa: FBT003 - as above


def holds_on_screen(query: str) -> bool:
    """Whether a media query list holds on a usual screen; unknown features don't."""
    return not query.strip() or any(map(_query_holds, query.lower().split(",")))


def _query_holds(query: str) -> bool:
    words = _FEATURE.sub(" ", query).split()
    negated = "not" in words
    types = [word for word in words if word not in ("not", "only", "and", "or")]
    of_type = all(word in ("all", "screen") for word in types)
    features = [_feature_holds(match) for match in _FEATURE.finditer(query)]
    holds = of_type and (any(features) if "or" in words else all(features))
    return holds is not negated


def _feature_holds(match: re.Match[str]) -> bool:
    bound, name, sign, value = match[1] or "", match[2], match[3] or "", match[4] or ""
    if name in _OF_SCREEN:
        return not value or value.strip() == _OF_SCREEN[name]
    wanted = pixels(value.strip())
    if name not in _SCREEN or wanted is None:
        return False
    if bound == "min-" or sign.startswith(">"):
        return _SCREEN[name] >= wanted
    if bound == "max-" or sign.startswith("<"):
        return _SCREEN[name] <= wanted
    return _SCREEN[name] == wanted


def _nested(selector: str, within: str) -> str:
    """The selector of a rule inside of another one."""
    selector = selector.strip()
    if not within:
        return selector
    if "&" in selector:
        return selector.replace("&", f":is({within})")
    return f":is({within}) {selector}"


def declarations_of(contents: list[Any]) -> Iterator[Declaration]:
    """Declarations among what stands in a block, shorthands as the properties that they set."""
    for node in contents:
        if node.type != "declaration":
            continue
        name, important = node.lower_name, bool(node.important)
        value = tinycss2.serialize(node.value).strip()
        value = value if name.startswith("--") else value.lower()
        for longhand, part in _longhands(name, value):
            yield Declaration(longhand, part, important)


def _longhands(name: str, value: str) -> Iterator[tuple[str, str]]:
    parts = value.split()
    if name.startswith("--") or name in _READ:
        yield name, value
    elif name == "background":
        yield "background-color", value
        yield "background-image", value if _PICTURE.search(value) else "none"
    elif name == "inset" and parts:
        yield from zip(("top", "right", "bottom", "left"), sides(parts), strict=True)
    elif name == "margin" and parts:
        top, _, _, left = sides(parts)
        yield "margin-top", top
        yield "margin-left", left
    elif name == "font":
        size = next((part for part in parts if part[:1].isdigit() and not part.isdigit()), "")
        size = size or next((part for part in parts if part.startswith("0")), "")
        yield "font-size", size.partition("/")[0] or "medium"
    elif name in ("overflow-x", "overflow-y"):
        yield "overflow", value
    elif name == "text-decoration":
        yield "text-decoration-line", value
    elif name == "animation":
        yield "animation-name", value
