"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from app.http.edge import EdgeOf
from app.http.errors import RETRY_AFTER_S

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def alive() -> JSONResponse:
    """Answers while the process can answer."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
async def ready(edge: EdgeOf) -> JSONResponse:
    """200 once models are loaded; 503 with the reason until then."""
    if edge.startup.ready:
        return JSONResponse({"ready": True})
    if failure := edge.startup.failure:
        return JSONResponse(
            {"ready": False, "error": {"code": failure.code, "message": failure.message}}, 503
        )
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    return JSONResponse({"ready": False, "waiting_for": "models"}, 503, headers=retry)


@router.get("/metrics")
async def metrics(edge: EdgeOf) -> Response:
    """Everything counted, in Prometheus' text format."""
    # As a header, since `media_type` would have a second charset appended to it.
    return Response(edge.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
