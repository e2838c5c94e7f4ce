"""Reports as self-contained HTML pages. Begin with `eval.page.retrieval_page`."""
