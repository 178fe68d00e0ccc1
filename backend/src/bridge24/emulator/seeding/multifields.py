"""Phones, e-mails and other multifields of leads, contacts and companies."""

from __future__ import annotations

from bridge24.emulator.seeding.source import Dice
from bridge24.emulator.seeding.words import DOMAINS, LOGINS
from bridge24.emulator.store import Row


def multifields(row_id: int, dice: Dice) -> Row:
    """Phones, e-mails, sites and messengers, and the flags that tell of them."""
    drawn = dice.pick(row_id, 10**9)
    phones = [
        _entry(row_id, place, "PHONE", kind, f"+7 9{drawn + place:09}")
        for place, kind in enumerate(("WORK", "MOBILE")[: drawn % 3])
    ]
    address = f"{LOGINS[drawn % len(LOGINS)]}{row_id}@{DOMAINS[drawn % len(DOMAINS)]}"
    emails = [
        _entry(row_id, 2 + place, "EMAIL", kind, address)
        for place, kind in enumerate(("WORK", "MAILING")[: drawn // 7 % 3])
    ]
    web = [_entry(row_id, 4, "WEB", "WORK", f"https://firma.example/?id={row_id}")]
    chat = [_entry(row_id, 5, "IM", "OPENLINE", f"imol|livechat|1|{row_id}|21")]
    return {
        "HAS_PHONE": "Y" if phones else "N",
        "HAS_EMAIL": "Y" if emails else "N",
        "HAS_IMOL": "Y" if row_id % 10 == 3 else "N",
        "PHONE": phones,
        "EMAIL": emails,
        "WEB": web if row_id % 4 == 1 else [],
        "IM": chat if row_id % 10 == 3 else [],
        "LINK": [],
    }


def _entry(row_id: int, place: int, kind: str, value_type: str, value: str) -> Row:
    number = str(row_id * 6 + place)
    return {"ID": number, "VALUE_TYPE": value_type, "VALUE": value, "TYPE_ID": kind}
