"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from app.errors import Forbidden
from app.http.edge.auth import PrincipalOf
from app.http.edge.errors import RETRY_AFTER_S
from app.http.edge.parts import EdgeOf

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def alive() -> JSONResponse:
    """Answers while the process can answer."""
    return JSONResponse({"alive": True})


@router.get("/readyz", responses={503: {"description": "Not yet, or not any more."}})
async def ready(edge: EdgeOf) -> JSONResponse:
    """200 once models are loaded and while jobs are worked; 503 with the reason otherwise.

    Damaged collections are counted and no reason for 503: without traffic the others would be gone
    as well, and a restart mends none.
    """
    if edge.startup.ready:
        service = edge.startup.service
        jobs = service.queue_health()
        if jobs.trouble:
            error = {"code": "jobs_stalled", "message": jobs.trouble}
            return JSONResponse({"ready": False, "error": error}, 503)
        amiss = {"parked_jobs": jobs.parked, "damaged": service.damaged_collections()}
        return JSONResponse({"ready": True} | {name: n for name, n in amiss.items() if n})
    if failure := edge.startup.failure:
        return JSONResponse(
            {"ready": False, "error": {"code": failure.code, "message": failure.message}}, 503
        )
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    return JSONResponse({"ready": False, "waiting_for": "models"}, 503, headers=retry)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(edge: EdgeOf, principal: PrincipalOf) -> Response:
    """Everything counted, in Prometheus' text format; for who may see all collections."""
    if not principal.sees_all:
        raise Forbidden("Metrics are of all collections together, and your key is not.")
    if edge.startup.ready:
        edge.metrics.queued(edge.startup.service.queue_health())
        edge.metrics.damaged(edge.startup.service.damaged_collections())
        edge.metrics.watch_caches(edge.startup.service.caches())
    # As a header, since `media_type` would have a second charset appended to it.
    return Response(edge.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
