# Two images without a screen: `rps-classify`, and `python -m rps_game.batch` with Ray.
#
#     docker build --target classify --tag rps-classify .
#     docker run --rm --network none --volume "$PWD/photos:/data/photos:ro" rps-classify photos
#
#     docker build --target batch --tag rps-batch .
#     docker run --rm --shm-size 1g --volume "$PWD:/data" rps-batch photos --out results
#
# Both run as the user 1000, who must be able to write where results go.

FROM python:3.13-slim-bookworm AS build-classify
WORKDIR /source
RUN python -m venv --without-pip /opt/rps
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY models/*-int8.onnx models/
COPY rps_game rps_game
# OpenCV's edition without windows needs no libraries of a desktop. PyAV reads videos only.
RUN pip --python /opt/rps/bin/python install --no-cache-dir . \
    && pip --python /opt/rps/bin/python uninstall --yes av opencv-python \
    && pip --python /opt/rps/bin/python install --no-cache-dir "opencv-python-headless>=5.0"

FROM build-classify AS build-batch
# hadolint ignore=DL3013
RUN pip --python /opt/rps/bin/python install --no-cache-dir ".[ray]" "gcsfs>=2025.2" "s3fs>=2025.2" \
    && pip --python /opt/rps/bin/python uninstall --yes av opencv-python opencv-python-headless \
    && pip --python /opt/rps/bin/python install --no-cache-dir "opencv-python-headless>=5.0"
# Parts of Ray, Arrow and pandas that are not used here.
WORKDIR /opt/rps/lib/python3.13/site-packages
RUN rm -r ray/jars ray/rllib pandas/tests pyarrow/include pyarrow/tests \
    pyarrow/*flight*

FROM python:3.13-slim-bookworm AS base
RUN useradd --create-home --uid 1000 rps
ENV PATH=/opt/rps/bin:$PATH PYTHONDONTWRITEBYTECODE=1
WORKDIR /data
USER 1000

FROM base AS batch
COPY --from=build-batch /opt/rps /opt/rps
ENTRYPOINT ["python", "-m", "rps_game.batch"]
CMD ["--help"]

FROM base AS classify
COPY --from=build-classify /opt/rps /opt/rps
ENTRYPOINT ["rps-classify"]
CMD ["--help"]
