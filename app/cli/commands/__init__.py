"""The commands of ``rag``, one family a file; each is a few lines over `app.main.Application`."""
