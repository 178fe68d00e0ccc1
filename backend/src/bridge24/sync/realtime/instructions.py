"""Says, step by step, how a person makes the portal's outgoing webhook."""

import json
from functools import lru_cache
from pathlib import Path

LOCALES = Path(__file__).parents[1] / "locales"
LANGUAGES = ("ru", "en")
STEPS = ("open", "create", "url", "events", "save", "token", "restart", "check")


def steps(language: str, **facts: str) -> list[str]:
    """List the steps in a language.

    Args:
        language: ``ru`` or ``en``.
        **facts: What the texts name in braces: ``url``, ``portal``.
    """
    texts = _texts(language)
    return [texts[f"webhook.step.{step}"].format(**facts) for step in STEPS]


@lru_cache
def _texts(language: str) -> dict[str, str]:
    told: dict[str, str] = json.loads((LOCALES / f"{language}.json").read_text())
    return told
