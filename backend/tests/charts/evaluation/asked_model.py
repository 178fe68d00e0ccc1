"""The model that the harness asks: a canned server's, with prices."""

from bridge24.core.llm.accounting import Prices
from bridge24.core.llm.provider import OpenAIModel


def model_at(url: str) -> OpenAIModel:
    """A dollar for a million tokens of a question, two for those of an answer."""
    return OpenAIModel(
        key="k",
        base_url=url,
        model="canned",
        embedding_model="canned",
        seconds=60,
        side_by_side=1,
        prices=Prices(1.0, 2.0),
    )
