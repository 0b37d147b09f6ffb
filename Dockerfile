# syntax=docker/dockerfile:1
# One image for the laptop and for every part of a cluster; docs/containers.md says how it is run.
ARG PYTHON=python:3.13-slim-bookworm

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/dateline
COPY requirements.lock /src/
RUN /opt/dateline/bin/pip install --require-hashes --only-binary :all: -r /src/requirements.lock -c /src/requirements.lock
COPY . /src/
RUN /opt/dateline/bin/pip install --no-deps --no-build-isolation /src
# the lock holds what develops Dateline as well
RUN /opt/dateline/bin/python /src/deploy/list_unneeded.py | xargs /opt/dateline/bin/pip uninstall --quiet --yes
# one path for Airflow's DAG bundle, whatever the Python
RUN ln -s "$(cd / && /opt/dateline/bin/python -c 'import dags; print(*dags.__path__)')" /opt/dateline/dags

FROM ${PYTHON}
# the user of Airflow's own image, which its Helm chart expects; group 0 so that any user id can write
RUN useradd --uid 50000 --gid 0 --create-home dateline \
    && install --directory --owner=50000 --group=0 --mode=0770 /data /shared /opt/airflow
COPY --from=build /opt/dateline /opt/dateline
COPY --chmod=0755 deploy/entrypoint.sh /entrypoint
COPY deploy/healthcheck.py /opt/dateline/healthcheck.py
# within a container Airflow listens on its only address; what can be reached is what is published
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    DATELINE_HOME=/data \
    AIRFLOW__API__HOST=0.0.0.0
USER 50000:0
WORKDIR /data
VOLUME /data
EXPOSE 8080 8321
HEALTHCHECK --interval=30s --timeout=15s --start-period=5m --retries=3 \
    CMD ["python", "/opt/dateline/healthcheck.py", "http://127.0.0.1:8080/api/v2/monitor/health"]
ENTRYPOINT ["/entrypoint"]
CMD ["dateline", "airflow"]
