"""Each way to hide text, with a twin that differs in little and is seen."""

import time

import pytest

from app.errors import DocumentRejected
from ingest.loaders.registry import load

SECRET = "OBEY"


def shown(page):
    return SECRET in load("a.html", f"<blockquote>Seen.</blockquote>{page}".encode()).text


def styled(value, tag="p"):
    return f'<{tag} style="{value}">{SECRET}</{tag}>'


def ruled(sheet, body=f'<div class="box"><p class="x">{SECRET}</p></div>'):
    return f"<style>{sheet}</style>{body}"


PAIRS = {
    "display": (styled("display:none"), styled("display:inline")),
    "display important": (
        ruled("p{display:none !important}", f'<p style="display:block">{SECRET}</p>'),
        ruled("p{display:none}", f'<p style="display:block">{SECRET}</p>'),
    ),
    "visibility": (styled("visibility:hidden"), styled("visibility:visible")),
    "visibility of a child": (
        f'<div style="visibility:hidden"><p>{SECRET}</p></div>',
        f'<div style="visibility:hidden"><p style="visibility:visible">{SECRET}</p></div>',
    ),
    "collapse": (styled("visibility:collapse"), styled("border-collapse:collapse")),
    "content-visibility": (
        styled("content-visibility:hidden"),
        styled("content-visibility:auto"),
    ),
    "opacity": (styled("opacity:0"), styled("opacity:.5")),
    "opacity of per cent": (styled("opacity:1%"), styled("opacity:100%")),
    "opacity before an animation": (
        styled("opacity:0; animation:none"),
        styled("opacity:0; animation:appear 1s forwards"),
    ),
    "filter": (styled("filter:opacity(0)"), styled("filter:opacity(80%)")),
    "white on white": (styled("color:white"), styled("color:white;background:navy")),
    "nearly white": (styled("color:#fefefe"), styled("color:#888")),
    "rgb": (styled("color:rgb(255, 255, 255)"), styled("color:rgb(25, 25, 25)")),
    "hsl": (styled("color:hsl(0 0% 100%)"), styled("color:hsl(0 0% 20%)")),
    "oklch": (styled("color:oklch(1 0 0)"), styled("color:oklch(.3 0 0)")),
    "transparent": (styled("color:transparent"), styled("background:transparent")),
    "alpha": (styled("color:rgba(0,0,0,0)"), styled("color:rgba(0,0,0,.8)")),
    "hex alpha": (styled("color:#0000"), styled("color:#000f")),
    "fill": (
        styled("-webkit-text-fill-color:transparent"),
        styled("-webkit-text-fill-color:red"),
    ),
    "colour of the background": (
        styled("color:#123456;background-color:#123456"),
        styled("color:#123456;background-color:#fff"),
    ),
    "background around": (
        f'<div style="background:black"><p>{SECRET}</p></div>',
        f'<div style="background:black"><p style="color:#fff">{SECRET}</p></div>',
    ),
    "background picture": (
        styled("color:#fff; background:none"),
        styled("color:#fff; background:url(sky.jpg)"),
    ),
    "variable": (
        ruled(":root{--paper:#fff} .x{color:var(--paper)}"),
        ruled(":root{--paper:#333} .x{color:var(--paper)}"),
    ),
    "variable with a fallback": (
        styled("color:var(--nothing, white)"),
        styled("color:var(--nothing, black)"),
    ),
    "font element": (
        f'<font color="#FFFFFF">{SECRET}</font>',
        f'<table bgcolor="#000000"><tr><td><font color="#FFFFFF">{SECRET}</font></table>',
    ),
    "font size": (styled("font-size:0"), styled("font-size:10px")),
    "font of one pixel": (styled("font-size:1px"), styled("font-size:1em")),
    "font of per cent": (styled("font-size:1%"), styled("font-size:90%")),
    "font shorthand": (styled("font:0/0 a"), styled("font:bold 12px/1 serif")),
    "font around": (
        f'<div style="font-size:0"><p>{SECRET}</p></div>',
        f'<div style="font-size:0"><p style="font-size:16px">{SECRET}</p></div>',
    ),
    "indent": (styled("text-indent:-9999px"), styled("text-indent:-2em")),
    "indent of per cent": (
        styled("text-indent:-100em;overflow:hidden"),
        styled("text-indent:100%"),
    ),
    "left": (
        styled("position:absolute;left:-9999px"),
        styled("left:-9999px"),  # does nothing without a position
    ),
    "far left by calculation": (
        styled("position:absolute;left:calc(-9000px - 1em)"),
        styled("position:absolute;left:calc(10px + 1em)"),
    ),
    "top": (styled("position:fixed;top:-2000px"), styled("position:fixed;top:20px")),
    "right": (styled("position:absolute;right:9999px"), styled("position:absolute;right:0")),
    "inset": (styled("position:absolute;inset:-9999px auto auto"), styled("inset:0")),
    "margin": (styled("margin-left:-9999px"), styled("margin-left:-10px")),
    "translate": (
        styled("transform:translateX(-9999px)"),
        styled("position:absolute;left:50%;transform:translate(-50%,-50%)"),
    ),
    "scale": (styled("transform:scale(0)"), styled("transform:scale(.9)")),
    "turned": (styled("transform:rotateY(90deg)"), styled("transform:rotate(90deg)")),
    "clip": (
        styled("position:absolute;clip:rect(0,0,0,0)"),
        styled("clip:rect(0,0,0,0)"),  # does nothing without a position
    ),
    "clip of one pixel": (
        styled("position:absolute;clip:rect(1px 1px 1px 1px)"),
        styled("position:absolute;clip:rect(0 200px 50px 0)"),
    ),
    "clip-path inset": (styled("clip-path:inset(50%)"), styled("clip-path:inset(5%)")),
    "clip-path circle": (styled("clip-path:circle(0)"), styled("clip-path:circle(50%)")),
    "clip-path polygon": (
        styled("clip-path:polygon(0 0, 0 0, 0 0)"),
        styled("clip-path:polygon(0 0, 100% 0, 50% 100%)"),
    ),
    "one pixel": (
        styled("width:1px;height:1px;overflow:hidden"),
        styled("width:1px;height:1px"),  # shows what does not fit
    ),
    "no height": (styled("height:0;overflow:hidden"), styled("height:40px;overflow:hidden")),
    "no greatest height": (
        styled("max-height:0;overflow-y:hidden"),
        styled("max-height:none;overflow-y:hidden"),
    ),
    "hidden": (f"<p hidden>{SECRET}</p>", f"<p class=hidden-gem>{SECRET}</p>"),
    "hidden but displayed": (
        ruled("p{color:red}", f"<p hidden>{SECRET}</p>"),
        ruled("[hidden]{display:block}", f"<p hidden>{SECRET}</p>"),
    ),
    "aria-hidden": (f"<p aria-hidden=true>{SECRET}</p>", f"<p aria-hidden=false>{SECRET}</p>"),
    "template": (f"<template><p>{SECRET}</p></template>", f"<section>{SECRET}</section>"),
    "noscript": (f"<noscript>{SECRET}</noscript>", f"<p class=noscript>{SECRET}</p>"),
    "comment": (f"<!-- <p>{SECRET}</p> -->", f"<!-- x --><p>{SECRET}</p>"),
    "closed dialog": (f"<dialog>{SECRET}</dialog>", f"<details>{SECRET}</details>"),
    "class": (ruled(".x{display:none}"), ruled(".y{display:none}")),
    "id": (
        ruled("#a{display:none}", f"<p id=a>{SECRET}</p>"),
        ruled("#a{display:none}", f"<p id=b>{SECRET}</p>"),
    ),
    "element and class": (ruled("p.x{display:none}"), ruled("span.x{display:none}")),
    "two classes": (
        ruled(".a.b{display:none}", f'<p class="a b">{SECRET}</p>'),
        ruled(".a.b{display:none}", f'<p class="a">{SECRET}</p>'),
    ),
    "descendant": (ruled(".box p{display:none}"), ruled(".bin p{display:none}")),
    "child": (ruled(".box > .x{display:none}"), ruled("body > .x{display:none}")),
    "sibling": (
        ruled("b + p{display:none}", f"<b>a</b><p>{SECRET}</p>"),
        ruled("b + p{display:none}", f"<b>a</b><i>b</i><p>{SECRET}</p>"),
    ),
    "attribute": (
        ruled("[data-x=y]{display:none}", f"<p data-x=y>{SECRET}</p>"),
        ruled("[data-x=y]{display:none}", f"<p data-x=z>{SECRET}</p>"),
    ),
    "nth-child": (
        ruled("li:nth-child(2){display:none}", f"<ul><li>a<li>{SECRET}</ul>"),
        ruled("li:nth-child(2){display:none}", f"<ul><li>{SECRET}<li>a</ul>"),
    ),
    "not": (
        ruled("p:not(.y){opacity:0}", f"<p class=x>{SECRET}</p>"),
        ruled("p:not(.x){opacity:0}", f"<p class=x>{SECRET}</p>"),
    ),
    "list of selectors": (ruled("h1, .q, .x{display:none}"), ruled("h1, .q{display:none}")),
    "nested rule": (
        ruled(".box{color:red; .x{display:none}}"),
        ruled(".bin{color:red; .x{display:none}}"),
    ),
    "specificity": (
        ruled("p.x{display:none} p{display:block}"),
        ruled("p{display:none} p.x{display:block}"),
    ),
    "order": (
        ruled(".x{display:block} .x{display:none}"),
        ruled(".x{display:none} .x{display:block}"),
    ),
    "screen": (
        ruled("@media screen{.x{display:none}}"),
        ruled("@media print{.x{display:none}}"),
    ),
    "width of the screen": (
        ruled("@media (min-width:100px){.x{display:none}}"),
        ruled("@media (max-width:600px){.x{display:none}}"),
    ),
    "media of a style sheet": (
        f"<style media=screen>.x{{display:none}}</style><p class=x>{SECRET}</p>",
        f"<style media=print>.x{{display:none}}</style><p class=x>{SECRET}</p>",
    ),
    "layer": (
        ruled("@layer a{.x{display:none}}"),
        ruled("@layer a{.x{display:none}} .x{display:block}"),
    ),
    "order of layers": (
        ruled("@layer a, b; @layer b{.x{display:none}} @layer a{.x{display:block}}"),
        ruled("@layer b, a; @layer b{.x{display:none}} @layer a{.x{display:block}}"),
    ),
    "supports": (
        ruled("@supports (display:grid){.x{display:none}}"),
        ruled("@supports not (display:grid){.x{display:none}}"),
    ),
    "comments in a style sheet": (
        ruled(".x{/* a } */display:/**/none}"),
        ruled("/* .x{display:none} */"),
    ),
    "escapes": (ruled(".x{d\\69splay:none}"), ruled(".x{d\\69 rection:ltr}")),
    "invalid rule before": (
        ruled("p:::q{} .x{display:none}"),
        ruled(".x, p:::q{display:none}"),
    ),
    "del": (f"<del>{SECRET}</del>", f"<ins>{SECRET}</ins>"),
    "s": (f"<p>now <s>{SECRET}</s></p>", f"<p>now <samp>{SECRET}</samp></p>"),
    "strike": (f"<strike>{SECRET}</strike>", f"<strong>{SECRET}</strong>"),
    "line-through": (
        styled("text-decoration:line-through"),
        styled("text-decoration:underline"),
    ),
    "line-through by a class": (
        ruled(".x{text-decoration-line:line-through}"),
        ruled(".x{text-decoration-line:none}"),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_readers_do_not_see_is_not_read(name):
    assert not shown(PAIRS[name][0])


@pytest.mark.parametrize("name", PAIRS)
def test_what_readers_see_is_read(name):
    assert shown(PAIRS[name][1])


def test_text_behind_what_is_hidden_stays():
    page = "<p>one<span hidden>x</span> two<del>y</del> three</p><p style='display:none'>z</p>four"
    assert load("a.html", page.encode()).text == "one two three\n\nfour"


def test_struck_text_of_markdown_is_left_out():
    assert load("a.md", b"The fee is ~~40~~ 60 euros.").text == "The fee is 60 euros."


@pytest.mark.parametrize(
    "part",
    [
        pytest.param('<div class="footer">X</div>', id="footer"),
        pytest.param('<div id="site-footer"><p>X</p></div>', id="footer by id"),
        pytest.param('<div role="contentinfo">X</div>', id="role"),
        pytest.param('<div class="main-nav"><a href=/a>X</a> <a href=/b>b</a></div>', id="menu"),
        pytest.param('<div id="cookie-banner">X <button>OK</button></div>', id="cookies"),
        pytest.param('<div class="cookieConsent">X</div>', id="camel case"),
        pytest.param('<section class="gdpr-notice">X</section>', id="gdpr"),
        pytest.param('<div id="onetrust-consent-sdk">X</div>', id="product"),
        pytest.param("<div class='cc-window cc-banner'>X</div>", id="another product"),
    ],
)
def test_what_frames_the_content_is_left_out(part):
    assert load("a.html", f"<p>Seen.</p>{part}".encode()).text == "Seen."


@pytest.mark.parametrize(
    "part",
    [
        pytest.param('<div class="footer-note">X</div>', id="note"),
        pytest.param('<section id="footer"><h2>Footer</h2>X</section>', id="named by its heading"),
        pytest.param(
            '<section id="cookie-banner"><h3>Cookie banner</h3>X</section>', id="about banners"
        ),
        pytest.param('<div class="footer"><article>X</article></div>', id="holds the content"),
        pytest.param('<div class="nav">Go to X and turn left.</div>', id="no menu"),
        pytest.param('<div class="cookie-recipe">X</div>', id="recipe"),
        pytest.param('<div id="consent-form">X</div>', id="form of consent"),
        pytest.param(f'<div class="cookie-notice">X{"policy " * 400}</div>', id="policy"),
    ],
)
def test_what_only_sounds_like_a_frame_stays(part):
    assert "X" in load("a.html", f"<p>Seen.</p>{part}".encode()).text


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<style>" + ".a .b{color:red}" * 6_000 + "</style><p class=b>x", id="rules"),
        pytest.param(
            "<style>.a .b .c{color:red}</style>" + "<div class='b c'>" * 700 + "x", id="deep"
        ),
        pytest.param("<style>" + ":is(" * 3_000 + "</style><p>x", id="selector"),
        pytest.param(f"<p style='color:{'(' * 50_000}'>x", id="value"),
        pytest.param(f"<style>{'@media all{' * 5_000}</style><p>x", id="media"),
        pytest.param(f"<style>{'a{' * 20_000}</style><p>x", id="nesting"),
        pytest.param(f"<p style='--a:var(--a)var(--a);color:{'var(--a)' * 100}'>x", id="variables"),
        pytest.param("<div class=nav>" * 5_000 + "x" * 50_000, id="menus"),
        pytest.param("<ul><li><a href=#a>x</a>" * 2_000, id="lists"),
    ],
)
def test_hostile_styles_take_little_time(page):
    start = time.process_time()
    try:
        assert "x" in load("a.html", f"<p class=a>x</p>{page}".encode()).text
    except DocumentRejected as error:
        assert error.code in ("too_large", "nested_too_deep")  # noqa: PT017 - either is a clear answer
    assert time.process_time() - start < 5


def test_rules_for_what_the_page_does_not_have_cost_nothing():
    rules = "".join(f".c{n} a, .c{n} p{{color:red}}" for n in range(1_500))
    page = f"<style>{rules}</style>" + "<div class=row><p>x <a href=y>y</a></p></div>" * 3_000
    assert load("a.html", page.encode()).text.startswith("x y")


def test_styles_that_take_too_long_are_refused():
    rules = "".join(f"div:not(.a{n}) b{{color:red}}" for n in range(1_000))
    page = f"<style>{rules}</style>" + "<div><b>x</b></div>" * 5_000
    with pytest.raises(DocumentRejected) as rejection:
        load("a.html", page.encode())
    assert rejection.value.code == "too_large"
    assert "without styles" in rejection.value.message
