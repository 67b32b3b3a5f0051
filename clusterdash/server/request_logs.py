"""No log of requests: the page on privacy says that nothing is stored of visitors of the public pages.

uvicorn writes a line with address and query for each request as soon as its logger has a handler. Streamlit starts it
without one, and gives it one whenever a `config.toml` changes while the server runs; connections are told always.
"""

from __future__ import annotations

import logging

from streamlit.web import bootstrap

_CONNECTION = '"WebSocket '
"""What uvicorn's lines on connections have in common; the rest of that logger is about its own troubles."""


def disable() -> None:
    """From now on no request is logged, and a changed `config.toml` counts after a restart only.

    What was checked at the start (`start.refusals`) holds as long as the server runs.
    """
    logging.getLogger("uvicorn.access").addFilter(lambda _: False)
    logging.getLogger("uvicorn.error").addFilter(lambda record: _CONNECTION not in str(record.msg))
    vars(bootstrap)["load_config_options"] = _keep_options


def _keep_options(_changed: object) -> None:
    logging.getLogger("clusterdash").warning("config.toml has changed; it counts after a restart")
