"""What the service says in its own words, in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.names.named import Named

_LONGEST = 120


def greeting(language: str) -> str:
    """To somebody who asks nothing."""
    if language == "zh":
        return "这不是一个问题，因此没有检索。请就文档内容提问。"
    return "This asks nothing, so nothing was searched. Ask something about the documents."


def nothing_matches(language: str) -> str:
    """Where the search found nothing at all."""
    if language == "zh":
        return "集合中没有与问题相关的内容。"
    return "Nothing in the collection matches the question."


def not_answered(language: str, documents: int) -> str:
    """Where passages were found, and none of them answers."""
    if language == "zh":
        return f"已检索，与问题最接近的 {documents} 份文档都没有给出答案。"
    found = "document" if documents == 1 else f"{documents} documents"
    verb = "does" if documents == 1 else "do"
    return f"The {found} nearest to the question {verb} not answer it."


def not_named(language: str, names: Sequence[Named], *, everywhere: bool) -> str:
    """Where the question names something that no statement is about.

    ``everywhere``: it stands nowhere in the collection.
    """
    shown = [name.text for name in names]
    if language == "zh":
        listed = "、".join(f"“{name}”" for name in shown)
        return f"文档中没有提到{listed}。" if everywhere else f"没有找到关于{listed}的答案。"
    listed = " and ".join(f"“{name}”" for name in shown)
    if everywhere:
        return f"The documents do not mention {listed}."
    return f"Nothing that was found about {listed} answers the question."


def searched_for(language: str, query: str) -> str:
    """Where the question was answered only as the documents spell its words."""
    short = query if len(query) <= _LONGEST else f"{query[: _LONGEST - 1]}…"
    if language == "zh":
        return f"已按“{short}”检索。"
    return f"Searched for “{short}”."


def part_not_answered(language: str, part: str, reason: str) -> str:
    """Of a question of several parts, one that has no answer."""
    short = part if len(part) <= _LONGEST else f"{part[: _LONGEST - 1]}…"
    if language == "zh":
        return f"未找到“{short}”的答案：{reason}"
    return f"No answer was found to “{short}”: {reason}"


def sources_differ(language: str) -> str:
    """Where statements contradict each other."""
    if language == "zh":
        return "以上来源说法不一致，有效或较新的排在前面。"
    return "The sources differ; what is valid or newest comes first."


def left_out(language: str, count: int) -> str:
    """Items of a list that are not shown."""
    if language == "zh":
        return f"另有 {count} 项未列出。"
    return f"{count} more {'is' if count == 1 else 'are'} not shown."


def counted(language: str, count: int) -> str:
    """How many items the list has that was quoted."""
    if language == "zh":
        return f"文档中共列出 {count} 项。"
    return f"The documents list {count}."
