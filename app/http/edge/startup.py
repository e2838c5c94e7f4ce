"""The service from before it is built until it is closed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import AttestError
from app.http.edge.errors import NotReady
from app.observing.logs import event
from app.service import Service

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there will be no service."""

    code: str
    message: str


class Startup:
    """Builds the service in a thread, so that the server answers while models load."""

    def __init__(
        self,
        build: Callable[[], Service],
        *,
        on_close: Callable[[], None],
        on_failure: Callable[[], None],
    ) -> None:
        self._build = build
        self._on_close = on_close
        self._on_failure = on_failure
        self._service: Service | None = None
        self._failure: Failure | None = None
        self._thread = threading.Thread(target=self._run, name="startup")

    def begin(self) -> None:
        """Starts to build."""
        self._thread.start()

    @property
    def service(self) -> Service:
        """The service. Raises `NotReady` while there is none."""
        if self._service is None:
            raise NotReady("the service is not built yet, or could not be")
        return self._service

    @property
    def ready(self) -> bool:
        """Whether `service` is there."""
        return self._service is not None

    @property
    def failure(self) -> Failure | None:
        """Why the build failed, if it did."""
        return self._failure

    def close(self) -> None:
        """Closes what was built; a build under way is waited for, since it can't be interrupted.

        ``on_close`` comes first: a running ingestion job writes to the store that then closes.
        """
        self._thread.join()
        service, self._service = self._service, None
        if service is not None:
            try:
                self._on_close()
            finally:
                service.close()

    def _run(self) -> None:
        try:
            started = time.perf_counter()
            service = self._build()
            service.look_over()
            self._service = service
            told = {**service.models(), "seconds": round(time.perf_counter() - started, 1)}
            shown = ", ".join(f"{name} {value}" for name, value in told.items())
            logger.info("ready: %s", shown, extra=event("ready", told))
        except AttestError as error:
            logger.error("the service can't start: %s", error.message)  # noqa: TRY400 - the message says what to do, a traceback would bury it
            self._failure = Failure(error.code, error.public_message)
        except Exception:
            logger.exception("the service can't start")
            self._failure = Failure(AttestError.code, AttestError.public_message)
        if self._failure is not None:
            self._on_failure()
