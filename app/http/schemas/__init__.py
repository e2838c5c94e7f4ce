"""Request and response bodies, named as the OpenAPI document names them.

Begin with `app.http.schemas.answers`: a search and an answer are most of the API.
"""
