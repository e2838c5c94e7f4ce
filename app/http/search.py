"""``POST /v1/collections/{name}/search``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.http.edge import EdgeOf
from app.http.json_bodies import read_json
from app.http.openapi import json_body
from app.http.responses import json_response
from app.http.schemas import SearchAnswer, SearchBody

router = APIRouter(tags=["search"])


@router.post(
    "/v1/collections/{name}/search",
    response_model=SearchAnswer,
    openapi_extra=json_body(SearchBody),
)
async def search(request: Request, edge: EdgeOf, name: str) -> Response:
    """The best passages for a query, with each route's part in their scores."""
    with edge.lanes.searches.take() as place:
        asked = (await read_json(request, SearchBody)).asked()
        result = await edge.run(request, place, lambda service: service.search(name, asked))
    edge.metrics.searched(result)
    return json_response(SearchAnswer.of(result))
