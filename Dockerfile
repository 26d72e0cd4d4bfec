# The image of every process of Pegboard: `pegboard api`, `pegboard worker`, `pegboard migrate`, ...
# It holds no server: PostgreSQL and Temporal are named by the environment (docs/deployment.md).

# The tag names Python's and Debian's release, so that a rebuild brings their security fixes and
# nothing else.
ARG PYTHON_IMAGE=python:3.12-slim-trixie

FROM ${PYTHON_IMAGE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

WORKDIR /src

# Without pip, so that nothing can be installed into a running container.
RUN python -m venv --without-pip /opt/pegboard

# Before the sources, so that a change of ours does not install every package again.
COPY requirements-runtime.lock ./
RUN pip --python /opt/pegboard/bin/python install \
        --require-hashes --only-binary :all: --requirement requirements-runtime.lock

# Named one by one: what is not named is not in the image (see also .dockerignore).
COPY pyproject.toml README.md worker.py ./
COPY activities activities
COPY carriers carriers
COPY cli cli
COPY console console
COPY documents documents
COPY embedded embedded
COPY fulfillment fulfillment
COPY importing importing
COPY payments payments
COPY starter starter
COPY workflows workflows
# --no-deps, because pyproject.toml also names the embedded servers, which have no use here.
RUN pip --python /opt/pegboard/bin/python install --no-deps --no-build-isolation .


FROM ${PYTHON_IMAGE}

LABEL org.opencontainers.image.title="Pegboard" \
      org.opencontainers.image.licenses="Apache-2.0"

# Fixed numbers, because Kubernetes' runAsNonRoot and the owner of a mounted certificate go by them.
RUN groupadd --gid 10001 pegboard \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin pegboard

# Owned by root: the process cannot change its own program.
COPY --from=build /opt/pegboard /opt/pegboard

# Unbuffered, so that the last lines before a crash are in the log; no bytecode, because the root
# file system may be read-only; on every address, because a container's loopback is its own.
ENV PATH=/opt/pegboard/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PEGBOARD_API_HOST=0.0.0.0 \
    PEGBOARD_LOG_FORMAT=json

USER 10001:10001
WORKDIR /tmp
EXPOSE 8080

# The worker finishes what it holds, and the API its requests, when they are told with this signal.
STOPSIGNAL SIGTERM

# For the default command; a worker's is `pegboard health worker` (docker-compose.yml has it).
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=4 \
    CMD ["pegboard", "health", "api"]

ENTRYPOINT ["pegboard"]
CMD ["api"]
