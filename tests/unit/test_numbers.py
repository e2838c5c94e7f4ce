"""No float that decides an answer or a ranking stands in the middle of code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from app import answering, retrieval
from app.models import rerankers

ENDS: frozenset[float] = frozenset({0.0, 1.0})
"""Nothing and all of a share or a probability: bounds, and no choice of anybody."""
FILES = sorted(
    file
    for room in (answering, retrieval, rerankers)
    for file in Path(room.__path__[0]).rglob("*.py")
)


def unnamed_numbers(tree: ast.Module) -> Iterator[tuple[int, float]]:
    """Line and value of each float that no constant of the module names."""
    named = {id(node) for constant in _constants(tree) for node in ast.walk(constant)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, float)
            and node.value not in ENDS
            and id(node) not in named
        ):
            yield node.lineno, node.value


def unexplained_numbers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each constant that is a number and has no sentence below it."""
    for statement, below in pairwise([*tree.body, ast.Pass()]):
        if statement not in _constants(tree) or not isinstance(statement, ast.AnnAssign):
            continue
        explained = (
            isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        )
        if _is_number(statement.value) and not explained:
            yield statement.lineno, ast.unparse(statement.target)


def _is_number(value: ast.expr | None) -> bool:
    """Whether it is a number, or is worked out from numbers alone."""
    match value:
        case ast.Constant(value=constant):
            return isinstance(constant, int | float)
        case ast.UnaryOp(operand=operand):
            return _is_number(operand)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
    return False


def _constants(tree: ast.Module) -> list[ast.stmt]:
    """What gives a name in capitals to a value, once for the whole module."""
    return [
        statement
        for statement in tree.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id.isupper()
    ]


def test_no_answer_or_ranking_depends_on_a_float_without_a_name() -> None:
    assert len(FILES) > 80
    assert [
        f"{file}:{line}: {value} needs a name, or a setting"
        for file in FILES
        for line, value in unnamed_numbers(_tree(file))
    ] == []


def test_every_named_number_says_what_it_is() -> None:
    assert [
        f"{file}:{line}: {name} needs a sentence below it"
        for file in FILES
        for line, name in unexplained_numbers(_tree(file))
    ] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("def f(x):\n    return x > 0.7", [(2, 0.7)], id="in an expression"),
        pytest.param("def f(x, least=0.7): ...", [(1, 0.7)], id="as a default"),
        pytest.param("least = 0.7", [(1, 0.7)], id="in a variable"),
        pytest.param("LEAST: Final = 0.7", [], id="in a constant"),
        pytest.param("SHARES: Final = {'a': 0.7}", [], id="in a table of constants"),
        pytest.param("def f(x):\n    return min(1.0, max(0.0, x))", [], id="the ends of a share"),
    ],
)
def test_a_number_without_a_name_is_found(source: str, found: list[tuple[int, float]]) -> None:
    assert list(unnamed_numbers(ast.parse(source))) == found


def test_a_named_number_without_a_sentence_is_found() -> None:
    tree = ast.parse("LEAST: Final = 0.7\nMOST: Final = 3\n'''Of its parts.'''\n")
    assert list(unexplained_numbers(tree)) == [(1, "LEAST")]


@pytest.mark.parametrize("value", ["-0.5", "2**20", "-(3 * 10**2)", "1 / 3"])
def test_a_named_number_that_is_worked_out_needs_a_sentence_too(value: str) -> None:
    assert list(unexplained_numbers(ast.parse(f"MOST: Final = {value}"))) == [(1, "MOST")]


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
