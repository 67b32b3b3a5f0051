"""Suppression of request logs: the privacy page says that nothing is stored about visitors of the public pages.

uvicorn logs the address and query of each request as soon as its logger has a handler. Streamlit starts it without
one, and adds one whenever a `config.toml` changes while the server runs; connections are always logged.
"""

from __future__ import annotations

import logging

from streamlit.web import bootstrap

_CONNECTION = '"WebSocket '
"""The common text of uvicorn's lines about connections; the rest of that logger is about its own errors."""


def disable() -> None:
    """Log no more requests, and let a changed `config.toml` take effect only after a restart.

    So the checks at the start (`startup_checks.refusals`) stay valid as long as the server runs.
    """
    logging.getLogger("uvicorn.access").addFilter(lambda _: False)
    logging.getLogger("uvicorn.error").addFilter(lambda record: _CONNECTION not in str(record.msg))
    vars(bootstrap)["load_config_options"] = _keep_options


def _keep_options(_changed: object) -> None:
    logging.getLogger("clusterdash").warning("config.toml has changed; it counts after a restart")
