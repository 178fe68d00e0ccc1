"""Events whose sender does not know the token, in a thousand ways."""

import random
import string
from urllib.parse import quote

TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
OTHER = "51856fefc120afa4b628cc82d3935cce"
GENUINE = (
    "event=ONCRMDEALUPDATE&event_handler_id=975&data%5BFIELDS%5D%5BID%5D=7405&ts=1766047124"
    "&auth%5Bdomain%5D=portal.example.com"
    "&auth%5Bmember_id%5D=d897063e1ce7c5eb9f04b9751eef5915"
)
"""What the portal sends, up to the token."""
KEY = "auth%5Bapplication_token%5D"


def forgery(dice: random.Random) -> str:
    """Write an event whose sender does not know the token, in one of many ways."""
    near = list(TOKEN)
    near[dice.randrange(len(near))] = dice.choice(string.ascii_letters)
    told = dice.choice(
        [
            "".join(near) if "".join(near) != TOKEN else "",
            TOKEN[: dice.randrange(len(TOKEN))],
            TOKEN + dice.choice([" ", "%00", "a", ",", "%0a", TOKEN]),
            dice.choice([" ", "%00", ",", f"{OTHER},"]) + TOKEN,
            TOKEN.upper(),
            TOKEN[::-1],
            "".join(dice.choices(string.ascii_lowercase + string.digits, k=32)),
            quote(
                dice.choice(["*", "%", "null", "true", "0", "{}", "[]", "é" * 16, "' OR 1=1 --"])
            ),
            "undefined",
            "",
        ]
    )
    key = dice.choice([KEY] * 6 + [f"{KEY}%5B%5D", f"{KEY}%5B0%5D", "auth", "application_token"])
    body = f"{GENUINE}&{key}={told}"
    smuggled = [
        "",
        f"&data%5Bauth%5D%5Bapplication_token%5D={TOKEN}",
        f"&AUTH%5Bapplication_token%5D={TOKEN}",
        f"&auth%5BAPPLICATION_TOKEN%5D={TOKEN}",
        f"&auth%5Bapplication_token%5D%5Bx%5D={TOKEN}",
        f"&auth.application_token={TOKEN}",
    ]
    return body + dice.choice(smuggled)
