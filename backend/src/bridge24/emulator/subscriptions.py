"""Who wants to hear of a portal's events: applications and outgoing webhooks."""

import random
import string
from collections.abc import Iterable
from dataclasses import dataclass, field

from bridge24.emulator.calls import RestError
from bridge24.emulator.event_names import WEBHOOK_EVENTS, is_known
from bridge24.emulator.oauth import Install


@dataclass
class Handler:
    """One event that somebody wants at one address.

    Attributes:
        number: `event_handler_id` of the deliveries.
        url: Where they go; empty for offline handlers.
        token: The `application_token` that proves a delivery.
        install: The application, ``None`` for an outgoing webhook.
        user_id: Whose tokens the deliveries carry; 0 for those of the acting user.
        connector: Source name of a separate offline stream.
        min_timeout: Least seconds between two signals of ONOFFLINEEVENT.
    """

    number: int
    event: str
    url: str
    token: str = field(repr=False)
    install: Install | None = None
    user_id: int = 0
    offline: bool = False
    connector: str = ""
    min_timeout: float = 1.0

    @property
    def client_id(self) -> str | None:
        """The application's id, ``None`` for an outgoing webhook."""
        return self.install.application.client_id if self.install else None


@dataclass(frozen=True)
class Webhook:
    """An outgoing webhook as the portal's form shows it after saving."""

    number: int
    url: str
    events: tuple[str, ...]
    application_token: str = field(repr=False)


class Subscriptions:
    """The event handlers of one portal."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(f"subscriptions:{seed}")
        self._handlers: list[Handler] = []
        self._webhooks: dict[int, Webhook] = {}
        self._numbers = 0

    def bind(
        self,
        install: Install,
        *,
        event: str,
        url: str,
        user_id: int = 0,
        offline: bool = False,
        connector: str = "",
        min_timeout: float = 1.0,
    ) -> Handler:
        """Bind an application's handler; the event name comes in any case.

        Raises:
            RestError: The event is unknown, or this handler is bound already.
        """
        name = event.upper()
        if not is_known(name):
            raise RestError(400, "ERROR_EVENT_NOT_FOUND", "Event not found")
        handler = Handler(
            self._next_number(),
            name,
            "" if offline else url,
            install.application_token,
            install,
            user_id=user_id,
            offline=offline,
            connector=connector,
            min_timeout=min_timeout,
        )
        if any(_same(handler, other) for other in self._handlers):
            raise RestError(400, "ERROR_CORE", "Unable to set event handler")
        self._handlers.append(handler)
        return handler

    def unbind(
        self,
        client_id: str,
        *,
        event: str,
        url: str,
        user_id: int | None = None,
        offline: bool = False,
        connector: str = "",
    ) -> int:
        """Unbind handlers and say how many; ``user_id=None`` means whatever the user."""

        def goes(handler: Handler) -> bool:
            return (
                handler.client_id == client_id
                and handler.event == event.upper()
                and handler.offline == offline
                and (handler.connector == connector if offline else handler.url == url)
                and user_id in (None, handler.user_id)
            )

        before = len(self._handlers)
        self._handlers = [handler for handler in self._handlers if not goes(handler)]
        return before - len(self._handlers)

    def drop_application(self, client_id: str) -> None:
        """Forget the handlers of an application that was removed or updated."""
        self._handlers = [each for each in self._handlers if each.client_id != client_id]

    def of_application(self, client_id: str) -> list[Handler]:
        """List an application's handlers."""
        return [handler for handler in self._handlers if handler.client_id == client_id]

    def add_webhook(self, url: str, events: Iterable[str], *, token: str | None = None) -> Webhook:
        """Do what the portal's form "Outgoing webhook" does.

        Raises:
            ValueError: An event is not offered to outgoing webhooks.
        """
        names = tuple(event.upper() for event in events)
        for name in names:
            if name not in WEBHOOK_EVENTS:
                raise ValueError(f"outgoing webhooks are not offered the event {name}")
        webhook = Webhook(self._next_number(), url, names, token or self._token())
        self._webhooks[webhook.number] = webhook
        for name in names:
            number = self._next_number()
            self._handlers.append(Handler(number, name, url, webhook.application_token))
        return webhook

    def remove_webhook(self, number: int) -> bool:
        """Delete an outgoing webhook; false when there is none of that number."""
        webhook = self._webhooks.pop(number, None)
        if webhook is None:
            return False
        token = webhook.application_token
        self._handlers = [each for each in self._handlers if each.token != token]
        return True

    def webhooks(self) -> list[Webhook]:
        """List the outgoing webhooks."""
        return list(self._webhooks.values())

    def interested(self, event: str) -> list[Handler]:
        """List who wants this event, in order of binding."""
        return [handler for handler in self._handlers if handler.event == event]

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _token(self) -> str:
        return "".join(self._random.choices(string.ascii_lowercase + string.digits, k=32))


def _same(one: Handler, other: Handler) -> bool:
    keys = ("client_id", "event", "url", "user_id", "offline", "connector")
    return all(getattr(one, key) == getattr(other, key) for key in keys)
