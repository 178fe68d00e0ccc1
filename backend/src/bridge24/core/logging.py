"""Structured logs, with every secret masked before it is written."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from bridge24.core import recent_log

MASK = "***"
SECRET_KEYS = re.compile(r"password|secret|token|authorization|api_key|webhook_url", re.IGNORECASE)
SECRET_TEXTS = [
    (re.compile(r"(/rest/(?:api/)?\d+/)[^/\s\"']+"), rf"\1{MASK}"),
    (re.compile(r"(://[^:/@\s]+:)[^@\s/]+@"), rf"\1{MASK}@"),
    (
        re.compile(
            r"((?:auth|access_token|refresh_token|client_secret|application_token)=)[^&\s\"']+"
        ),
        rf"\1{MASK}",
    ),
]


def configure_logging(*, debug: bool) -> None:
    """Write JSON lines to standard error, or readable ones on a terminal."""
    # A tick that takes long lets the next one out: no news, since slots are not lost by it.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_secrets,
            recent_log.keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if debug else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def mask_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask values of secret keys, and secrets inside any text."""
    for key, value in event.items():
        if SECRET_KEYS.search(key):
            event[key] = MASK
        elif isinstance(value, str):
            event[key] = mask_text(value)
    return event


def mask_facts(facts: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Mask what a sentence names."""
    return {
        name: mask_text(fact) if isinstance(fact, str) else [mask_text(each) for each in fact]
        for name, fact in facts.items()
    }


def mask_text(text: str) -> str:
    """Mask webhook codes, passwords in URLs and tokens in query strings."""
    for pattern, replacement in SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text
