"""The custom fields and smart processes of the rehearsal's portal, as real companies have them.

The made-up ones are named in Russian and in English; between them stand some hundreds that
sound alike and are mostly empty, as in a portal that is ten years old.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Own:
    """One custom field, and what its values look like."""

    code: str
    kind: str
    label: str
    values: Sequence[str] = ()
    """Of a list, its options; of another field, what its rows hold in turn."""
    every: int = 2
    """Every so manieth record has a value."""


DEAL_FIELDS = (
    Own("REGION", "enumeration", "Регион доставки", ("Москва", "Урал", "Сибирь", "Юг")),
    Own("LOSS_REASON", "enumeration", "Причина отказа", ("Дорого", "Нет бюджета", "Конкурент")),
    Own("PAY_FORM", "enumeration", "Форма оплаты", ("Безнал", "Карта", "Рассрочка")),
    Own("MARGIN", "double", "Маржа, %", ("12.5", "20", "35.75", "7")),
    Own("COST_PRICE", "double", "Себестоимость", ("1000", "25000.5", "340000", "5100")),
    Own("PREPAID", "boolean", "Предоплата получена", ("1", "0", "1")),
    Own("SHIPPED_ON", "date", "Дата фактической отгрузки", ("2026-02-03", "2026-05-17")),
    Own("WAREHOUSE", "enumeration", "Склад отгрузки", ("Химки", "Тверь", "Казань")),
    Own("COMPETITOR", "string", "Конкурент в тендере", ("Альфа", "Бета", "Гамма")),
    Own("TENDER", "boolean", "Участие в тендере", ("1", "0", "0")),
    Own("GUARANTEE", "integer", "Гарантия, мес.", ("12", "24", "36")),
    Own("INSTALLERS", "integer", "Количество монтажников", ("2", "4", "6")),
    Own("SIGNED_ON", "date", "Дата подписания договора", ("2026-01-20", "2026-04-02")),
    Own("AREA", "double", "Площадь объекта, м²", ("54.5", "120", "800.25")),
    Own("OBJECT_KIND", "enumeration", "Тип объекта", ("Квартира", "Дом", "Офис", "Цех")),
    Own("NPS", "integer", "Оценка клиента (NPS)", ("9", "10", "6", "3")),
    Own("AGENT_FEE", "double", "Вознаграждение агента", ("5000", "12000", "0")),
    Own("DEADLINE_MISSED", "boolean", "Срыв сроков", ("1", "0", "0", "0")),
    Own("PLAN", "enumeration", "Subscription plan", ("Basic", "Pro", "Enterprise")),
    Own("MRR", "double", "Monthly recurring revenue", ("100", "450.5", "1200")),
    Own("RENEWAL", "date", "Renewal date", ("2026-09-01", "2026-12-15", "2027-03-01")),
    Own("SEATS", "integer", "Number of seats", ("5", "25", "100")),
    Own("CHURN_RISK", "enumeration", "Churn risk", ("Low", "Medium", "High")),
    Own("DEMO_DONE", "boolean", "Demo held", ("1", "0")),
    Own("LEAD_TIME", "integer", "Delivery lead time, days", ("3", "7", "21")),
    Own("PARTNER_TIER", "enumeration", "Partner tier", ("Gold", "Silver", "Bronze")),
)
OTHER_FIELDS = {
    "company": (
        Own("SEGMENT", "enumeration", "Сегмент клиента", ("A", "B", "C")),
        Own("SITES", "integer", "Количество филиалов", ("1", "3", "12")),
        Own("CREDIT_LIMIT", "double", "Кредитный лимит", ("100000", "500000")),
        Own("HOLDING", "string", "Холдинг", ("Север", "Восток")),
        Own("ACCOUNT_TIER", "enumeration", "Account tier", ("Key", "Regular")),
    ),
    "lead": (
        Own("PRODUCT_INTEREST", "enumeration", "Интересует продукт", ("Окна", "Двери", "Ворота")),
        Own("JUNK_REASON", "enumeration", "Причина брака", ("Спам", "Дубль", "Не дозвонились")),
        Own("LANDING", "string", "Посадочная страница", ("main", "promo", "catalogue")),
        Own("BUDGET", "double", "Estimated budget", ("1000", "20000")),
    ),
    "contact": (
        Own("ROLE", "enumeration", "Роль в закупке", ("ЛПР", "Инженер", "Бухгалтер")),
        Own("LOYALTY", "enumeration", "Loyalty level", ("Bronze", "Gold")),
    ),
}
PROCESSES = (
    "Рекламации",
    "Монтажи",
    "Договоры",
    "Аренда оборудования",
    "Обучение клиентов",
    "Onboarding",
    "Support tickets",
    "Vendor contracts",
)
PROCESS_ITEMS = 9
_WHO = (
    "юристов",
    "бухгалтерии",
    "логистики",
    "снабжения",
    "монтажа",
    "сервиса",
    "маркетинга",
    "склада",
    "производства",
    "безопасности",
    "кадров",
    "диспетчера",
)
_WHAT = (
    ("Дата согласования", "date"),
    ("Дата передачи в отдел", "date"),
    ("Замечания", "string"),
    ("Ответ", "string"),
    ("Нужна виза", "boolean"),
    ("Номер заявки", "string"),
    ("Сумма по смете", "double"),
    ("Количество правок", "integer"),
    ("Ссылка на файл", "url"),
    ("Приоритет", "enumeration"),
    ("Срок исполнения", "date"),
    ("Оценка работы", "integer"),
)
_LEVELS = ("Низкий", "Средний", "Высокий")
_OLD = ("Old CRM id", "Legacy status", "Import batch", "Migration note")
FILLED = 5
"""Of the fields nobody asks about, every so manieth has values."""


def alike(count: int) -> Iterator[Own]:
    """Name fields nobody asks about: «Дата согласования: юристов», «Legacy status 3» …"""
    for number in range(count):
        what, kind = _WHAT[number % len(_WHAT)]
        label = f"{what}: {_WHO[number // len(_WHAT) % len(_WHO)]}"
        if number >= len(_WHAT) * len(_WHO):
            label, kind = f"{_OLD[number % len(_OLD)]} {number}", "string"
        options = _LEVELS if kind == "enumeration" else ()
        yield Own(f"X{number}", kind, label, options or _usual(kind), every=number % FILLED * 9)


def _usual(kind: str) -> Sequence[str]:
    return {
        "date": ("2026-03-01", "2026-06-11"),
        "double": ("10", "999.9"),
        "integer": ("1", "2", "3"),
        "boolean": ("1", "0"),
        "url": ("https://example.com/a",),
    }.get(kind, ("текст", "ещё текст"))
