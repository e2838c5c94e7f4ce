# One image: the service with its bundled models, so that a container needs no network.
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
# Name PyTorch's CPU index here to leave CUDA out: --build-arg PIP_EXTRA_INDEX_URL=…
ARG PIP_EXTRA_INDEX_URL
RUN python -m venv /opt/attest \
 && /opt/attest/bin/pip install --no-cache-dir -c constraints.txt torch \
 && /opt/attest/bin/pip install --no-cache-dir -c constraints.txt '.[fast,llama,mcp]' \
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
