"""``rag eval``: one module a command; `group` is what typer sees."""
