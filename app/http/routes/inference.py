"""``/v1/embeddings`` and ``/v1/rerank``: the loaded models, without a collection."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.http.edge.json_bodies import read_json
from app.http.edge.parts import EdgeOf
from app.http.edge.responses import json_response
from app.http.schemas.inference import (
    EmbeddingsRequest,
    EmbeddingsResponse,
    RerankRequest,
    RerankResponse,
)
from app.http.schemas.openapi import json_body

router = APIRouter(tags=["models"])


@router.post(
    "/v1/embeddings",
    response_model=EmbeddingsResponse,
    openapi_extra=json_body(EmbeddingsRequest),
)
async def embeddings(request: Request, edge: EdgeOf) -> Response:
    """Vectors of texts by the loaded embedder."""
    with edge.lanes.models.take() as place:
        body = await read_json(request, EmbeddingsRequest)
        found = await edge.run(
            request,
            place,
            lambda service: service.inference.embed(
                body.texts, body.kind, model=body.model, dimensions=body.dimensions
            ),
        )
    return json_response(EmbeddingsResponse.from_domain(found, encoding=body.encoding_format))


@router.post("/v1/rerank", response_model=RerankResponse, openapi_extra=json_body(RerankRequest))
async def rerank(request: Request, edge: EdgeOf) -> Response:
    """Documents in the order in which they answer a query, by the loaded reranker or reader."""
    with edge.lanes.models.take() as place:
        body = await read_json(request, RerankRequest)
        scored = await edge.run(
            request,
            place,
            lambda service: service.inference.score(body.query, body.texts, model=body.model),
        )
    return json_response(RerankResponse.from_domain(scored, body))
