"""Which columns of an object are left out, hashed or masked: applied before anything is kept.

Rows pass through ``ColumnPolicy.applied`` on their way from the portal to everything of
ours: the mirrored tables, their history, the quarantine and the comparison with the portal.
"""

import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import crm
from bridge24.bitrix.fields import Field
from bridge24.core.errors import BadConfiguration, BadRequest, Conflict
from bridge24.core.settings import get_settings
from bridge24.sync.models import SyncConfig
from bridge24.sync.names import snake_case
from bridge24.sync.readers.texts import to_json, without_links

Row = Mapping[str, object]

_HASH = "hmac:"
_HASHED = re.compile(r"hmac:[0-9a-f]{64}")
_PHONE = re.compile(r"[+(]?\d[\d\s().-]{5,}")
_DOMAIN_END = re.compile(r"\.[A-Za-z]{2,10}")
_MASKED = re.compile(r".{0,2}\*\*\*(..)?|.\*\*\*@\*\*\*(\.[A-Za-z]{2,10})?", re.DOTALL)


class Treatment(StrEnum):
    """What becomes of a field's values; fields without one are copied as they are."""

    LEAVE_OUT = "leave_out"
    HASH = "hash"
    MASK = "mask"


class WrongPolicy(BadRequest):
    """The treatment of columns cannot be used: {reason}."""


class SaltMissing(BadConfiguration):
    """PERSONAL_DATA_SALT is not set, and without it hashes could be guessed: put a long
    random text there and never change it, or hash no columns."""

    def __init__(self) -> None:
        super().__init__(setting="PERSONAL_DATA_SALT", reason="it is not set")


class PolicyChanged(Conflict):
    """The treatment of the columns of "{entity}" was changed a moment ago: the work begins
    again with the new one."""


@dataclass(frozen=True)
class ColumnPolicy:
    """The treatments of one object's fields. Equal when they are the same."""

    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    """By column name: ``PHONE``, ``phone`` and ``Phone`` are one and the same."""
    salt: bytes = field(default=b"", repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.treatments)

    def of(self, code: str) -> Treatment | None:
        """Say what becomes of a field; None: it is copied as it is."""
        return self.treatments.get(snake_case(code))

    def applied(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return rows as they may be kept; the rows given are not changed.

        Left-out fields are gone, other values are hashed or masked. Empty values and 0
        ("none") stay empty. Doing it twice is the same as doing it once.
        """
        if not self.treatments:
            return rows
        known: dict[str, Treatment | None] = {}
        return [self._row(row, known) for row in rows]

    def _row(self, row: Row, known: dict[str, Treatment | None]) -> Row:
        for code in row.keys() - known.keys():
            known[code] = self.of(code)
        kept = {code: value for code, value in row.items() if known[code] is None}
        for code, value in row.items():
            treatment = known[code]
            if treatment is Treatment.HASH or treatment is Treatment.MASK:
                kept[code] = _treated(value, self.text_treatment(treatment))
        return kept

    def text_treatment(self, treatment: Treatment) -> Callable[[str], str]:
        """Choose what is done with one text.

        Raises:
            SaltMissing: It is to be hashed, and there is no salt.
        """
        if treatment is Treatment.MASK:
            return masked
        if not self.salt:
            raise SaltMissing
        return lambda text: hashed(text, salt=self.salt)

    def fields(self, fields: Iterable[Field]) -> list[Field]:
        """Leave fields out, and type hashed and masked ones as texts."""
        kept = ((each, self.of(each.code)) for each in fields)
        return [
            each if treatment is None else _as_text(each)
            for each, treatment in kept
            if treatment is not Treatment.LEAVE_OUT
        ]

    def asking_for(self, entity: crm.Entity, codes: Sequence[str]) -> crm.Entity:
        """Do not ask the portal for left-out fields, where its method has a ``select``.

        A mask (``*``, ``UF_*``) that covers one is replaced by the codes it stands for.

        Args:
            entity: How the object is asked for otherwise.
            codes: Every field that is kept.
        """
        named = [code for code in entity.select if self.of(code) is not Treatment.LEAVE_OUT]
        own = {snake_case(code) for code in entity.select}
        covered = [
            name
            for name, treatment in self.treatments.items()
            if treatment is Treatment.LEAVE_OUT and name not in own
        ]
        chosen = [code for name in named for code in _unmasked(name, covered, codes, named)]
        return replace(entity, select=tuple(dict.fromkeys(chosen)))


def _as_text(each: Field) -> Field:
    if each.type == "crm_multifield":
        return each
    return replace(each, type="string", options={}, status_type=None)


def _unmasked(
    name: str, covered: Sequence[str], codes: Sequence[str], named: Sequence[str]
) -> list[str]:
    """List what a mask stands for when it covers a field that is left out."""
    if name not in {"*", "UF_*"}:
        return [name]
    customs = "UF_*" in named

    def covers(code: str) -> bool:
        is_custom = code.upper().startswith("UF")
        return is_custom if name == "UF_*" else not (customs and is_custom)

    if not any(map(covers, covered)):
        return [name]
    return [code for code in codes if covers(code)]


def _treated(value: object, treat: Callable[[str], str]) -> object:
    if value is None or value is False or value in ("", "0", 0, [], {}):
        return None if not isinstance(value, list) else []
    if isinstance(value, list):
        return [_treated(item, treat) for item in value]
    if isinstance(value, dict):
        return _treated_map(value, treat)
    return treat(value if isinstance(value, str) else to_json(value))


_ABOUT_ITEM = ("ID", "id", "TYPE_ID", "typeId", "VALUE_TYPE", "valueType")


def _treated_map(value: dict[str, object], treat: Callable[[str], str]) -> object:
    """Treat the value of a multi-value's item, each item of a PHP map, anything else whole."""
    named = next((name for name in ("VALUE", "value") if name in value), None)
    if named is not None:
        about = {name: value[name] for name in _ABOUT_ITEM if name in value}
        return {**about, named: _treated(value[named], treat)}
    if all(isinstance(item, dict) for item in value.values()):
        return [_treated(item, treat) for item in value.values()]
    return treat(to_json(without_links(value)))


def hashed(text: str, *, salt: bytes) -> str:
    """Hash a text with HMAC-SHA256: equal texts stay equal, and nobody reads them back."""
    if _HASHED.fullmatch(text):
        return text
    digest = hmac.new(salt, text.encode(errors="surrogatepass"), sha256).hexdigest()
    return f"{_HASH}{digest}"


def masked(text: str) -> str:
    """Keep the shape of a text only.

    >>> masked("+7 912 345-67-12"), masked("ivan@example.ru"), masked("Иванов")
    ('+7***12', 'i***@***.ru', 'И***')
    """
    if _MASKED.fullmatch(text):
        return text
    if _PHONE.fullmatch(text):
        return f"{text[:2]}***{text[-2:]}"
    if "@" in text[1:]:
        end = text[text.rfind(".") :] if "." in text else ""
        return f"{text[0]}***@***{end if _DOMAIN_END.fullmatch(end) else ''}"
    return f"{text[0]}***" if len(text) > 2 else "***"


def parsed(columns: str | Mapping[str, object]) -> dict[str, Treatment]:
    """Read ``SyncConfig.columns``: column name → treatment.

    Raises:
        WrongPolicy: A treatment is none of ours, or one column has two.
    """
    plain = json.loads(columns or "{}") if isinstance(columns, str) else columns
    treatments: dict[str, Treatment] = {}
    for code, word in plain.items():
        if word not in set(Treatment):
            raise WrongPolicy(reason=f"{code} is to be {word!r}, not leave_out, hash or mask")
        if treatments.setdefault(snake_case(code), Treatment(str(word))) != word:
            raise WrongPolicy(reason=f"{code} is named twice")
    return treatments


def checked(columns: str | Mapping[str, object], entity: crm.Entity) -> ColumnPolicy:
    """Read a policy that somebody wants for an object.

    Raises:
        WrongPolicy: It is malformed, or concerns a column the sync cannot do without.
        SaltMissing: A column is to be hashed, and there is no salt.
    """
    policy = ColumnPolicy(parsed(columns), _salt())
    for code in (entity.id_field, entity.modified_field):
        if code and policy.of(code):
            raise WrongPolicy(reason=f"{code} tells rows apart or when they changed")
    if Treatment.HASH in policy.treatments.values() and not policy.salt:
        raise SaltMissing
    return policy


async def policy_of(session: AsyncSession, entity: str) -> ColumnPolicy:
    """Read the policy of an object as it is committed now."""
    config = await session.get(SyncConfig, entity, populate_existing=True)
    if config is None or config.columns in ("", "{}"):
        return ColumnPolicy()
    return ColumnPolicy(parsed(config.columns), _salt())


async def still_holds(session: AsyncSession, entity: str, policy: ColumnPolicy) -> None:
    """Make sure, at the end of a transaction that writes rows, that they may be kept.

    Whoever changes a policy waits for the transactions that have touched the table before,
    so no row shaped by the old policy is written after the table was put in order.

    Raises:
        PolicyChanged: Roll back, and begin again.
    """
    if await policy_of(session, entity) != policy:
        raise PolicyChanged(entity=entity)


def _salt() -> bytes:
    salt = get_settings().personal_data_salt
    return salt.get_secret_value().encode() if salt else b""
