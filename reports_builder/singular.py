"""One of a thing: what is counted by one is no plural."""

import re

_THINGS = (
    "action|alert|answer|attempt|budget|call|candidate|case|change|commitment|customer|day|departure|forecast|"
    "hour|invoice|kind|machine|method|model|month|offer|operation|option|organization|pair|piece|plan|record|"
    "resource|rise|saving|scope|source|sum|task|team|time|token|type|unit|volume|week|work|year"
)
_ONE_DOES = {
    "are": "is",
    "were": "was",
    "have": "has",
    "pay": "pays",
    "cause": "causes",
    "lie": "lies",
    "carry": "carries",
    "leave": "leaves",
    "make": "makes",
    "turn": "turns",
}
_NO_ADJECTIVE = "of|to|in|the|that|which|and|or|than|a|by|for|with|at|on|is|was|as"
_THING = rf"(?:\*\*)? (?:(?!(?:{_NO_ADJECTIVE})\b)[a-z-]+ )?(?:{_THINGS})"
_COUNTED = re.compile(rf"^({_THING})s\b(?: ({'|'.join(_ONE_DOES)})\b)?")


def of_one(words: str) -> str:
    """The words behind the figure 1 with the thing that it counts, and what that does, in the singular."""
    return _COUNTED.sub(lambda found: f"{found[1]} {_ONE_DOES[found[2]]}" if found[2] else found[1], words)
