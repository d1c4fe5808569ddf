# vireid on NVIDIA GPUs. The host needs a driver and the NVIDIA container toolkit. From a checkout:
#   docker build -f containers/cuda.Dockerfile -t vireid:cuda .
#   docker run --rm --gpus all vireid:cuda doctor
#   docker run --rm --gpus all --shm-size 8g -v "$PWD/data:/data" vireid:cuda demo /data/demo
FROM python:3.12-slim AS build
# The version, where it is not that of pyproject.toml: the checkout's tags are not in the context.
ARG VERSION=""
WORKDIR /src
COPY . .
RUN if [ -n "$VERSION" ]; then export SETUPTOOLS_SCM_PRETEND_VERSION_FOR_VIREID="$VERSION"; fi \
    && pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
# torch from PyPI brings the libraries of CUDA along; a compiler is what `--compile` asks for.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "$(echo /wheels/*.whl)[weights,parquet,approximate,video,gallery,serve]" \
    && useradd --create-home --uid 1000 vireid
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 1000
WORKDIR /data
ENTRYPOINT ["vireid"]
CMD ["doctor"]
