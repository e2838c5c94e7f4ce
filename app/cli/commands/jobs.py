"""The commands of ``rag jobs``: ingestion jobs whose uploads are kept."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.application import application
from app.cli.terminal import out

jobs = typer.Typer(
    help="Ingestion jobs of the server whose uploads are kept.", no_args_is_help=True
)


@jobs.command("list")
def jobs_list() -> None:
    """Show the jobs that wait, run, are parked or failed, and whose uploads are kept."""
    with application() as app:
        for job in app.jobs.kept():
            out.print(
                f"{job.id}  {job.collection}  {job.state}  since {job.created_at}  "
                f"indexed {job.indexed}  {job.error or ''}".rstrip()
            )


@jobs.command("retry")
def jobs_retry(job: Annotated[str, typer.Argument(help="Id of the job.")]) -> None:
    """Let the server begin a job again that is parked or failed."""
    with application() as app:
        app.jobs.retry(job)
    out.print(f"job {job}: queued")


@jobs.command("remove")
def jobs_remove(job: Annotated[str, typer.Argument(help="Id of the job.")]) -> None:
    """Give up a job and what was uploaded with it."""
    with application() as app:
        app.jobs.remove(job)
    out.print(f"job {job}: removed")
