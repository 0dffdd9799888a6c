# Threefold in three stages: browser bundles, a virtual environment, and the image that runs it.
#   docker build -t threefold .
#   docker run --read-only --tmpfs /tmp -p 8000:8000 -v "$PWD/threefold.yaml:/etc/threefold/threefold.yaml:ro" threefold

ARG NODE_IMAGE=node:22-bookworm-slim
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${NODE_IMAGE} AS bundles
WORKDIR /bundles
COPY gateway/explorer/package.json gateway/explorer/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/threefold
ENV PATH=/opt/threefold/bin:$PATH
COPY requirements.lock /src/
RUN pip install --require-hashes -r /src/requirements.lock
WORKDIR /src
COPY pyproject.toml README.md ./
COPY gateway ./gateway
COPY resolvers ./resolvers
COPY sources ./sources
COPY --from=bundles /bundles/node_modules /bundles/node_modules
RUN python -m gateway.explorer.build --strict --from /bundles/node_modules \
 && pip wheel --no-deps --wheel-dir /wheels . \
 && pip install --no-deps /wheels/*.whl

FROM ${PYTHON_IMAGE} AS run
# Nothing is written outside /tmp: the root file system may be mounted read-only.
ENV PATH=/opt/threefold/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp
COPY --from=build /opt/threefold /opt/threefold
WORKDIR /etc/threefold
# A number, so that an orchestrator can verify that it is not root.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=4).close()"]
ENTRYPOINT ["threefold"]
CMD ["serve", "/etc/threefold/threefold.yaml"]
