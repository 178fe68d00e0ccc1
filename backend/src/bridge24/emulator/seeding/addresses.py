"""Postal addresses of leads, contacts and companies."""

from __future__ import annotations

from random import Random

from bridge24.emulator.calls import words
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import CITIES, STREETS
from bridge24.emulator.store import Row

PARTS = words("2 CITY POSTAL_CODE REGION PROVINCE COUNTRY COUNTRY_CODE LOC_ADDR_ID")


def address_block(seed: int, name: str, *, prefix: str = "ADDRESS") -> Block:
    """Postal addresses; half of the rows have none."""
    chance = Random(f"{seed}:{name}:{prefix}")
    nothing = dict.fromkeys((prefix, *(f"{prefix}_{part}" for part in PARTS)))
    variants: list[Row] = [dict(nothing) for _ in range(48)]
    for number in range(48):
        filled = {
            prefix: f"{chance.choice(STREETS)}, {chance.randint(1, 150)}",
            f"{prefix}_CITY": chance.choice(CITIES),
            f"{prefix}_COUNTRY": chance.choice(("Россия", "Germany", None)),
            f"{prefix}_LOC_ADDR_ID": str(number + 1),
        }
        variants.append(nothing | filled)
    if prefix == "REG_ADDRESS":
        for variant in variants:
            variant["ADDRESS_LEGAL"] = variant[prefix]
    return Block(variants, Dice(seed, f"{name}:{prefix}"))
