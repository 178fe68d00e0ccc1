"""The provider against a real HTTP server: formats, repairs, retries, accounts."""

from collections.abc import AsyncIterator

import pytest
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select

from bridge24.canned import CannedModel, Rule
from bridge24.core.clock import utc_naive
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.llm import errors
from bridge24.core.llm.accounting import Prices, spent
from bridge24.core.llm.models import LlmCall
from bridge24.core.llm.provider import OpenAIModel
from bridge24.core.settings import Settings

SECRET = "sk-very-secret-key"


class Chart(BaseModel):
    """What a model is asked for here."""

    title: str
    points: int = Field(ge=1)


GOOD = Rule("revenue", {"title": "Выручка", "points": 3})
QUESTION = [{"role": "user", "content": "revenue by month"}]


@pytest.fixture
async def server() -> AsyncIterator[CannedModel]:
    async with CannedModel([GOOD], key=SECRET) as running:
        yield running


@pytest.fixture
async def accounts(migrated_pg_url: str) -> AsyncIterator[None]:
    await init_db(Settings(database_url=SecretStr(migrated_pg_url)))
    yield
    await close_db()


def model_of(server: CannedModel, *, key: str = SECRET, seconds: float = 5) -> OpenAIModel:
    return OpenAIModel(
        key=key,
        base_url=server.base_url,
        model="canned",
        embedding_model="canned-vectors",
        seconds=seconds,
        side_by_side=2,
        prices=Prices(1.0, 2.0),
    )


@pytest.fixture
async def model(server: CannedModel, accounts: None) -> AsyncIterator[OpenAIModel]:
    opened = model_of(server)
    yield opened
    await opened.close()


async def asked(model: OpenAIModel) -> Chart:
    return await model.complete(QUESTION, answer=Chart, purpose="chart")


async def calls() -> list[LlmCall]:
    async with transaction() as session:
        return list(await session.scalars(select(LlmCall).order_by(LlmCall.id)))


async def test_an_answer_comes_back_typed_and_the_strict_schema_was_sent(
    model: OpenAIModel, server: CannedModel
) -> None:
    assert await asked(model) == Chart(title="Выручка", points=3)
    (request,) = server.requests
    schema = request["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["required"] == ["title", "points"]
    assert request["max_tokens"] == 4000


@pytest.mark.parametrize(("formats", "rung"), [({"json_object"}, "json_object"), (set(), "prompt")])
async def test_a_server_without_a_format_is_asked_in_the_next_way_and_that_is_remembered(
    accounts: None, formats: set[str], rung: str
) -> None:
    async with CannedModel([GOOD], formats=formats) as server:
        model = model_of(server)
        await asked(model)
        before = len(server.requests)
        assert await asked(model) == Chart(title="Выручка", points=3)
        await model.close()
    assert len(server.requests) == before + 1
    assert '"points"' in server.requests[-1]["messages"][-1]["content"]
    assert (await calls())[-1].rung == rung


async def test_an_answer_that_does_not_fit_is_shown_with_what_is_wrong(
    model: OpenAIModel, server: CannedModel
) -> None:
    server.rules = [
        Rule("cannot be used: points", 'Sorry!\n```json\n{"title": "ok", "points": 1}\n```'),
        Rule("revenue", {"title": "bad", "points": 0}),
    ]
    assert (await asked(model)).title == "ok"
    assert server.requests[-1]["messages"][-2]["role"] == "assistant"


async def test_answers_that_never_fit_end_in_a_clear_error(
    model: OpenAIModel, server: CannedModel
) -> None:
    server.rules = [Rule("", "I would rather write a poem.")]
    with pytest.raises(errors.ModelAnswerUnusable, match="3 times"):
        await asked(model)
    assert len(server.requests) == 3


async def test_a_busy_server_is_asked_again(model: OpenAIModel, server: CannedModel) -> None:
    server.fail(429, times=1, retry_after=0.01)
    server.fail(500, times=1)
    server.fail(0, times=1)
    assert (await asked(model)).points == 3
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (404, "no such model", errors.ModelUnknown),
        (400, "maximum context length is 8192 tokens", errors.ModelTooLong),
        (403, "forbidden", errors.ModelKeyRefused),
        (400, "strange request", errors.ModelError),
    ],
)
async def test_refusals_are_explained(
    model: OpenAIModel,
    server: CannedModel,
    status: int,
    message: str,
    expected: type[errors.ModelError],
) -> None:
    server.fail(status, message=message)
    with pytest.raises(expected) as raised:
        await asked(model)
    assert type(raised.value) is expected
    assert (await calls())[-1].outcome == expected.__name__


async def test_a_wrong_key_is_said_and_never_shown(server: CannedModel, accounts: None) -> None:
    model = model_of(server, key="sk-wrong-and-secret")
    with pytest.raises(errors.ModelKeyRefused) as raised:
        await asked(model)
    await model.close()
    assert "sk-" not in str(raised.value)


async def test_a_slow_server_ends_in_a_clear_error(server: CannedModel, accounts: None) -> None:
    server.seconds_before = 5
    model = model_of(server, seconds=0.05)
    with pytest.raises(errors.ModelTooSlow):
        await asked(model)
    await model.close()


async def test_an_absent_server_ends_in_a_clear_error(accounts: None) -> None:
    async with CannedModel() as gone:
        model = model_of(gone)
    with pytest.raises(errors.ModelUnreachable, match=r"127\.0\.0\.1"):
        await asked(model)
    await model.close()


async def test_a_text_is_handed_out_while_it_is_written(
    model: OpenAIModel, server: CannedModel
) -> None:
    server.rules = [Rule("", "Таблица сделок хранит продажи компании. 🚀")]
    pieces = [piece async for piece in model.stream(QUESTION, purpose="description")]
    assert len(pieces) > 1
    assert "".join(pieces) == "Таблица сделок хранит продажи компании. 🚀"
    (call,) = await calls()
    assert (call.purpose, call.answer_chars) == ("description", len("".join(pieces)))
    assert call.answer_tokens > 0


async def test_a_reader_who_leaves_ends_the_stream_at_the_server(
    model: OpenAIModel, server: CannedModel
) -> None:
    server.rules = [Rule("", "word " * 5000)]
    server.seconds_between = 0.01
    stream = model.stream(QUESTION, purpose="description")
    async for _piece in stream:
        break
    await stream.aclose()  # type: ignore[attr-defined]
    assert (await calls())[-1].outcome == "GeneratorExit"


async def test_embeddings_come_in_order_and_in_parts(
    model: OpenAIModel, server: CannedModel
) -> None:
    texts = [f"text number {number}" for number in range(130)]
    vectors = await model.embed(texts, purpose="search")
    assert len(vectors) == 130
    assert [len(request["input"]) for request in server.requests] == [100, 30]
    (again,) = await model.embed([texts[120]], purpose="search")
    assert again == vectors[120]


async def test_every_call_is_accounted_for_without_a_word_of_it(model: OpenAIModel) -> None:
    began = utc_naive()
    await asked(model)
    (call,) = await calls()
    assert call.outcome == "answered"
    assert call.prompt_chars == len("revenue by month")
    assert call.cost_micros == call.prompt_tokens * 1 + call.answer_tokens * 2
    async with transaction() as session:
        total = await spent(session, since=began)
    assert (total.calls, total.cost_micros) == (1, call.cost_micros)
    told = " ".join(str(value) for value in vars(call).values())
    assert "revenue" not in told and "Выручка" not in told
