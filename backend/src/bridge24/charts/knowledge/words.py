"""Words of questions and labels, brought to their stems, in Russian and English; pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

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

# What people say → the words of Bitrix24's field names and labels. One line a meaning.
_MEANINGS = (
    "выручка доход оборот продажи сумма чек бюджет стоимость revenue income turnover sales amount "
    "sum value cheque check budget total opportunity price",
    "менеджер ответственный продавец сотрудник manager responsible owner salesperson seller rep "
    "employee assigned",
    "сотрудник пользователь коллега employee user staff people",
    "этап стадия статус stage status step phase",
    "воронка направление funnel pipeline category",
    "источник канал откуда source channel origin",
    "создан создание новый поступил created creation create new date add added begin",
    "закрыт закрытие завершен завершение closed close closing completed finish end",
    "выигран успешный успешно продан оплачен won win successful success semantic",
    "проигран провален отказ потерян lost lose fail failed failure rejected semantic",
    "изменен обновлен modified changed updated modify",
    "клиент покупатель заказчик client customer buyer company contact",
    "компания организация фирма company organisation organization firm account",
    "контакт человек contact person",
    "лид заявка обращение lead request inquiry enquiry",
    "сделка заказ договор deal order opportunity",
    "предложение кп quote proposal offer estimate",
    "счет инвойс invoice bill",
    "звонок телефония call phone telephony duration",
    "дело активность встреча activity meeting event",
    "задача поручение task",
    "товар продукт позиция product item goods row",
    "количество число quantity count number",
    "скидка discount",
    "валюта рубль доллар currency rouble dollar",
    "тип вид type kind",
    "отрасль сфера industry sector",
    "город регион область city region town",
    "конверсия conversion stage semantic status",
    "просрочен просрочка срок дедлайн overdue deadline due closedate",
    "вероятность probability chance",
    "реклама кампания метка utm campaign advertising medium source",
    "отдел подразделение department division team",
    "длительность время duration time long seconds",
    "повторный постоянный repeat return recurring",
)


def stems_of(text: str) -> list[str]:
    """Bring the words of a text to their stems; words that carry nothing are left out."""
    words = (word.lower().replace("ё", "е") for word in _WORD.findall(text.replace("_", " ")))
    return [stem(word) for word in words if word not in _EMPTY_WORDS]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Bring one lower-case word to its stem."""
    return str(_STEMMERS[bool(_RUSSIAN.search(word))].stemWord(word))


@lru_cache(maxsize=1)
def _meanings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _MEANINGS:
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
