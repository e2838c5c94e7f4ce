"""``/v1/collections/{name}/documents`` and ``/v1/jobs/{id}``."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from app.access.guarded_store import require
from app.access.principal import Principal
from app.domain.jobs import JobStatus, Upload
from app.errors import InvalidRequest, TransientError
from app.http.edge.auth import PrincipalOf
from app.http.edge.errors import Problem, UnsupportedMedia
from app.http.edge.json_bodies import media_type, read_json
from app.http.edge.parts import Edge, EdgeOf, until_disconnect
from app.http.edge.responses import json_response
from app.http.routes.uploads import file_upload, record_uploads
from app.http.schemas.documents import (
    MAX_DOCUMENTS,
    MAX_PAGE,
    MAX_RECORD_VALUES,
    DocumentListResponse,
    DocumentResponse,
    DocumentsRequest,
    JobAcceptedResponse,
    JobResponse,
)
from app.http.schemas.openapi import json_body

WAIT_SLICE_S: Final = 1.0
"""How long one look at a job waits: a client that leaves frees its waiter that soon."""


class _DocumentId(Convertor[str]):
    """The rest of a path, whatever it holds.

    Starlette's ``path`` ends before a line feed, and so would take ``a%0A`` for the document ``a``.
    """

    regex = "(?s:.+)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("document_id", _DocumentId())

router = APIRouter(tags=["documents"])
DOCUMENTS: Final = "/v1/collections/{name}/documents"
DOCUMENT: Final = DOCUMENTS + "/{document_id:document_id}"


@router.post(
    DOCUMENTS,
    status_code=202,
    response_model=JobAcceptedResponse,
    responses={200: {"model": JobResponse, "description": "The job has ended, with `wait`."}},
    openapi_extra=json_body(DocumentsRequest, or_files=True),
)
async def submit(
    request: Request, edge: EdgeOf, principal: PrincipalOf, name: str, *, wait: bool = False
) -> Response:
    """Takes documents over, as JSON or as files, and indexes them in the background.

    With ``wait=true`` the answer says what became of them, if that does not take too long.
    """
    job = await _submit(request, edge, principal, name)
    if wait:
        job = await _ended(request, edge, principal, job)
    if job.state == "failed":
        message = job.error or "The job failed."
        return Problem(500, "job_failed", message, job_id=job.id).response(_location(job))
    if job.state == "done" and wait:
        return json_response(JobResponse.from_domain(job))
    return json_response(JobAcceptedResponse(job_id=job.id), status=202, headers=_location(job))


@router.get(DOCUMENTS)
async def list_documents(
    request: Request,
    edge: EdgeOf,
    principal: PrincipalOf,
    name: str,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
) -> DocumentListResponse:
    """A page of documents, by id; ``next`` is the ``after`` of the page that follows."""
    records = await edge.call(
        request,
        edge.lanes.reads,
        lambda service: service.records(principal, name, after=after, limit=limit + 1),
    )
    return DocumentListResponse.from_domain(records, limit=limit)


@router.get(DOCUMENT)
async def get_document(
    request: Request, edge: EdgeOf, principal: PrincipalOf, name: str, document_id: str
) -> DocumentResponse:
    """One document with its text."""
    found = await edge.call(
        request, edge.lanes.reads, lambda service: service.document(principal, name, document_id)
    )
    return DocumentResponse.from_domain(*found)


@router.delete(DOCUMENT, status_code=204)
async def delete_document(
    request: Request, edge: EdgeOf, principal: PrincipalOf, name: str, document_id: str
) -> Response:
    """Removes one document."""
    await edge.call(
        request, edge.lanes.removals, lambda service: service.delete(principal, name, document_id)
    )
    return Response(status_code=204)


@router.get("/v1/jobs/{job_id}", response_model=JobResponse)
async def get_job(request: Request, edge: EdgeOf, principal: PrincipalOf, job_id: str) -> Response:
    """How far an ingestion job is."""
    job = await edge.call(request, edge.lanes.polls, lambda service: service.job(principal, job_id))
    return json_response(JobResponse.from_domain(job))


async def _submit(request: Request, edge: Edge, principal: Principal, name: str) -> JobStatus:
    require(principal, "ingest", name)  # before a place is taken and a byte is read
    match media_type(request):
        case "application/json":
            read = _records
        case "multipart/form-data":
            read = _files
        case _:
            raise UnsupportedMedia(
                'Send {"documents": […]} as application/json, or files as multipart/form-data.'
            )
    with edge.lanes.uploads.take() as place:
        uploads = await read(request)
        job = await edge.run(
            request, place, lambda service: service.submit(principal, name, uploads)
        )
    edge.metrics.submitted(kind=uploads[0].kind, uploads=len(uploads))
    return job


async def _records(request: Request) -> list[Upload]:
    body = await read_json(request, DocumentsRequest, max_values=MAX_RECORD_VALUES)
    return record_uploads(body.documents)


async def _files(request: Request) -> list[Upload]:
    async with request.form(max_files=MAX_DOCUMENTS) as form:
        uploads = [
            file_upload(value.filename or "", await value.read())
            for _, value in form.multi_items()
            if isinstance(value, UploadFile)
        ]
    if not uploads:
        raise InvalidRequest("The form has no files; add one, in a field of any name.")
    return uploads


async def _ended(request: Request, edge: Edge, principal: Principal, job: JobStatus) -> JobStatus:
    """The job when it has ended, or as it is when the time is up or no waiter is free."""
    deadline = time.monotonic() + edge.wait_s
    while job.state in ("queued", "running") and (left := deadline - time.monotonic()) > 0:
        wait = partial(edge.startup.service.wait, principal, job.id, min(left, WAIT_SLICE_S))
        try:
            waiting = edge.lanes.waiters.submit(wait)
        except TransientError:
            return job  # it is taken over all the same
        job = await until_disconnect(request, waiting)
    return job


def _location(job: JobStatus) -> dict[str, str]:
    return {"Location": f"/v1/jobs/{job.id}"}
