"""Answers that are kept, and worked out once however many readers ask for them at a time."""

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _Place:
    """Where one answer stands once it is known; who holds the lock works it out."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.answers: list[Any] = []


def kept(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the answers of a function to the last questions, so many at most.

    All readers ask for a page at once when a build is published: one works it out, the others wait for it.
    An error is not kept: who waited tries anew.
    """

    def of(function: Callable[P, T]) -> Callable[P, T]:
        places = lru_cache(most)(lambda *_args, **_named: _Place())
        finding = Lock()

        @wraps(function)
        def answer(*args: P.args, **named: P.kwargs) -> T:
            with finding:
                place = places(*args, **named)  # type: ignore[arg-type]
            with place.lock:
                if not place.answers:
                    place.answers.append(function(*args, **named))
            known: T = place.answers[0]
            return known

        return answer

    return of
