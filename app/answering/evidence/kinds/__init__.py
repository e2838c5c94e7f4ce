"""The kind of thing that a question asks for, and whether a text holds one."""
