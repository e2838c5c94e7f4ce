# One image: the service with its bundled models, so that a container needs no network.
# What changes seldom comes first: a change of the code makes the last layers anew, and neither
# PyTorch nor the other dependencies.
FROM python:3.11-slim AS build
WORKDIR /src
# Name PyTorch's CPU index here to leave gigabytes of CUDA out: --build-arg PIP_EXTRA_INDEX_URL=…
ARG PIP_EXTRA_INDEX_URL
COPY constraints.txt ./
RUN python -m venv /opt/attest \
 && /opt/attest/bin/pip install --no-cache-dir -c constraints.txt torch
# The dependencies alone: of the packages there are only empty ones yet.
COPY pyproject.toml README.md LICENSE ./
RUN for package in app ingest eval train; do mkdir $package && touch $package/__init__.py; done \
 && /opt/attest/bin/pip install --no-cache-dir -c constraints.txt '.[fast,llama,mcp]'
COPY . .
RUN /opt/attest/bin/pip install --no-cache-dir --no-deps --force-reinstall . \
 && ATTEST_MODELS__CACHE=/opt/models /opt/attest/bin/rag models install

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 attest \
 && install --directory --owner attest --group attest /data
COPY --from=build /opt/attest /opt/attest
COPY --from=build --chown=attest:attest /opt/models /opt/models
ENV PATH=/opt/attest/bin:$PATH \
    HF_HUB_OFFLINE=1 \
    ATTEST_STORE__DIRECTORY=/data \
    ATTEST_MODELS__CACHE=/opt/models \
    ATTEST_SERVER__HOST=0.0.0.0
USER attest
WORKDIR /home/attest
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('ATTEST_SERVER__PORT', 8000)}/readyz\", timeout=2)"]
# Refuses to start without ATTEST_SERVER__API_KEYS, for it listens on all interfaces.
CMD ["rag", "serve"]
