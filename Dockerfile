# A small image of scfdeploy: docker build --tag scfdeploy .
# It runs as a user without rights and with a read-only root: docs/how-to/install.md.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build

WORKDIR /source
COPY scfdeploy/scaffold/requirements /requirements
# Wheels with known hashes alone: nothing of what is installed here runs code while it is installed.
RUN python -m venv --without-pip /build \
    && pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action ignore \
        --prefix /opt/scfdeploy --require-hashes --only-binary :all: --requirement /requirements/runtime.txt \
    && pip --python /build/bin/python install --quiet --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary :all: --requirement /requirements/build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY scfdeploy scfdeploy
COPY templates templates
COPY schemas schemas
# The wheel, then its modules compiled once and for all: the files of an image are read-only where it runs.
RUN /build/bin/python -m hatchling build --target wheel --directory /wheel \
    && pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action ignore \
        --prefix /opt/scfdeploy --no-deps /wheel/*.whl \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/scfdeploy

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

LABEL org.opencontainers.image.title="scfdeploy" \
      org.opencontainers.image.description="Infrastructure as code for Tencent Cloud Serverless Cloud Function" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/scfdeploy /usr/local
# A home that exists for any user id, and is writable as soon as /tmp is.
ENV HOME=/tmp LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
# The project is mounted here. Without one, the image shows its help.
WORKDIR /work
ENTRYPOINT ["scfdeploy"]
CMD ["--help"]
