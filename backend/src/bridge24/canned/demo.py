"""What the canned model of the demonstration answers.

It knows the example questions of the interface in both languages, how to refine their charts,
and one question back; of anything else it says plainly that it does not.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bridge24.canned.rules import Request, Rule, last_words
from bridge24.canned.topics import CANNED, TOPICS, Grain, Language, Topic, Words, over_time

_FOLLOW = r"^Change the chart above as asked[^:]*:\s*"
_GRAINS: tuple[tuple[str, Grain], ...] = (
    (r"по дням|by day|daily", "day"),
    (r"по недел|by week|weekly", "week"),
    (r"по месяц|by month|monthly", "month"),
    (r"по квартал|by quarter|quarterly", "quarter"),
    (r"по год|by year|yearly", "year"),
)
_TYPES = (
    (r"круг|пирог|\bpie\b", "pie"),
    (r"столб|\bbars?\b", "bar"),
    (r"лини|график|\bline\b", "line"),
    (r"област|\barea\b", "area"),
    (r"таблиц|\btable\b", "table"),
)
_ONLY_WON = r"только\s+(выигран|успешн)|only\s+(the\s+)?(won|successful)"
_BEST = r"^(?!.*—).*(лучш\w+ менеджер|best (manager|salesperson))"
_NOT_KNOWN: Words = {
    "ru": "Заготовленный ответ: сделки по этапам",
    "en": "Canned answer: deals by stage",
}
_BEST_QUESTION: Words = {
    "ru": "Лучший — по чему? (Ответ заготовленной модели.)",
    "en": "Best by what? (Answered by a canned model.)",
}
_BEST_CHOICES: Mapping[Language, tuple[str, ...]] = {
    "ru": ("По выручке за квартал", "По числу выигранных сделок", "По конверсии лидов"),
    "en": ("By revenue this quarter", "By number of won deals", "By lead conversion"),
}


def _language(text: str) -> Language:
    return "ru" if re.search(r"[а-яё]", text, re.IGNORECASE) else "en"


def _dialect(request: Request) -> str:
    told = str((request.get("messages") or [{}])[0].get("content"))
    return "mysql" if "Database: mysql" in told else "postgresql"


def _topic(text: str) -> Topic | None:
    return next((each for each in TOPICS if re.search(each.pattern, text, re.IGNORECASE)), None)


def _answer(request: Request) -> str:
    """Draw what a question is about, as it is asked for."""
    question = last_words(request)
    language = _language(question)
    topic = _topic(question)
    if topic is None:
        return _drawn(replace(TOPICS[-1], title=_NOT_KNOWN), language, request)
    if "—" in question:
        # An answer to the question back: whatever is chosen, people are compared.
        topic = replace(topic, group="responsible", grain=None, chart_type="bar")
    return _drawn(topic, language, request)


def _refined(request: Request) -> str:
    """Change the chart before as the follow-up wants it."""
    wish = re.sub(_FOLLOW, "", last_words(request))
    before = _before(request)
    language = _language(f"{wish}{before.get('title')}")
    topic = _of_chart(before) or TOPICS[-1]
    changed = _changed(topic, wish)
    if changed is not topic:
        return _drawn(changed, language, request)
    kind = next((name for pattern, name in _TYPES if _has(pattern, wish)), None)
    if kind is None:
        return _answer(request) if _topic(wish) else _untouched(before, language)
    return json.dumps({"chart": {**before, "chart_type": kind}}, ensure_ascii=False)


def _changed(topic: Topic, wish: str) -> Topic:
    grain = next((grain for pattern, grain in _GRAINS if _has(pattern, wish)), None)
    if _has(_ONLY_WON, wish) and topic.won and topic.where != topic.won:
        title: Words = {
            "ru": f"{topic.title['ru']}, только выигранные",
            "en": f"{topic.title['en']}, only won",
        }
        topic = replace(topic, where=topic.won, title=title)
    return over_time(topic, grain) if grain else topic


def _has(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _untouched(before: Mapping[str, Any], language: Language) -> str:
    """The wish is not understood: the chart stays, and says so."""
    told: Words = {
        "ru": "Этого уточнения заготовленная модель не знает: диаграмма осталась прежней.",
        "en": "The canned model does not know this refinement: the chart is as it was.",
    }
    kept = [each for each in before.get("assumptions", []) if each not in told.values()]
    chart = {**before, "explanation": CANNED[language], "assumptions": [told[language], *kept]}
    return json.dumps({"chart": chart}, ensure_ascii=False)


def _corrected(request: Request) -> str:
    """Nothing was found: take the last quarter in which there is something."""
    before = _before(request)
    language = _language(str(before.get("title")))
    topic = _of_chart(before)
    if topic is None:
        return json.dumps({"chart": before}, ensure_ascii=False)
    return _drawn(replace(topic, latest=True), language, request)


def _before(request: Request) -> Mapping[str, Any]:
    """The chart that was shown last."""
    said = [each["content"] for each in request["messages"] if each["role"] == "assistant"]
    chart: Mapping[str, Any] = json.loads(said[-1])["chart"] if said else {}
    return {"explanation": "", **chart}


def _of_chart(chart: Mapping[str, Any]) -> Topic | None:
    """Which subject a chart is of, by its table, measure and conditions."""
    sql, title = str(chart.get("sql")), str(chart.get("title"))
    exact = (each for each in TOPICS if title in each.title.values())
    near = (each for each in TOPICS if each.table in sql and each.measure.sql in sql)
    return next(exact, next(near, None))


def _drawn(topic: Topic, language: Language, request: Request) -> str:
    chart = topic.drawn(language, _dialect(request))
    return json.dumps({"chart": chart}, ensure_ascii=False)


def _best(request: Request) -> str:
    language = _language(last_words(request))
    asked = {"question": _BEST_QUESTION[language], "choices": list(_BEST_CHOICES[language])}
    return json.dumps({"clarification": asked}, ensure_ascii=False)


def _description(request: Request) -> str:
    """Describe the tables that the request itself tells of."""
    told = last_words(request)
    language: Language = "ru" if "analyst, in Russian" in told else "en"
    lines = re.findall(r'^- (\w+): "([^"\n]*)"; ~?(\d+)', told, re.MULTILINE)
    filled = [(name, label, int(rows)) for name, label, rows in lines if int(rows)]
    heads: Mapping[Language, tuple[str, str, str]] = {
        "ru": ("Что есть в базе данных", "Главные таблицы", "строк"),
        "en": ("What is in the database", "The main tables", "rows"),
    }
    title, main, rows_word = heads[language]
    top = sorted(filled, key=lambda each: -each[2])[:12]
    listed = [f"- `{name}`: {label or name}, {rows_word}: {rows}" for name, label, rows in top]
    return "\n".join(
        [
            f"# {title}",
            "",
            f"*{CANNED[language]}*",
            "",
            f"## {main}",
            "",
            *listed,
            "",
            *_TRAPS[language],
        ]
    )


_TRAPS: Mapping[Language, tuple[str, ...]] = {
    "ru": (
        "## Что спросить",
        "",
        "- Выручка по менеджерам за этот квартал",
        "- Выигранные сделки по месяцам",
        "- Конверсия лидов по месяцам",
        "",
        "Суммы стоят в валюте своей строки: разные валюты не складываются.",
    ),
    "en": (
        "## What to ask",
        "",
        "- Revenue by manager this quarter",
        "- Won deals by month",
        "- Lead conversion by month",
        "",
        "Amounts stand in the currency of their row: different ones are not added up.",
    ),
}

RULES = (
    Rule(r"^You describe a company's CRM database", _description),
    Rule(r"^The query (runs but returns no row|failed)", _corrected),
    Rule(_FOLLOW, _refined),
    Rule(_BEST, _best),
    Rule("", _answer),
)
"""The last one answers whatever is asked."""
