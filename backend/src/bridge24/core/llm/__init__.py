"""Language models: structured answers, streamed texts and embeddings, each accounted for."""

from bridge24.core.llm.connected import LanguageModel, close_model, language_model
from bridge24.core.llm.errors import ModelError, ModelNotConfigured
from bridge24.core.llm.ladder import Message

__all__ = [
    "LanguageModel",
    "Message",
    "ModelError",
    "ModelNotConfigured",
    "close_model",
    "language_model",
]
