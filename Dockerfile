# One image for all of our processes; which one runs is the word behind `python -m eipp.up.one`.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock .
# Every package is what the lock file says, byte for byte.
RUN /opt/venv/bin/pip install --require-hashes --requirement requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EIPP_DATA=/var/lib/eipp EIPP_BIND=0.0.0.0 EIPP_PORT=8000 EIPP_LOG_FORMAT=json DJANGO_SETTINGS_MODULE=eipp.settings
RUN useradd --system --uid 10001 --home-dir /var/lib/eipp --create-home --shell /usr/sbin/nologin eipp
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/eipp
COPY manage.py LICENSE ./
COPY eipp eipp
COPY documents documents
COPY workflows workflows
COPY messaging messaging
USER eipp
# What browsers load, under names that change with the content; the secret of this step is thrown away with it.
RUN EIPP_SECRET_KEY=only-to-collect python -m django collectstatic --noinput --verbosity 0
EXPOSE 8000
# The process stops in order within seconds: requests end, jobs are given back.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "eipp.up.ask", "http://127.0.0.1:8000/healthz"]
CMD ["python", "-m", "eipp.up.one", "web"]
