"""Titles of standard fields as a Russian portal shows them; the rest stay as they are."""

from __future__ import annotations

_LINES = """
TITLE Название
TYPE_ID Тип
CATEGORY_ID Направление
STAGE_ID Стадия
STAGE_SEMANTIC_ID Группа стадии
STATUS_ID Стадия
STATUS_DESCRIPTION Дополнительно о стадии
IS_NEW Новая сделка
IS_RECURRING Регулярная сделка
IS_RETURN_CUSTOMER Повторный клиент
IS_REPEATED_APPROACH Повторное обращение
PROBABILITY Вероятность
CURRENCY_ID Валюта
OPPORTUNITY Сумма
IS_MANUAL_OPPORTUNITY Ручной режим суммы
TAX_VALUE Ставка налога
COMPANY_ID Компания
CONTACT_ID Контакт
CONTACT_IDS Контакты
COMPANY_IDS Компании
QUOTE_ID Предложение
LEAD_ID Лид
DEAL_ID Сделка
BEGINDATE Дата начала
CLOSEDATE Дата завершения
DATE_CLOSED Дата завершения
OPENED Доступен для всех
CLOSED Закрыта
COMMENTS Комментарий
ASSIGNED_BY_ID Ответственный
CREATED_BY_ID Кем создан
MODIFY_BY_ID Кем изменён
MOVED_BY_ID Кем сменена стадия
CREATED_BY Кем создан
UPDATED_BY Кем изменён
MOVED_BY Кем сменена стадия
DATE_CREATE Дата создания
DATE_MODIFY Дата изменения
CREATED_TIME Когда создан
UPDATED_TIME Когда обновлён
MOVED_TIME Когда сменена стадия
SOURCE_ID Источник
SOURCE_DESCRIPTION Дополнительно об источнике
ADDITIONAL_INFO Дополнительная информация
LOCATION_ID Местоположение
ORIGINATOR_ID Внешний источник
ORIGIN_ID Идентификатор во внешнем источнике
UTM_SOURCE Рекламная система
UTM_MEDIUM Тип трафика
UTM_CAMPAIGN Обозначение рекламной кампании
UTM_CONTENT Содержание кампании
UTM_TERM Условие поиска кампании
LAST_ACTIVITY_TIME Последняя активность
LAST_ACTIVITY_BY Кем была последняя активность
HONORIFIC Обращение
NAME Имя
SECOND_NAME Отчество
LAST_NAME Фамилия
BIRTHDATE Дата рождения
PHOTO Фотография
LOGO Логотип
POST Должность
COMPANY_TITLE Название компании
COMPANY_TYPE Тип компании
INDUSTRY Сфера деятельности
EMPLOYEES Количество сотрудников
REVENUE Годовой оборот
BANKING_DETAILS Банковские реквизиты
IS_MY_COMPANY Моя компания
EXPORT Участвует в экспорте контактов
HAS_PHONE Задан телефон
HAS_EMAIL Задан e-mail
HAS_IMOL Задана открытая линия
PHONE Телефон
EMAIL E-mail
WEB Сайт
IM Мессенджер
ADDRESS Адрес
ADDRESS_2 Адрес (стр. 2)
ADDRESS_CITY Город
ADDRESS_POSTAL_CODE Почтовый индекс
ADDRESS_REGION Район
ADDRESS_PROVINCE Область
ADDRESS_COUNTRY Страна
ADDRESS_COUNTRY_CODE Код страны
ADDRESS_LEGAL Юридический адрес
QUOTE_NUMBER Номер предложения
MYCOMPANY_ID Реквизиты вашей компании
OBSERVERS Наблюдатели
"""

TITLES: dict[str, str] = dict(line.split(" ", 1) for line in _LINES.strip().splitlines())
