"""The Model Context Protocol: tools for agents and editors, over the same use cases as HTTP."""
