"""What a page's own styles hide from its readers, taken out of its tree.

Hidden text is left out for two reasons: quotes must be what a reader finds on the page, and text
that only machines see is where instructions to language models are planted. Decided is what can be
decided from the page itself: style sheets elsewhere are not fetched.
"""

from __future__ import annotations

from cssselect2 import ElementWrapper
from lxml.etree import _Element as Element

from ingest.loaders.html.cascade import Styles
from ingest.loaders.html.hiding import is_dropped
from ingest.loaders.html.look import Look, look_of
from ingest.loaders.html.tree import remove


def remove_unseen(root: Element) -> None:
    """Takes hidden and struck elements and texts out of a tree.

    Raises:
        DocumentRejected: ``too_large``, when the styles of the page take too long to apply.
    """
    styles = Styles(root)
    stack = [(ElementWrapper.from_html_root(root), Look(), 0)]
    dropped: list[Element] = []
    unseen: list[Element] = []
    while stack:
        wrapper, around, depth = stack.pop()
        element = wrapper.etree_element
        if element.tag == "head":
            continue
        declared = styles.of(wrapper, depth)
        look = look_of(element, declared, around)
        if element is not root and is_dropped(element, declared, look):
            dropped.append(element)
            continue
        if not look.is_seen:
            unseen.append(element)
        stack.extend((child, look, depth + 1) for child in wrapper.iter_children())
    for element in unseen:
        element.text = None
        for child in element:
            child.tail = None
    for element in dropped:
        remove(element)
