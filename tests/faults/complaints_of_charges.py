"""Complaints about charges, unknown costs and calls counted twice: 37 to 61 of docs/known-complaints.md.

Prices in the comments are USD per million tokens, those of the shipped price book in October 2026.
"""

from __future__ import annotations

import json

from tests.faults.complaint import Attempts, Complaint
from tests.faults.export_records import claude_code, langfuse, litellm, span

_FREE = {
    "model_map_information": {"model_map_value": {"input_cost_per_token": 0, "output_cost_per_token": 0}}
}
_FAILED = {"error_information": {"error_code": "429", "error_class": "RateLimitError"}}


def _attempt(retries: int, fallbacks: int) -> dict[str, int]:
    """What LiteLLM's router notes of an attempt."""
    return {"attempted_retries": retries, "max_retries": 2, "attempted_fallbacks": fallbacks}


_READ = {"input_tokens": 10, "cache_read_input_tokens": 2_000, "cache_creation_input_tokens": 0}

CHARGES = (
    # grok-4 at list: 6 x 3 + 192 x 0.75 + 88 x 15 = 0.000018 + 0.000144 + 0.00132; the provider says what it charged.
    Complaint(
        "37-cost-stated-by-provider",
        [
            span(
                "x_ai", "grok-4-latest", gen_ai__usage__input_tokens=198,
                gen_ai__usage__cache_read__input_tokens=192, gen_ai__usage__output_tokens=88,
                gen_ai__usage__cost=0.0002659,
            )
        ],
        (198, 192, 0, 88), "0.001482", "0.0002659",
    ),
    # One price for each model, whoever tells the call: gpt-4 at 30 and 60, 2 x (0.03 + 0.006).
    Complaint(
        "39-one-price-whoever-tells",
        [litellm("openai", "gpt-4", 1_000, 100), langfuse("openai", "gpt-4", {"input": 1_000, "output": 100})],
        (2_000, 0, 0, 200), "0.072", calls=2,
    ),
    # A session that changes its model: gpt-5.4 1,000 x 2.50 + 100 x 15, then gpt-4o-mini 1,000 x 0.15 + 100 x 0.60.
    Complaint(
        "41-model-changed-in-a-session",
        [
            litellm("openai", "gpt-5.4", 1_000, 100, session_id="one session"),
            litellm("openai", "gpt-4o-mini", 1_000, 100, session_id="one session"),
        ],
        (2_000, 0, 0, 200), "0.00421", calls=2,
    ),
    # Nobody knows a price: 429 million tokens whose cost is unknown, not 0.
    Complaint(
        "42-unpriced-is-unknown",
        [litellm("openai", "model-of-nobody", 4_290_000, 0)] * 100,
        (429_000_000, 0, 0, 0), None, calls=100, unpriced=100, uncosted=100,
    ),
    # No price; free by LiteLLM's own price of 0; answered from LiteLLM's cache, so that no token was sent.
    Complaint(
        "43-unknown-free-and-cached",
        [
            litellm("openai", "model-of-nobody", 1_000, 100),
            litellm("ollama", "model-of-our-own", 1_000, 100, metadata=_FREE),
            litellm("openai", "gpt-4o", 1_000, 100, cache_hit="True"),
        ],
        (2_000, 0, 0, 200), "0", calls=3, unpriced=2, uncosted=1,
    ),
    # The gateway has no price, and the provider says what it charged: 0.002 + 0.003. With a key of one's own it is a fee
    # alone, and the cost is unknown.
    Complaint(
        "46-provider-says-what-it-charged",
        [
            litellm(
                "openrouter", "model-of-nobody", 1_000, 100,
                usage={"prompt_tokens": 1_000, "completion_tokens": 100} | said,
            )
            for said in ({"cost": 0.002}, {"estimated_cost": 0.003}, {"cost": 0.0001, "is_byok": True})
        ],
        (3_000, 0, 0, 300), None, "0.005", calls=3, unpriced=3, uncosted=1,
    ),
    # DeepSeek-V4.1-Flash at Together: 1,000 x 0.30 + 100 x 1.20; the gateway says 0.00.
    Complaint(
        "47-together-at-zero",
        [litellm("together_ai", "deepseek-ai/DeepSeek-V4.1-Flash", 1_000, 100)],
        (1_000, 0, 0, 100), "0.00042",
    ),
    # 1,088 streamed calls with spend 0, 10,881,532 tokens: 1,087 x 0.0417 + 0.0521 = 45.38 is in the breakdown.
    Complaint(
        "48-streamed-spend-zero",
        [
            litellm(
                "azure_ai", "deployment-of-our-own", 10_000, 1,
                metadata={"cost_breakdown": {"total_cost": 0.0417, "input_cost": 0.04, "output_cost": 0.0017}},
            )
        ]
        * 1_087
        + [
            litellm(
                "azure_ai", "deployment-of-our-own", 10_444, 1,
                metadata={"cost_breakdown": {"total_cost": 0.0521, "input_cost": 0.05, "output_cost": 0.0021}},
            )
        ],
        (10_880_444, 0, 0, 1_088), None, "45.38", calls=1_088, unpriced=1_088,
    ),
    # gpt-4o, 1,000 in and 100 out: 0.0035 each. A cost of 0 on tokens that somebody charges for is no evidence.
    Complaint(
        "49-stated-cost-zero",
        [
            litellm(
                "openai", "gpt-4o", 1_000, 100, usage={"prompt_tokens": 1_000, "completion_tokens": 100, "cost": 0}
            ),
            span(
                "openai", "gpt-4o", gen_ai__usage__input_tokens=1_000, gen_ai__usage__output_tokens=100,
                gen_ai__usage__cost=0.0,
            ),
            langfuse("openai", "gpt-4o", {"input": 1_000, "output": 100}, cost_details={"total": 0}),
        ],
        (3_000, 0, 0, 300), "0.0105", calls=3,
    ),
    # A stream that the client left: 45 x 3.30 + 511 x 16.50 = 0.00858 were charged, and count although it failed.
    Complaint(
        "50-client-left-the-stream",
        [
            litellm(
                "bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 45, 511, spend=0.00858,
                call_type="anthropic_messages", status="failure",
            )
        ],
        (45, 0, 0, 511), "0.00858", failed=1,
    ),
    # The provider says that a broken stream used nothing: no estimate takes the place of its 0.
    Complaint(
        "51-explicit-zero-usage",
        [
            span("openai", "gpt-4o", failed=True, gen_ai__usage__input_tokens=0, gen_ai__usage__output_tokens=0),
            litellm(
                "openai", "gpt-4o", 0, 0, status="failure",
                usage={"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
            ),
        ],
        (0, 0, 0, 0), "0", calls=2, failed=2,
    ),
    # A stream without usage: tokens and cost are unknown, and the call is counted among those.
    Complaint(
        "52-stream-without-usage",
        [span("openai", "gpt-4o")],
        (0, 0, 0, 0), None, without_usage=1, unpriced=1, uncosted=1,
    ),
    # Two attempts that failed before the one that worked, 1,000 x 2.50 + 100 x 10: three calls, paid once.
    Complaint(
        "53-retries",
        [
            litellm("openai", "gpt-4o", 0, 0, status="failure", metadata=_FAILED, session_id="retried"),
            litellm("openai", "gpt-4o", 0, 0, status="failure", metadata=_FAILED, session_id="retried"),
            litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, session_id="retried"),
        ],
        (1_000, 0, 0, 100), "0.0035", calls=3, failed=2, attempts=Attempts(1),
    ),
    # A stream that broke off and was charged, 1,000 x 2.50 + 50 x 10, its retry, and the fallback to gpt-4o-mini:
    # 1,000 x 0.15 + 100 x 0.60. Then another request of the session, of which the gateway says that it is the first attempt.
    Complaint(
        "53-paid-attempt-and-fallback",
        [
            litellm("openai", "gpt-4o", 1_000, 50, spend=0.003, status="failure", metadata=_attempt(0, 0), session_id="fell back"),
            litellm("openai", "gpt-4o", 0, 0, status="failure", metadata=_attempt(1, 0), session_id="fell back"),
            litellm("openai", "gpt-4o-mini", 1_000, 100, spend=0.00021, metadata=_attempt(0, 1), session_id="fell back"),
            litellm("openai", "gpt-4o", 2_000, 100, spend=0.006, metadata=_attempt(0, 0), session_id="fell back"),
        ],
        (4_000, 0, 0, 250), "0.00921", calls=4, failed=2, attempts=Attempts(2, "0.003"),
    ),
    # Two requests of a session at the same time, both refused and tried again: 2 x 0.0035.
    Complaint(
        "53-two-requests-at-once",
        [
            litellm("openai", "gpt-4o", 0, 0, status="failure", metadata=_attempt(0, 0), session_id="at once"),
            litellm("openai", "gpt-4o", 0, 0, status="failure", metadata=_attempt(0, 0), session_id="at once"),
            litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, metadata=_attempt(1, 0), session_id="at once"),
            litellm("openai", "gpt-4o", 1_001, 99, spend=0.0035, metadata=_attempt(1, 0), session_id="at once"),
        ],
        (2_001, 0, 0, 199), "0.0069925", "0.007", calls=4, failed=2, attempts=Attempts(2),
    ),
    # Within one span the model that failed, charged with 0.001, and a later one of another provider: gpt-4o, 0.0035.
    Complaint(
        "53-attempts-within-a-span",
        [
            span(
                "anthropic", "claude-sonnet-4-5", failed=True, within="one operation", starts=0,
                gen_ai__usage__input_tokens=0, gen_ai__usage__output_tokens=0, gen_ai__usage__cost=0.001,
            ),
            span(
                "openai", "gpt-4o", within="one operation", starts=5,
                gen_ai__usage__input_tokens=1_000, gen_ai__usage__output_tokens=100,
            ),
        ],
        (1_000, 0, 0, 100), "0.0035", "0.0045", calls=2, failed=1, attempts=Attempts(1, "0.001"),
    ),
    # The same row in two exports, and again after midnight: once. gpt-4o, 0.0035.
    Complaint(
        "54-one-id-in-several-files",
        [
            litellm("openai", "gpt-4o", 1_000, 100, request_id="same", startTime="2026-10-20T23:59:58Z", file="one"),
            litellm("openai", "gpt-4o", 1_000, 100, request_id="same", startTime="2026-10-20T23:59:58Z", file="two"),
            litellm("openai", "gpt-4o", 1_000, 100, request_id="same", startTime="2026-10-21T00:00:02Z", file="three"),
        ],
        (1_000, 0, 0, 100), "0.0035",
    ),
    # A message of Claude Code that resumed sessions repeat: claude-sonnet-4-5, 10 x 3 + 2,000 x 0.30 + 500 x 15.
    Complaint(
        "54-message-in-several-sessions",
        [
            claude_code("claude-sonnet-4-5", "repeated", {**_READ, "output_tokens": 500}, file=session, timestamp=at)
            for session, at in (
                ("first", "2026-10-20T23:59:59Z"), ("resumed", "2026-10-20T23:59:59Z"), ("forked", "2026-10-21T08:00:00Z"),
            )
        ],
        (2_010, 2_000, 0, 500), "0.00813", owner="team_id",
    ),
    # A record for each state of an answer: the last, fullest one counts. gpt-4o, 1,000 x 2.50 + 486 x 10.
    Complaint(
        "55-one-record-for-each-state",
        [
            langfuse("openai", "gpt-4o", {"input": 1_000, "output": output}, id="states", updated_at=updated_at)
            for output, updated_at in (
                (1, "2026-10-20T10:00:01Z"), (310, "2026-10-20T10:00:02Z"), (486, "2026-10-20T10:00:03Z"),
            )
        ],
        (1_000, 0, 0, 486), "0.00736",
    ),
    # A line for each block of an answer of Claude Code: the last one counts, 10 x 3 + 2,000 x 0.30 + 420 x 15.
    Complaint(
        "55-one-line-for-each-block",
        [claude_code("claude-sonnet-4-5", "blocks", {**_READ, "output_tokens": output}) for output in (1, 1, 420)],
        (2_010, 2_000, 0, 420), "0.00693", owner="team_id",
    ),
    # The same prompt sent twice is answered and charged twice: 2 x 0.0035.
    Complaint(
        "56-same-request-sent-twice",
        [litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, session_id="twice")] * 2,
        (2_000, 0, 0, 200), "0.007", calls=2, attempts=Attempts(2, resends=1, resend_cost="0.0035"),
    ),
    # Sent 13 ms after each other at the start of a session of Claude Code: claude-sonnet-4-5, 0.00813 and
    # 10 x 3 + 2,000 x 0.30 + 420 x 15 = 0.00693.
    Complaint(
        "56-sent-twice-within-milliseconds",
        [
            claude_code("claude-sonnet-4-5", f"sent {at}", {**_READ, "output_tokens": output}, sessionId="sidecar", timestamp=at)
            for at, output in (("2026-10-20T10:00:00.000Z", 500), ("2026-10-20T10:00:00.013Z", 420))
        ],
        (4_020, 4_000, 0, 920), "0.01506", calls=2, owner="team_id",
        attempts=Attempts(2, resends=1, resend_cost="0.00693"),
    ),
    # A client that did not wait for the answer of a minute: 2 x 0.0035. Once more after the answer is another question.
    Complaint(
        "56-sent-again-before-the-answer",
        [
            litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, session_id="impatient", startTime=start, endTime=end)
            for start, end in (
                ("2026-10-20T11:00:00Z", "2026-10-20T11:01:00Z"), ("2026-10-20T11:00:15Z", "2026-10-20T11:01:10Z"),
                ("2026-10-20T11:02:00Z", "2026-10-20T11:02:05Z"),
            )
        ],
        (3_000, 0, 0, 300), "0.0105", calls=3, attempts=Attempts(3, resends=1, resend_cost="0.0035"),
    ),
    # A request that failed and is sent once more is an attempt, whoever sends it: no possible waste beyond the failed one.
    Complaint(
        "56-sent-again-after-a-failure",
        [
            litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, status="failure", session_id="failed once"),
            litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, session_id="failed once"),
        ],
        (2_000, 0, 0, 200), "0.007", calls=2, failed=1, attempts=Attempts(1, "0.0035"),
    ),
    # Several tags on each call: each call counts once, 3 x 0.0035, however it is broken down.
    Complaint(
        "57-tags-multiply-spend",
        [
            litellm("openai", "gpt-4o", 1_000, 100, spend=0.0035, request_tags=json.dumps(tags))
            for tags in (
                ["feature:chat", "team:core", "environment:production", "User-Agent: sdk"],
                ["feature:chat", "team:growth"],
                ["feature:search", "team:core", "nightly"],
            )
        ],
        (3_000, 0, 0, 300), "0.0105", calls=3,
    ),
)  # fmt: skip
