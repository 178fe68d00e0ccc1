"""Names, companies and phrases a Russian or an English office would write."""

from __future__ import annotations

from bridge24.emulator.calls import words

FIRST_NAMES = words(
    "Анна Иван Мария Пётр Ольга Сергей Елена Дмитрий Наталья Алексей Татьяна Андрей Юлия "
    "Михаил Светлана Артём Ксения Николай Ирина Павел John Emily Michael Sarah Oliver "
    "Grace"
)
SECOND_NAMES = words(
    "Сергеевич Ивановна Петрович Алексеевна Дмитриевич Андреевна Михайлович Павловна"
)
LAST_NAMES = words(
    "Иваненко Кузнец Смирных Попова-Лунина Соколов Лебедева Козлов Новикова Морозов "
    "Петровская Волков Соловьёва Васнецов Зайцева Павлюк Семёнова Голубев Виноградова "
    "Воробьёв Фёдоров O'Brien Smith Johnson Williams Müller García Nowak Ковальчук "
    "Ахметов Ли"
)
LOGINS = words(
    "anna.i ivan.k sales office info maria petr.s olga.l zakaz buh director snab manager "
    "elena.v hello contact alex.n j.smith support mail"
)
DOMAINS = ("example.com", "example.org", "example.net", "mail.example.ru", "firma.example")
COMPANY_FORMS = ("ООО «{}»", "АО «{}»", "ИП {}", "ТД «{}»", "{} Ltd.", "{} GmbH", "НПО «{}»")
COMPANY_WORDS = words(
    "Вектор Рассвет Меридиан Сфера Альянс Гарант Ромашка Прогресс Северсталь-Сервис "
    "Технолайт СтройИнвест Аквамарин Полюс Горизонт Контур Спектр Northwind Contoso "
    "Bluebird Acme"
)
CITIES = ("Москва", "Санкт-Петербург", "Казань", "Екатеринбург", "Новосибирск", "London", "Berlin")
STREETS = ("ул. Ленина", "пр-т Мира", "Тверская ул.", "Невский пр.", "High Street", "наб. Фонтанки")
POSITIONS = (
    "Директор", "Главный бухгалтер", "Менеджер по закупкам", "Инженер", "CEO", "Office manager",
    "Снабженец", "Руководитель отдела продаж",
)  # fmt: skip
GOODS = (
    "Поставка оборудования", "Годовое обслуживание", "Внедрение CRM", "Ремонт офиса",
    "Website redesign", "Аренда склада", "Обучение сотрудников", "Печать каталога",
    "Software licences", "Монтаж вентиляции", "Корпоративные подарки", "Логистика до склада",
    "Видеонаблюдение", "Annual support", "Проект электроснабжения", "Мебель для переговорной",
)  # fmt: skip
TITLE_TAILS = (
    "", "", "", " (повторно)", " «срочно»", ' "VIP"', " 🚀", " — тендер", " & Co", " <b>важно</b>",
    " / доп. соглашение", "\tс табуляцией", " 50%", " O'Neill", " \\ архив", " [B]BB[/B]",
)  # fmt: skip
COMMENTS = (
    "", None, "", "Просили перезвонить после обеда",
    "[B]Важно:[/B] оплата в два этапа\n[LIST]\n[*]аванс 30%\n[*]остаток по акту\n[/LIST]",
    "<p>Перенесено из старой CRM &amp; проверено</p><br>", "Клиент доволен 👍🏽 ждёт счёт",
    'Сказал: "подумаем"', "Оплата по реквизитам: р/с 40702810000000000001\r\nБИК 044525225",
    "Discount 10% agreed; deliver by Friday", "https://example.com/?a=1&b=2#часть",
    "  пробелы по краям  ", "0", "null", "C:\\docs\\договор.pdf",
)  # fmt: skip
SOURCE_NOTES = (None, "", "Реклама в метро", "Пришёл по рекомендации", "Landing page", None)
UTM_SOURCES = (None, None, "google", "yandex", "vk", "newsletter")
UTM_MEDIUMS = (None, "CPC", "cpm", "email")
UTM_CAMPAIGNS = (None, "summer_sale", "осень-2025", "brand")

LONG_TITLE = ("Очень длинное название сделки, которое менеджер скопировал из письма целиком. " * 4)[
    :300
]
LONG_COMMENT = (
    "Переписка с клиентом за год, вставленная в комментарий без разбора. Thread copy & paste 📎\n"
) * 800


def phrase(number: int) -> str:
    """A short text for a custom field; a few are awkward on purpose."""
    awkward = ("", "0", "-", "«Ёлки»", "O'Hara", 'say "hi"', "a<b>c&d", "🙂", "line1\nline2")
    if number % 5 == 0:
        return awkward[number // 5 % len(awkward)]
    return f"{GOODS[number % len(GOODS)]} № {number}"
