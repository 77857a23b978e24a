"""Exports that tell calls twice: each variant has a customer of its own, so that one build shows what counts of each."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.landing.test_otlp_documents import attribute, document

# 2026-10-20 09:00 UTC, and a few seconds before midnight of that day.
MORNING, MIDNIGHT = 1_792_486_800, 1_792_540_800
MODEL = "no-such-model"


def span(
    customer: str | None, number: int, parent: int | None, *, tokens: int | None = None, cost: object = None,
    at: float = MORNING, seconds: float = 5, trace: str | None = None, failed: bool = False, model: str | None = MODEL,
    **attributes: object,
) -> dict[str, Any]:  # fmt: skip
    """A span in the trace of its customer; `tokens` of input, half as many of output."""
    named: dict[str, object] = {"customer.id": customer} if customer else {}
    if model:
        named["gen_ai.request.model"] = model
    if tokens is not None:
        named |= {"gen_ai.usage.input_tokens": tokens, "gen_ai.usage.output_tokens": tokens // 2}
    if cost is not None:
        named["finops.cost_usd"] = str(cost)
    if failed:
        named["error.type"] = "timeout"
    named |= {key.replace("__", "."): value for key, value in attributes.items()}
    above = {"parentSpanId": f"{parent:016x}"} if parent else {}
    return {
        "traceId": (trace or (customer or "").encode().hex()).ljust(32, "0")[:32], "spanId": f"{number:016x}", "name": f"span {number}",
        "startTimeUnixNano": str(int(at * 10**9)), "endTimeUnixNano": str(int((at + seconds) * 10**9)), "status": {},
        "attributes": [attribute(key, value) for key, value in named.items()],
    } | above  # fmt: skip


def agent(customer: str | None, number: int, parent: int | None, **said: Any) -> dict[str, Any]:
    return span(
        customer, number, parent, **({"gen_ai__operation__name": "invoke_agent", "model": None} | said)
    )


def plain(customer: str, number: int, parent: int | None, **said: Any) -> dict[str, Any]:
    """A span that is no call and states nothing."""
    return span(customer, number, parent, **({"model": None} | said))


# First file: all but the calls of runs that go on in another file, on the next day.
SPANS = [
    # An agent, a plain span, a framework's call, the provider's call: one call.
    agent("three levels", 1, None, tokens=100), plain("three levels", 2, 1),
    span("three levels", 3, 2, tokens=100, cost="0.30"), span("three levels", 4, 3, tokens=100, cost="0.30"),
    # No operation is named anywhere; two calls below, one of them an attempt that failed.
    span("retry within", 1, None, tokens=100), span("retry within", 2, 1, failed=True), span("retry within", 3, 1, tokens=100, cost="0.20"),
    # Each is the other's parent.
    span("ring", 1, 2, tokens=10, cost="0.10"), span("ring", 2, 1, tokens=10, cost="0.10"),
    # The same request sent twice, by its own id each time.
    plain("sent twice", 1, None), span("sent twice", 2, 1, tokens=10, cost="0.10"), span("sent twice", 3, 1, tokens=10, cost="0.10"),
    # What agents state beyond their calls, and the same by two agents.
    agent("excess", 1, None, tokens=30, cost="0.10"), span("excess", 2, 1, tokens=10, cost="0.04"), span("excess", 3, 1, tokens=20, cost="0.05"),
    agent("agents alone", 1, None, tokens=30, cost="2.42"), agent("agents alone", 2, 1, tokens=30, cost="2.42"), plain("agents alone", 3, 2),
    # What they state goes to calls that state nothing, to some of them, to nobody as it is less.
    agent("lent", 1, None, cost="0.30"), span("lent", 2, 1, tokens=100), span("lent", 3, 1, tokens=200), span("lent", 4, 1, failed=True),
    agent("lent in part", 1, None, cost="1.00"), span("lent in part", 2, 1, tokens=100, cost="0.40"), span("lent in part", 3, 1, tokens=1),
    agent("less", 1, None, cost="0.05"), span("less", 2, 1, tokens=10, cost="0.10"),
    agent("rounded", 1, None, cost="0.3000001"), span("rounded", 2, 1, tokens=10, cost="0.30"),
    # Only the agent knows the customer.
    agent("known to the agent", 1, None, tokens=30), span(None, 2, 1, tokens=30, cost="0.70", trace=b"known to the agent".hex()),
    # A call within a call, and the inner one tells no usage.
    span("silent inside", 1, None, tokens=30, cost="0.60"), span("silent inside", 2, 1),
    # Siblings of one answer, and a server that gives all answers the same id.
    span("one answer", 1, None, tokens=30, cost="0.60", gen_ai__response__id="resp-of-siblings"),
    span("one answer", 2, None, tokens=30, at=MORNING + 1, gen_ai__response__id="resp-of-siblings"),
    *(span("one id for all", 9, None, tokens=30 + n, cost="0.10", trace=f"{77 + n:032x}", gen_ai__response__id="chatcmpl-0") for n in range(3)),
    # The calls come on the next day, in another file.
    agent("over midnight", 1, None, tokens=30, cost="0.90", at=MIDNIGHT - 10, seconds=60),
    agent("excess at midnight", 1, None, cost="0.90", at=MIDNIGHT - 10, seconds=60),
]  # fmt: skip
NEXT_DAY = [
    span("over midnight", 2, 1, tokens=10, at=MIDNIGHT + 5), span("over midnight", 3, 1, tokens=20, at=MIDNIGHT + 15),
    span("excess at midnight", 2, 1, tokens=10, cost="0.50", at=MIDNIGHT + 5),
]  # fmt: skip


def observation(customer: str, identifier: str, **said: Any) -> dict[str, Any]:
    tokens = said.pop("tokens", 100)
    return {
        "id": identifier, "trace_id": f"trace of {customer}", "type": "GENERATION", "start_time": "2026-10-20 09:00:00.000000",
        "end_time": "2026-10-20 09:00:05.000000", "provided_model_name": MODEL, "user_id": customer, "metadata": {}, "total_cost": None,
        "usage_details": {"input": tokens, "output": tokens // 2} if tokens else {}, "parent_observation_id": None,
    } | said  # fmt: skip


OBSERVATIONS = [
    observation("deep observations", "d1", total_cost=0.5), observation("deep observations", "d2", type="SPAN", tokens=0, parent_observation_id="d1"),
    observation("deep observations", "d3", total_cost=0.5, parent_observation_id="d2"), observation("deep observations", "d4", total_cost=0.5, parent_observation_id="d3"),
    observation("chain", "c1", type="CHAIN", total_cost=0.7, tokens=0), observation("chain", "c2", total_cost=0.3, parent_observation_id="c1"),
    observation("chain", "c3", total_cost=0.4, parent_observation_id="c1"),
    observation("newer with less", "n1", tokens=500, total_cost=0.9, updated_at="2026-10-20 09:00:06"),
    observation("newer with less", "n1", tokens=400, total_cost=0.8, updated_at="2026-10-20 09:00:07"),
    observation("untimed states", "u1", tokens=1, total_cost=0.1), observation("untimed states", "u1", tokens=400, total_cost=0.8),
    # The same span as the tracing tool passed it on, and the answer that the gateway logged.
    observation("passed on", f"{2:016x}", trace_id=b"passed on".hex().ljust(32, "0"), total_cost=0.6),
    observation("seen by three", "s1", metadata={"response_id": "chatcmpl-of-three"}),
]  # fmt: skip
SPANS += [
    span("passed on", 2, None, tokens=100),
    span("seen by three", 1, None, tokens=100, gen_ai__response__id="chatcmpl-of-three", team__id="red"),
]


def logged(customer: str, request_id: str, **said: Any) -> dict[str, Any]:
    tokens, cost = said.pop("tokens", 100), said.pop("cost", "0.10")
    return {
        "request_id": request_id, "call_type": "acompletion", "api_key": "key", "spend": cost, "prompt_tokens": tokens,
        "completion_tokens": tokens // 2, "startTime": "2026-10-20 09:00:00", "endTime": "2026-10-20 09:00:05", "model": MODEL,
        "custom_llm_provider": "openai", "end_user": customer, "session_id": customer, "metadata": "{}", "status": "success",
    } | said  # fmt: skip


LOGGED = [
    logged("seen by three", "chatcmpl-of-three", cost="0.45"),
    # Messages answered by a completion; two such pairs at a time; the same tokens one after the other, and in parallel.
    logged("messages", "m1", call_type="anthropic_messages"), logged("messages", "m2", startTime="2026-10-20 09:00:00.100", endTime="2026-10-20 09:00:04.900"),
    *(logged("two pairs", f"p{n}", call_type="aresponses", startTime=f"2026-10-20 09:00:00.{n}", endTime=f"2026-10-20 09:00:09.{n}") for n in (1, 2)),
    *(logged("two pairs", f"q{n}", startTime=f"2026-10-20 09:00:01.{n}", endTime=f"2026-10-20 09:00:08.{n}") for n in (1, 2)),
    logged("one after the other", "o1", call_type="aresponses"), logged("one after the other", "o2", startTime="2026-10-20 09:00:06", endTime="2026-10-20 09:00:07"),
    logged("in parallel", "i1"), logged("in parallel", "i2"),
    # What is read again: files, an answer whose call is in no file, and one of which only the reading tells the tokens.
    logged("read again", "answer-one"), logged("read again", "f1", call_type="afile_content"), logged("read again", "g1", call_type="aget_responses"),
    logged("answered later", "resp-later", call_type="aresponses", tokens=0, cost="0.0"), logged("answered later", "resp-later", call_type="aget_responses", cost="0.25", startTime="2026-10-21 09:00:00", endTime="2026-10-21 09:00:01"),
    logged("batch", "batch-made", call_type="acreate_batch", tokens=0, cost="0.0"),
    *(logged("batch", f"hash-{n}", call_type="aretrieve_batch", tokens=5000, cost="2.5", startTime=f"2026-10-20 1{n}:00:00", endTime=f"2026-10-20 1{n}:00:01") for n in range(3)),
    # One id on two days, in two files.
    logged("id on two days", "again-and-again"), logged("id on two days", "again-and-again", startTime="2026-10-21 00:00:01", endTime="2026-10-21 00:00:06"),
]  # fmt: skip

# Calls that count and their charges.
EXPECTED = {
    "three levels": (1, "0.30"), "retry within": (2, "0.20"), "ring": (2, "0.20"), "sent twice": (2, "0.20"), "excess": (3, "0.10"),
    "agents alone": (1, "2.42"), "lent": (3, "0.30"), "lent in part": (2, "1.00"), "less": (1, "0.10"), "rounded": (1, "0.30"),
    "known to the agent": (1, "0.70"), "silent inside": (1, "0.60"), "one answer": (1, "0.60"), "one id for all": (3, "0.30"),
    "over midnight": (2, "0.90"), "excess at midnight": (2, "0.90"), "deep observations": (1, "0.5"), "chain": (2, "0.7"), "newer with less": (1, "0.8"),
    "untimed states": (1, "0.8"), "passed on": (1, "0.6"), "seen by three": (1, "0.45"), "messages": (1, "0.10"), "two pairs": (2, "0.20"),
    "one after the other": (2, "0.20"), "in parallel": (2, "0.20"), "read again": (1, "0.10"), "answered later": (1, "0.25"),
    "batch": (2, "2.5"), "id on two days": (1, "0.10"),
}  # fmt: skip


@dataclass
class Node:
    """A span of a random trace; without tokens and cost it is no record of a call."""

    number: int
    tokens: int | None
    cost: Decimal | None
    children: list[Node] = field(default_factory=list)

    def below(self) -> list[Node]:
        return [node for child in self.children for node in (child, *child.below())]

    def is_wrapper(self) -> bool:
        below = self.below()
        return any(node.tokens for node in below) or (not self.tokens and any(node.cost for node in below))


def random_tree(random: Random, size: int) -> Node:
    nodes: list[Node] = []
    for number in range(1, size + 1):
        tokens = random.choice((None, None, 10, 30, 70))
        cost = random.choice((None, None, Decimal(random.randint(1, 300)) / 100))
        nodes.append(Node(number, tokens, cost))
        if number > 1:
            nodes[random.randrange(number - 1)].children.append(nodes[-1])
    return nodes[0]


def right_total(root: Node) -> Decimal:
    """The charge of a trace: the rule, told once more by recursion."""
    known, _, lent, _ = _walk(root)
    return known + lent + _left_over(root)


def _walk(node: Node) -> tuple[Decimal, Decimal, Decimal, bool]:
    """What the calls at and below a node state, what the outermost lenders claim and lend, whether a call still waits."""
    inner = [_walk(child) for child in node.children]
    known, claimed, lent = (sum((each[i] for each in inner), Decimal(0)) for i in range(3))
    waits = any(each[3] for each in inner)
    if not node.is_wrapper():
        return known + (node.cost or 0), claimed, lent, waits or (node.cost is None and bool(node.tokens))
    surplus = node.cost - known if node.cost else Decimal(0)
    if waits and surplus > 0:
        return known, surplus, lent + max(Decimal(0), surplus - claimed), False
    return known, claimed, lent, waits


def _left_over(node: Node) -> Decimal:
    """What the outermost nodes state beyond the calls below them."""
    known, _, lent, _ = _walk(node)
    if node.is_wrapper() and node.cost and node.cost > known + lent:
        return node.cost - known - lent
    return sum((_left_over(child) for child in node.children), Decimal(0))


def spans_of(root: Node, customer: str) -> list[dict[str, Any]]:
    spans = []
    pairs: list[tuple[Node, int | None]] = [(root, None)]
    while pairs:
        node, parent = pairs.pop()
        # Runs go over midnight.
        at = MIDNIGHT - 20 + node.number * 2
        model = MODEL if node.tokens or node.cost else None
        spans.append(
            span(
                customer,
                node.number,
                parent,
                tokens=node.tokens,
                cost=node.cost,
                at=at,
                seconds=1,
                model=model,
            )
        )
        pairs += [(child, node.number) for child in node.children]
    return spans


def put_spans(path: Path, spans: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(document(each)) for each in spans))


def put_exports(raw: Path) -> None:
    """The first exports; the calls of runs that go on after midnight are not among them."""
    put_spans(raw / "otel" / "first.jsonl", SPANS)
    for name in ("langfuse", "litellm"):
        (raw / name).mkdir(parents=True)
    (raw / "langfuse" / "observations.jsonl").write_text("\n".join(json.dumps(each) for each in OBSERVATIONS))
    for name, rows in (("a.csv", LOGGED[:-1]), ("b.csv", LOGGED[-1:])):
        with (raw / "litellm" / name).open("w", newline="") as text:
            writer = csv.DictWriter(text, list(LOGGED[0]))
            writer.writeheader()
            writer.writerows(rows)
