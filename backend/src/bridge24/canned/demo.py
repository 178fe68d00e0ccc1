"""What the canned model of the demonstration answers."""

from bridge24.canned.rules import Rule

RULES = (
    Rule(
        "",
        {
            "clarification": {
                "question": "This is a canned model: choose one of the example questions.",
                "choices": ["Revenue by manager", "Deals by stage"],
            }
        },
    ),
)
