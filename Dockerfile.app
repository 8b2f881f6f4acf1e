# The panel. Built from the repository's root; app/ is in the image, workshop/ and data/ are mounted.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS tools
WORKDIR /lock
COPY --chmod=755 compose/install /tools/bin/
COPY pyproject.toml requirements.txt ./
RUN --mount=type=secret,id=ca_bundle --mount=type=cache,id=pip,target=/cache/pip /tools/bin/install uv

# The same lines in compose/Dockerfile, so that this image shares the layers.
FROM ${PYTHON_IMAGE} AS everywhere
RUN --mount=type=cache,id=apt,target=/var/cache/apt,sharing=locked \
    apt-get -q update && apt-get -q install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin HOME=/tmp USER=workshop PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN --mount=from=tools,source=/tools,target=/tools --mount=from=tools,source=/lock,target=/lock \
    --mount=type=secret,id=ca_bundle --mount=type=cache,id=uv,target=/cache/uv \
    cd /lock && PATH=/tools/bin:$PATH install everywhere

FROM everywhere
RUN --mount=from=tools,source=/tools,target=/tools --mount=from=tools,source=/lock,target=/lock \
    --mount=type=secret,id=ca_bundle --mount=type=cache,id=uv,target=/cache/uv \
    cd /lock && PATH=/tools/bin:$PATH install panel
ENV PYTHONPATH=/workspace STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED=true
WORKDIR /workspace
COPY --chmod=755 compose/as-owner /usr/local/bin/
ENTRYPOINT ["as-owner"]
COPY --chmod=755 .streamlit .streamlit
COPY --chmod=755 app app
CMD ["python", "-m", "streamlit", "run", "app/server.py", "--server.address", "0.0.0.0", "--server.port", "8501", \
     "--browser.serverAddress", "127.0.0.1"]
