"""Words of questions and labels, brought to their stems, in Russian and English; pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from bridge24.charts.knowledge.meanings import MEANINGS

SHORTENED = 3
"""Words."""
_WORD = re.compile(r"[a-zа-яё]+|\d+", re.IGNORECASE)
_RUSSIAN = re.compile(r"[а-яё]", re.IGNORECASE)
_STEMMERS = {
    True: snowballstemmer.stemmer("russian"),
    False: snowballstemmer.stemmer("english"),
}
_EMPTY_WORDS = frozenset(
    _WORD.findall(
        "и в во на по за с со о об от до из у к а но или что как где когда для при не ни это этот "
        "эта эти все всего мне нам покажи построй сколько какой какая какие каких the a an of by "
        "in on at to for and or with from is are was were what which how many much show me draw "
        "our we us all each per"
    )
)


def stems_of(text: str) -> list[str]:
    """Bring the words of a text to their stems; words that carry nothing are left out."""
    return list(_stems_of(text))


@lru_cache(maxsize=50_000)
def _stems_of(text: str) -> tuple[str, ...]:
    words = (word.lower().replace("ё", "е") for word in _WORD.findall(text.replace("_", " ")))
    return tuple(stem(word) for word in words if word not in _EMPTY_WORDS)


def initials_of(label: str) -> str:
    """Shorten a label of three words or more as people do: "Monthly recurring revenue", mrr."""
    words = _WORD.findall(label)
    return "".join(word[0] for word in words).lower() if len(words) >= SHORTENED else ""


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Bring one lower-case word to its stem."""
    return str(_STEMMERS[bool(_RUSSIAN.search(word))].stemWord(word))


@lru_cache(maxsize=1)
def _meanings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in MEANINGS:
        stems = {stem(word.replace("ё", "е")) for word in line.split()}
        for each in stems:
            found.setdefault(each, set()).update(stems)
    return {each: frozenset(stems) for each, stems in found.items()}


def widened(stems: Iterable[str]) -> dict[str, float]:
    """Add words of the same meaning to a question's own: stem → weight, own words 1."""
    weights: dict[str, float] = {}
    meanings = _meanings()
    for own in stems:
        weights[own] = 1.0
        for other in meanings.get(own, ()):
            weights[other] = max(weights.get(other, 0.0), 0.5)
    return weights
