"""How the web server runs; every figure may be set in the environment."""

import os
from pathlib import Path

# Where it listens: a proxy on the same machine needs no more than 127.0.0.1.
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8080')}"
# Threads, with our own page for an address or headers that are too long.
worker_class = "app.core.front.Worker"
limit_request_line = 8190  # bytes of method and address, the most the server knows
# Processes, and requests each of them serves at once.
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 120
graceful_timeout = 20
control_socket_disable = True
# The program writes one line a request itself: with the request id, without addresses' queries.
accesslog = None
_to_stderr = {"level": "WARNING", "handlers": ["stderr"], "propagate": False}
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "app.core.operations.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": _to_stderr, "gunicorn.access": _to_stderr},
}
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory, no disk
