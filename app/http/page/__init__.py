"""The page at ``/``: a browser's view of the same API that every other client has.

`app.http.page.files` serves what lies in ``static``: HTML, CSS and modules as they were written.
"""
