"""What the demonstration's model can draw: a few subjects over the mirrored CRM; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Language = Literal["ru", "en"]
Words = Mapping[Language, str]
Grain = Literal["day", "week", "month", "quarter", "year"]

MOST = 50
CANNED: Words = {
    "ru": "Ответ заготовленной модели: она знает только вопросы-примеры. "
    "С настоящей моделью (OPENAI_API_KEY) можно спрашивать что угодно.",
    "en": "Answered by a canned model, which knows the example questions only. "
    "With a real one (OPENAI_API_KEY) you may ask anything.",
}
GRAINS: Mapping[Grain, Words] = {
    "day": {"ru": "по дням", "en": "by day"},
    "week": {"ru": "по неделям", "en": "by week"},
    "month": {"ru": "по месяцам", "en": "by month"},
    "quarter": {"ru": "по кварталам", "en": "by quarter"},
    "year": {"ru": "по годам", "en": "by year"},
}
_MYSQL_GRAINS: Mapping[Grain, str] = {
    "day": "CAST({0} AS DATE)",
    "week": "CAST(DATE_SUB({0}, INTERVAL WEEKDAY({0}) DAY) AS DATE)",
    "month": "CAST(DATE_FORMAT({0}, '%Y-%m-01') AS DATE)",
    "quarter": "DATE_ADD(MAKEDATE(YEAR({0}), 1), INTERVAL QUARTER({0}) - 1 QUARTER)",
    "year": "MAKEDATE(YEAR({0}), 1)",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted or summed up."""

    alias: str
    sql: str
    label: Words
    format: str = "integer"
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject, as it is drawn unless the question wants it otherwise."""

    pattern: str
    """Which questions are about it, in either language."""
    title: Words
    table: str
    measure: Measure
    day: str
    """The column of the time axis and of periods."""
    group: str = ""
    """The column that is compared, unless there is a time axis."""
    where: str = ""
    won: str = ""
    """The condition of "only won", where there is such a thing."""
    grain: Grain | None = None
    chart_type: str = "bar"
    since: str = ""
    """Where the period begins that the reader may choose, ``quarter_start`` …; empty: all."""
    latest: bool = False
    """Only the last quarter in which there is anything."""
    assumption: Words | None = None

    def drawn(self, language: Language, dialect: str) -> dict[str, object]:
        """Make the chart, as a ``ChartSpec`` in JSON."""
        x = "period" if self.grain else self.group
        said = [self.assumption[language]] if self.assumption else []
        return {
            "title": self.title[language],
            "explanation": CANNED[language],
            "sql": self._sql(dialect),
            "chart_type": self.chart_type,
            "x": x,
            "x_format": "date" if self.grain else "text",
            "grain": self.grain or "none",
            "series": [self._series(language)],
            "split_by": None,
            "assumptions": [*said, *self._period_told(language), CANNED[language]],
            "parameters": self._parameters(language),
        }

    def _series(self, language: Language) -> dict[str, object]:
        measure = self.measure
        return {
            "column": measure.alias,
            "label": measure.label[language],
            "format": measure.format,
            "currency": measure.currency,
        }

    def _sql(self, dialect: str) -> str:
        shown = stepped(self.day, self.grain, dialect) if self.grain else self.group
        name = "period" if self.grain else self.group
        wanted = self._conditions(dialect)
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        order = "period" if self.grain else f"{self.measure.alias} DESC"
        return (
            f"SELECT {shown} AS {name}, {self.measure.sql} AS {self.measure.alias} "
            f"FROM {self.table}{where} GROUP BY {shown} ORDER BY {order} LIMIT {MOST}"
        )

    def _conditions(self, dialect: str) -> list[str]:
        wanted = [self.where] if self.where else []
        if self.latest:
            last = stepped(f"MAX({self.day})", "quarter", dialect)
            among = f" WHERE {self.where}" if self.where else ""
            wanted.append(f"{self.day} >= (SELECT {last} FROM {self.table}{among})")
        elif self.since:
            wanted.append(f"{self.day} >= :since")
        return wanted

    def _period_told(self, language: Language) -> list[str]:
        if not self.latest:
            return []
        told: Words = {
            "ru": "За выбранный период ничего нет: показан последний квартал, в котором есть.",
            "en": "There is nothing in the period asked for: this is the last quarter with any.",
        }
        return [told[language]]

    def _parameters(self, language: Language) -> list[dict[str, object]]:
        if not self.since or self.latest:
            return []
        label: Words = {"ru": "Начиная с", "en": "Since"}
        return [{"name": "since", "kind": "date", "label": label[language], "default": self.since}]


def stepped(column: str, grain: Grain, dialect: str) -> str:
    """Spell the first day of a column's month, quarter …"""
    if dialect == "mysql":
        return _MYSQL_GRAINS[grain].format(column)
    return f"CAST(DATE_TRUNC('{grain}', {column}) AS DATE)"


def over_time(topic: Topic, grain: Grain) -> Topic:
    """Draw a subject along a time axis, all of it."""
    base = {language: _plain(title) for language, title in topic.title.items()}
    title: Words = {language: f"{base[language]} {GRAINS[grain][language]}" for language in base}
    return replace(topic, grain=grain, chart_type="line", title=title, since="", latest=False)


def _plain(title: str) -> str:
    """Take what it is grouped by off a title."""
    return re.split(r" (?:по|на|by|at|за|this) ", title)[0]


_DEALS = Measure("deals", "COUNT(*)", {"ru": "Сделки", "en": "Deals"})
_WON = "stage_semantic_id = 'S'"
_IN_ROUBLES: Words = {
    "ru": "Только сделки в рублях: разные валюты не складываются.",
    "en": "Deals in roubles only: different currencies are not added up.",
}
TOPICS: tuple[Topic, ...] = (
    Topic(
        r"конверси|conversion",
        {"ru": "Конверсия лидов по месяцам", "en": "Lead conversion by month"},
        "v_crm_leads",
        Measure(
            "conversion",
            "100.0 * SUM(CASE WHEN status_semantic_id = 'S' THEN 1 ELSE 0 END) / COUNT(*)",
            {"ru": "Конверсия", "en": "Conversion"},
            format="percent",
        ),
        day="date_create",
        group="responsible",
        grain="month",
        chart_type="line",
    ),
    Topic(
        r"звонк|\bcalls?\b",
        {"ru": "Звонки по сотрудникам", "en": "Calls by employee"},
        "v_crm_calls",
        Measure("calls", "COUNT(*)", {"ru": "Звонки", "en": "Calls"}),
        day="call_start_date",
        group="portal_user",
    ),
    Topic(
        r"компани|\bcompan",
        {"ru": "Новые компании по месяцам", "en": "New companies by month"},
        "v_crm_companies",
        Measure("companies", "COUNT(*)", {"ru": "Компании", "en": "Companies"}),
        day="date_create",
        group="responsible",
        grain="month",
        chart_type="line",
    ),
    Topic(
        r"лид|\bleads?\b",
        {"ru": "Лиды по источникам за этот год", "en": "Leads by source this year"},
        "v_crm_leads",
        Measure("leads", "COUNT(*)", {"ru": "Лиды", "en": "Leads"}),
        day="date_create",
        group="source",
        won="status_semantic_id = 'S'",
        since="year_start",
    ),
    Topic(
        r"выручк|revenue",
        {"ru": "Выручка по менеджерам за этот квартал", "en": "Revenue by manager this quarter"},
        "v_crm_deals",
        Measure(
            "revenue",
            "SUM(opportunity)",
            {"ru": "Выручка", "en": "Revenue"},
            format="money",
            currency="RUB",
        ),
        day="closedate",
        group="responsible",
        where=f"{_WON} AND currency_id = 'RUB'",
        since="quarter_start",
        assumption=_IN_ROUBLES,
    ),
    Topic(
        r"(выигран|won)\D*(менеджер|manager)|(менеджер|manager)\D*(выигран|won)",
        {"ru": "Выигранные сделки по менеджерам", "en": "Won deals by manager"},
        "v_crm_deals",
        _DEALS,
        day="closedate",
        group="responsible",
        where=_WON,
        won=_WON,
    ),
    Topic(
        r"выигран|\bwon\b",
        {"ru": "Выигранные сделки по месяцам", "en": "Won deals by month"},
        "v_crm_deals",
        _DEALS,
        day="closedate",
        group="responsible",
        where=_WON,
        won=_WON,
        grain="month",
        chart_type="line",
    ),
    Topic(
        r"этап|стади|\bstages?\b",
        {"ru": "Сделки по этапам", "en": "Deals by stage"},
        "v_crm_deals",
        _DEALS,
        day="date_create",
        group="stage",
        won=_WON,
    ),
)
