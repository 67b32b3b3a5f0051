"""The log on standard error: one format, text or JSON, for the program, Streamlit and uvicorn. Without personal data.

The privacy page says that nothing is stored about visitors of the public pages. So requests and connections are not
logged, a failed one by its kind only, and addresses of e-mail are removed from every line, also from exceptions.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Literal

from streamlit import error_util
from streamlit import logger as streamlit_logger
from streamlit.web import bootstrap
from uvicorn.config import LOGGING_CONFIG

from . import request_ids

_CONNECTIONS = ('%s - "WebSocket ', "connection open", "connection closed", "connection rejected")
"""How uvicorn's lines about connections begin; the rest of that logger is about its own errors."""
_EMAIL = re.compile(r"[^\s\"'<>=:/,;()\[\]]+@[^\s\"'<>=:/,;()\[\]]+")
_SERVER_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "websockets")


class TextFormatter(logging.Formatter):
    """A line for people: time (UTC), level, logger, message, and the id of the request or run; exceptions below."""

    def __init__(self) -> None:
        """Set the format of a line."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s%(ids)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """The time in UTC (ISO 8601)."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        """The line, without addresses of e-mail."""
        record.ids = "".join(f" {name}={value}" for name, value in _ids().items())
        return _EMAIL.sub("[…]", super().format(record))


class JsonFormatter(TextFormatter):
    """An object for programs, in one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, without addresses of e-mail."""
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: _EMAIL.sub("[…]", text) for name, text in entry.items()}, ensure_ascii=False)


def _ids() -> dict[str, str]:
    found = request_ids.current()
    if found is None:
        return {}
    return {"request": found.own, **({"session": found.session} if found.session else {})}


def configure(log_format: Literal["text", "json"]) -> None:
    """Log to standard error in a format, log no requests, and keep options until a restart.

    So the checks at the start (`startup_checks.refusals`) stay valid as long as the server runs.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("clusterdash").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    _take_over_streamlit()
    _take_over_uvicorn()
    vars(bootstrap)["load_config_options"] = _keep_options


def _take_over_streamlit() -> None:
    """Let Streamlit's loggers, which have a handler each, pass their lines on."""
    vars(streamlit_logger)["setup_formatter"] = _pass_on
    for one in streamlit_logger._loggers.values():
        if own := vars(one).pop("streamlit_console_handler", None):
            one.removeHandler(own)
        _pass_on(one)
    vars(error_util)["_log_uncaught_app_exception"] = _already_logged


def _take_over_uvicorn() -> None:
    """The same for uvicorn, which sets its loggers up again when it starts."""
    LOGGING_CONFIG["loggers"] = {name: {"handlers": [], "propagate": True} for name in _SERVER_LOGGERS}
    for name in _SERVER_LOGGERS:
        logging.getLogger(name).handlers.clear()
        _pass_on(logging.getLogger(name))
    logging.getLogger("uvicorn.access").addFilter(lambda _: False)
    logging.getLogger("uvicorn.error").addFilter(lambda record: not str(record.msg).startswith(_CONNECTIONS))


def _pass_on(one: logging.Logger) -> None:
    one.propagate = True


def _already_logged(_: BaseException) -> None:
    """Log nothing of a page that has failed: our own line has the exception, and the id that the page shows."""


def _keep_options(_changed: object) -> None:
    logging.getLogger("clusterdash").warning("config.toml has changed; it counts after a restart")
