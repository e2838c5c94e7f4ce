"""``/v1/collections/{name}/documents`` and ``/v1/jobs/{id}``."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Annotated, Final, NoReturn

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from app.domain import JobStatus, Upload
from app.errors import InvalidRequest, TransientError
from app.http.document_schemas import (
    MAX_DOCUMENTS,
    MAX_PAGE,
    AcceptedBody,
    DocumentBody,
    DocumentPage,
    DocumentsBody,
    JobBody,
)
from app.http.edge import Edge, EdgeOf, until_disconnect
from app.http.errors import Problem
from app.http.responses import json_response
from app.http.uploads import file_upload, record_uploads
from app.service import Service

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


_REQUEST_BODY: Final[dict[str, object]] = {
    "required": True,
    "content": {
        "application/json": {"schema": DocumentsBody.model_json_schema()},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "additionalProperties": {"type": "string", "format": "binary"},
            }
        },
    },
}
"""For the schema at ``/openapi.json``: the route reads its body by hand, as either of two kinds."""


@router.post(
    DOCUMENTS,
    status_code=202,
    response_model=AcceptedBody | JobBody,
    openapi_extra={"requestBody": _REQUEST_BODY},
)
async def submit(request: Request, edge: EdgeOf, name: str, *, wait: bool = False) -> Response:
    """Takes documents over, as JSON or as files, and indexes them in the background.

    With ``wait=true`` the answer says what became of them, if that does not take too long.
    """
    job = await _submit(request, edge, name)
    if wait:
        job = await _ended(request, edge, job)
    if job.state == "failed":
        message = job.error or "The job failed."
        return Problem(500, "job_failed", message, job_id=job.id).response(_location(job))
    if job.state == "done" and wait:
        return json_response(JobBody.of(job))
    return json_response(AcceptedBody(job_id=job.id), status=202, headers=_location(job))


@router.get(DOCUMENTS)
async def list_documents(
    request: Request,
    edge: EdgeOf,
    name: str,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
) -> DocumentPage:
    """A page of documents, by id; ``next`` is the ``after`` of the page that follows."""
    records = await edge.call(
        request, lambda service: service.records(name, after=after, limit=limit + 1)
    )
    return DocumentPage.of(records, limit=limit)


@router.get(DOCUMENT)
async def get_document(request: Request, edge: EdgeOf, name: str, document_id: str) -> DocumentBody:
    """One document with its text."""
    found = await edge.call(request, lambda service: service.document(name, document_id))
    return DocumentBody.of(*found)


@router.delete(DOCUMENT, status_code=204)
async def delete_document(request: Request, edge: EdgeOf, name: str, document_id: str) -> Response:
    """Removes one document."""
    await edge.call(request, lambda service: service.delete(name, document_id))
    return Response(status_code=204)


@router.get("/v1/jobs/{job_id}", response_model=JobBody)
async def get_job(request: Request, edge: EdgeOf, job_id: str) -> Response:
    """How far an ingestion job is."""
    return json_response(JobBody.of(await edge.call(request, lambda service: service.job(job_id))))


async def _submit(request: Request, edge: Edge, name: str) -> JobStatus:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        body = await request.body()
        # Megabytes of JSON are read in the worker, not on the event loop.
        job, count = await edge.call(request, partial(_submit_records, name, body))
        edge.metrics.submitted(kind="record", uploads=count)
        return job
    if media_type == "multipart/form-data":
        uploads = await _files(request)
        job = await edge.call(request, lambda service: service.submit(name, uploads))
        edge.metrics.submitted(kind="file", uploads=len(uploads))
        return job
    raise InvalidRequest(
        'Send {"documents": […]} as application/json, or files as multipart/form-data.'
    )


def _submit_records(name: str, body: bytes, service: Service) -> tuple[JobStatus, int]:
    try:
        read = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidRequest("The body is not valid JSON.") from None
    try:
        documents = DocumentsBody.model_validate(read).documents
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    return service.submit(name, record_uploads(documents)), len(documents)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


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


async def _ended(request: Request, edge: Edge, job: JobStatus) -> JobStatus:
    """The job when it has ended, or as it is when the time is up or no waiter is free."""
    deadline = time.monotonic() + edge.wait_s
    while job.state in ("queued", "running") and (left := deadline - time.monotonic()) > 0:
        wait = partial(edge.startup.service.wait, job.id, min(left, WAIT_SLICE_S))
        try:
            waiting = edge.waiters.submit(wait)
        except TransientError:
            return job  # it is taken over all the same
        job = await until_disconnect(request, waiting)
    return job


def _location(job: JobStatus) -> dict[str, str]:
    return {"Location": f"/v1/jobs/{job.id}"}
