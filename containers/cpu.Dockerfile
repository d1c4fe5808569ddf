# vireid on CPUs, with every extra but those of experiment services. From a checkout:
#   docker build -f containers/cpu.Dockerfile -t vireid:cpu .
#   docker run --rm vireid:cpu doctor
#   docker run --rm -v "$PWD/data:/data" vireid:cpu demo /data/demo
FROM python:3.12-slim AS build
# The version, where it is not that of pyproject.toml: the checkout's tags are not in the context.
ARG VERSION=""
WORKDIR /src
COPY . .
RUN if [ -n "$VERSION" ]; then export SETUPTOOLS_SCM_PRETEND_VERSION_FOR_VIREID="$VERSION"; fi \
    && pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
# torch's own index has the build for CPUs, without the libraries of CUDA.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu torch torchvision
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "$(echo /wheels/*.whl)[weights,parquet,approximate,video,gallery,serve]" \
    && useradd --create-home --uid 1000 vireid
USER 1000
WORKDIR /data
ENTRYPOINT ["vireid"]
CMD ["doctor"]
