"""Hide secrets in anything a person may read."""

import re

_PATH_CODE = re.compile(r"(/rest/(?:api/)?\d+/)[^/\s?#\"']+")
_NAMES = "auth|access_token|refresh_token|client_secret|application_token|token|password|code"
_PAIR = re.compile(rf"\b({_NAMES})=([^&\s\"'<>]+)", re.IGNORECASE)
_FORM_PAIR = re.compile(rf"(%5B(?:{_NAMES})%5D|\[(?:{_NAMES})\])=([^&\s]+)", re.IGNORECASE)
_JSON_PAIR = re.compile(rf"([\"'](?:{_NAMES})[\"']\s*:\s*[\"'])([^\"']+)", re.IGNORECASE)
HIDDEN = "***"


def mask(text: str, *secrets: str) -> str:
    """Replace webhook codes, tokens and the given literal secrets by ``***``.

    >>> mask("POST https://acme.bitrix24.ru/rest/1/s3cr3t/crm.deal.list")
    'POST https://acme.bitrix24.ru/rest/1/***/crm.deal.list'
    >>> mask("GET /rest/profile?auth=abc&start=0")
    'GET /rest/profile?auth=***&start=0'
    """
    for secret in filter(None, secrets):
        text = text.replace(secret, HIDDEN)
    text = _PATH_CODE.sub(rf"\g<1>{HIDDEN}", text)
    text = _JSON_PAIR.sub(rf"\g<1>{HIDDEN}", text)
    text = _FORM_PAIR.sub(rf"\g<1>={HIDDEN}", text)
    return _PAIR.sub(rf"\g<1>={HIDDEN}", text)
