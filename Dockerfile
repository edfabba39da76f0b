# docker build --build-arg VARIANT=cpu|cuda --build-arg PYTHON_IMAGE=... .
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
ARG VARIANT=cpu
WORKDIR /build
COPY requirements requirements
RUN python3 -m venv tools \
    && tools/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.lock \
    && tools/bin/uv pip install --no-cache --python tools/bin/python --require-hashes -r requirements/build.lock
RUN python3 -m venv --without-pip /opt/neuroglow \
    && case "${VARIANT}" in cpu) lock=run ;; cuda) lock=cuda ;; *) echo "VARIANT is cpu or cuda" >&2; exit 1 ;; esac \
    && tools/bin/uv pip install --no-cache --python /opt/neuroglow/bin/python --compile-bytecode \
        --require-hashes -r "requirements/${lock}.lock"
COPY . .
RUN tools/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && tools/bin/uv pip install --no-cache --python /opt/neuroglow/bin/python --compile-bytecode --no-deps dist/*.whl

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/neuroglow /opt/neuroglow
RUN groupadd --gid 10001 neuroglow \
    && useradd --uid 10001 --gid neuroglow --no-create-home --home-dir /data neuroglow \
    && install --directory --owner neuroglow --group neuroglow /data
# The NVIDIA container runtime reads these two; without it they mean nothing.
ENV PATH=/opt/neuroglow/bin:$PATH \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER neuroglow
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/health', timeout=4)"]
CMD ["neuroglow", "serve", "--host", "0.0.0.0", "--open-to-network", "--no-browser", "--data-dir", "/data"]
