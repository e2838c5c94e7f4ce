import re

import pytest

from eval.metrics.recall import recall
from eval.page.elements import element, to_text
from eval.page.plots import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, Series, line_plot
from eval.page.recall_curve import recall_by_depth
from eval.retrieval.runs import Run


def points(figure):
    drawn = re.search(r'points="([^"]*)"', to_text(figure))[1]
    return [tuple(map(float, pair.split(","))) for pair in drawn.split()]


def test_a_line_goes_from_corner_to_corner_where_its_values_do():
    figure = line_plot("t", Axis("x", (0.0, 1.0)), "y", [Series("s", ((0.0, 0.0), (1.0, 1.0)))])
    assert points(figure) == [(LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, TOP)]


def test_on_a_logarithmic_axis_ten_stands_in_the_middle_of_one_and_a_hundred():
    axis = Axis("k", (1, 10, 100), logarithmic=True)
    line = Series("s", ((1, 0.0), (10, 0.5), (100, 1.0)))
    middle = points(line_plot("t", axis, "y", [line]))[1]
    assert middle == ((LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_constant_is_drawn_within_the_plot(value):
    figure = line_plot("t", Axis("x", (1.0, 2.0)), "y", [Series("s", ((1.0, value), (2.0, value)))])
    assert all(TOP <= y <= HEIGHT - BOTTOM for _, y in points(figure))


def test_the_numbers_at_the_marks_stand_in_a_table():
    line = Series("s", ((1.0, 0.25), (2.0, 0.5), (3.0, 0.75)))
    text = to_text(line_plot("t", Axis("k", (1.0, 3.0)), "y", [line]))
    assert '<th scope="row">s</th><td>0.250</td><td>0.750</td>' in text


def test_children_stand_in_order_and_strings_are_text():
    made = element("p", "a < b ", element("b", "&"), " c", " d", class_="x", aria_label='"q"')
    assert to_text(made) == (
        '<!doctype html>\n<p class="x" aria-label="&quot;q&quot;">a &lt; b <b>&amp;</b> c d</p>\n'
    )


def test_recall_by_depth_is_recall_at_each_depth():
    qrels = {"q1": {"a": 1, "b": 2, "c": 0}, "q2": {"z": 1}}
    rankings = {"q1": ["x", "b", "c", "a"], "q2": []}
    run = Run("s", {id_: tuple((d, 1.0) for d in found) for id_, found in rankings.items()})
    expected = [sum(recall(rankings[id_], qrels[id_], k) for id_ in qrels) / 2 for k in range(1, 7)]
    assert recall_by_depth(run, qrels, depth=6) == pytest.approx(expected)
    assert expected == [0, 0.25, 0.25, 0.5, 0.5, 0.5]
