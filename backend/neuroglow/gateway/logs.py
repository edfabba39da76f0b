"""The log on stderr: one line per event, JSON or for people, with every user string cut to a bounded length."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from neuroglow.settings import Settings

MAX_TEXT = 200
MAX_EVENT = 4_000
"""Of a whole line: other libraries put their tracebacks there."""


class Log:
    """A logger whose messages are event names and whose facts are keywords: `log.info("worker_ready", worker="w0")`.

    Built on the standard library alone: the page must be up within two seconds, and structlog's import costs a quarter
    of a second of them.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(f"neuroglow.{name}")

    def debug(self, event: str, **facts: Any) -> None:
        self._logger.debug(event, extra={"facts": facts})

    def info(self, event: str, **facts: Any) -> None:
        self._logger.info(event, extra={"facts": facts})

    def warning(self, event: str, **facts: Any) -> None:
        self._logger.warning(event, extra={"facts": facts})

    def failure(self, event: str, error: BaseException, **facts: Any) -> None:
        """With the traceback of `error`."""
        self._logger.error(event, exc_info=error, extra={"facts": facts})


def bounded(value: Any) -> Any:
    """A fact as it may be logged: numbers as they are, text cut to `MAX_TEXT` characters."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage()[:MAX_EVENT],
        }
        line |= {name: bounded(value) for name, value in getattr(record, "facts", {}).items()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


class _ConsoleFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={bounded(value)!r}" for name, value in getattr(record, "facts", {}).items())
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{clock} {record.levelname.lower():7} {record.getMessage()[:MAX_EVENT]} {facts}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure_logs(settings: Settings) -> None:
    """Send everything, uvicorn's own lines included, to stderr in one format."""
    is_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if is_json else _ConsoleFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("neuroglow").setLevel(settings.log_level.upper())
