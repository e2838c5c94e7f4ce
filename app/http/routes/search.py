"""``POST /v1/collections/{name}/search``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.http.edge.auth import PrincipalOf
from app.http.edge.json_bodies import read_json
from app.http.edge.parts import EdgeOf
from app.http.edge.responses import json_response
from app.http.schemas.answers import SearchRequest, SearchResponse
from app.http.schemas.openapi import json_body

router = APIRouter(tags=["search"])


@router.post(
    "/v1/collections/{name}/search",
    response_model=SearchResponse,
    openapi_extra=json_body(SearchRequest),
)
async def search(request: Request, edge: EdgeOf, principal: PrincipalOf, name: str) -> Response:
    """The best passages for a query, with each route's part in their scores."""
    with edge.lanes.searches.take() as place:
        asked = (await read_json(request, SearchRequest)).to_domain()
        result = await edge.run(
            request, place, lambda service: service.search(principal, name, asked)
        )
    edge.metrics.searched(result)
    return json_response(SearchResponse.from_domain(result))
