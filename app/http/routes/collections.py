"""``/v1/collections``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.http.edge.auth import PrincipalOf
from app.http.edge.parts import EdgeOf
from app.http.schemas.documents import CollectionListResponse, CollectionSummary

router = APIRouter(tags=["collections"])


@router.get("/v1/collections")
async def list_collections(
    request: Request, edge: EdgeOf, principal: PrincipalOf
) -> CollectionListResponse:
    """The collections that may be searched, with their sizes."""
    stats = await edge.call(
        request, edge.lanes.reads, lambda service: service.collections(principal)
    )
    return CollectionListResponse(items=[CollectionSummary.from_domain(one) for one in stats])


@router.delete("/v1/collections/{name}", status_code=204)
async def drop_collection(
    request: Request, edge: EdgeOf, principal: PrincipalOf, name: str
) -> Response:
    """Removes a collection and all it holds."""
    await edge.call(request, edge.lanes.removals, lambda service: service.drop(principal, name))
    return Response(status_code=204)
