"""Complaints about which tokens are counted, as what, and at which price, of docs/known-complaints.md.

Prices in the comments are USD per million tokens, those of the shipped price book in October 2026.
"""

from __future__ import annotations

from tests.faults.complaint import Complaint
from tests.faults.export_records import Record, claude_code, langfuse, litellm, span


def _openai_usage(prompt: int, cached: int, completion: int) -> dict[str, object]:
    """Usage in OpenAI's shape: the cached tokens are some of the prompt's."""
    details = {"cached_tokens": cached}
    return {"prompt_tokens": prompt, "completion_tokens": completion, "prompt_tokens_details": details}


def _hour_write(number: int, written: int, read: int, output: int) -> Record:
    """A call of claude-opus-4-8 whose input is all read from the cache or written to it for an hour."""
    usage = {
        "input_tokens": 0,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": written},
        "output_tokens": output,
    }
    return claude_code("claude-opus-4-8", f"message {number}", usage)


CACHE = (
    # gemini-2.5-pro above 200,000: 5,005 x 2.50 + 257,955 x 0.25 + 1,744 x 15. The gateway's figure is kept beside it.
    Complaint(
        "1-gemini-cache-twice",
        [
            litellm(
                "vertex_ai", "gemini-2.5-pro", 262_960, 1_744, spend=0.7642,
                usage=_openai_usage(262_960, 257_955, 1_744)
                | {"prompt_tokens_details": {"text_tokens": 262_960, "cached_tokens": 257_955}},
            )
        ],
        (262_960, 257_955, 0, 1_744), "0.10316125", "0.7642",
    ),
    # gemini-2.5-flash: 2,000 x 0.30 + 8,000 x 0.03 + 500 x 2.50 = 0.0006 + 0.00024 + 0.00125, told in Gemini's own words.
    Complaint(
        "2-gemini-cache-of-itself",
        [
            langfuse(
                "google", "gemini-2.5-flash",
                {"input": 10_000, "output": 500, "cached_content_token_count": 8_000, "total": 10_500},
            )
        ],
        (10_000, 8_000, 0, 500), "0.00209",
    ),
    # claude-sonnet-4-5: 13 x 3 + 10,000 x 0.30 + 2,000 x 3.75 + 100 x 15 = 0.000039 + 0.003 + 0.0075 + 0.0015.
    Complaint(
        "3-anthropic-cache-as-input",
        [
            litellm(
                "anthropic", "claude-sonnet-4-5", 12_013, 100,
                usage={
                    "prompt_tokens": 12_013, "completion_tokens": 100,
                    "cache_read_input_tokens": 10_000, "cache_creation_input_tokens": 2_000,
                },
            )
        ],
        (12_013, 10_000, 2_000, 100), "0.012039",
    ),
    # grok-4.3: 1 x 1.25 + 615 x 0.20 + 10 x 2.50; text_tokens hold the cached ones.
    Complaint(
        "6-xai-text-holds-cache",
        [
            litellm(
                "xai", "grok-4.3", 616, 10,
                usage=_openai_usage(616, 615, 10)
                | {"prompt_tokens_details": {"text_tokens": 616, "cached_tokens": 615}},
            )
        ],
        (616, 615, 0, 10), "0.00014925",
    ),
    # The same call as five tools tell it. claude-sonnet-4-5: 10,000 x 3 + 90,000 x 0.30 + 1,000 x 15 = 0.072 each.
    Complaint(
        "7-containment-by-source",
        [
            litellm("anthropic", "claude-sonnet-4-5", 100_000, 1_000, usage=_openai_usage(100_000, 90_000, 1_000)),
            litellm(
                "anthropic", "claude-sonnet-4-5", 10_000, 1_000,
                usage={"input_tokens": 10_000, "cache_read_input_tokens": 90_000, "output_tokens": 1_000},
            ),
            langfuse(
                "anthropic", "claude-sonnet-4-5",
                {"input": 10_000, "input_cached_tokens": 90_000, "output": 1_000, "total": 101_000},
            ),
            langfuse(
                "anthropic", "claude-sonnet-4-5",
                {"input": 100_000, "input_cached_tokens": 90_000, "output": 1_000, "total": 101_000},
            ),
            span(
                "anthropic", "claude-sonnet-4-5", gen_ai__usage__input_tokens=100_000,
                gen_ai__usage__cache_read__input_tokens=90_000, gen_ai__usage__output_tokens=1_000,
            ),
        ],
        (500_000, 450_000, 0, 5_000), "0.360", calls=5,
    ),
    # gpt-4o, 90 % cached: 100,000 x 2.50 + 900,000 x 1.25 = 0.25 + 1.125; twice it would be 3.625.
    Complaint(
        "8-gpt-4o-cached",
        [
            span(
                "openai", "gpt-4o", gen_ai__usage__input_tokens=1_000_000,
                gen_ai__usage__cache_read__input_tokens=900_000, gen_ai__usage__output_tokens=0,
            )
        ],
        (1_000_000, 900_000, 0, 0), "1.375",
    ),
    # Claude on Bedrock, a regional profile: 1,000 x 3.30 + 9,000 x 0.33 + 2,000 x 4.125 + 100 x 16.50
    # = 0.0033 + 0.00297 + 0.00825 + 0.00165. Nova Lite has no price for what is written to the cache, which then costs
    # as input: 1,000 x 0.06 + 9,000 x 0.015 + 2,000 x 0.06 + 100 x 0.24 = 0.00006 + 0.000135 + 0.00012 + 0.000024.
    Complaint(
        "9-bedrock-cache-classes",
        [
            litellm(
                "bedrock", model, 12_000, 100,
                usage={
                    "prompt_tokens": 12_000, "completion_tokens": 100,
                    "cache_read_input_tokens": 9_000, "cache_creation_input_tokens": 2_000,
                },
            )
            for model in ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-lite-v1:0")
        ],
        (24_000, 18_000, 4_000, 200), "0.016509", calls=2,
    ),
    # claude-opus-4-8: 600,000 x 10 (an hour: twice the input) + 400,000 x 6.25 + 10 x 5 = 6 + 2.50 + 0.00005.
    Complaint(
        "10-cache-writes-for-an-hour",
        [
            litellm(
                "anthropic", "claude-opus-4-8", 1_000_010, 0,
                usage={
                    "prompt_tokens": 1_000_010, "completion_tokens": 0, "cache_creation_input_tokens": 1_000_000,
                    "cache_creation": {"ephemeral_5m_input_tokens": 400_000, "ephemeral_1h_input_tokens": 600_000},
                },
            )
        ],
        (1_000_010, 0, 1_000_000, 0), "8.50005",
    ),
    # claude-opus-4-8, 300 calls: 13,429,333 written for an hour x 10 + 240,000,000 read x 0.50 + 4,054,667 out x 25
    # = 134.29333 + 120 + 101.366675. At the price of five minutes (6.25) it would be 305.30000625.
    Complaint(
        "11-a-session-of-hour-writes",
        [_hour_write(number, 44_764, 800_000, 13_515) for number in range(299)]
        + [_hour_write(299, 44_897, 800_000, 13_682)],
        (253_429_333, 240_000_000, 13_429_333, 4_054_667), "355.660005", calls=300, owner="team_id",
    ),
    # claude-sonnet-4-5, 2,000,000 written for an hour: x 6 = 12.00, not 7.50; told by Langfuse, in calls of half of it.
    Complaint(
        "12-hour-writes-of-langfuse",
        [langfuse("anthropic", "claude-sonnet-4-5", {"input": 0, "input_cache_creation_1h": 100_000, "output": 0})] * 20,
        (2_000_000, 0, 2_000_000, 0), "12", calls=20,
    ),
)  # fmt: skip

THOUGHTS = (
    # gemini-2.5-flash: 100 x 0.30 + (50 + 8,000) x 2.50 = 0.00003 + 0.020125; the total alone holds the thoughts.
    Complaint(
        "13-gemini-thoughts-dropped",
        [langfuse("google", "gemini-2.5-flash", {"input": 100, "output": 50, "total": 8_150})],
        (100, 0, 0, 8_050), "0.020155",
    ),
    # The same with the thoughts named: first beside the output, then within it. The total tells which.
    Complaint(
        "14-thoughts-beside-or-within",
        [
            litellm(
                "gemini", "gemini-2.5-flash", 100, 50, total_tokens=8_150,
                usage={
                    "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 8_150,
                    "completion_tokens_details": {"reasoning_tokens": 8_000},
                },
            ),
            litellm(
                "gemini", "gemini-2.5-flash", 100, 8_050, total_tokens=8_150,
                usage={
                    "prompt_tokens": 100, "completion_tokens": 8_050, "total_tokens": 8_150,
                    "completion_tokens_details": {"reasoning_tokens": 8_000},
                },
            ),
        ],
        (200, 0, 0, 16_100), "0.04031", calls=2,
    ),
    # gemini-2.5-flash: 2,000 x 0.30 + 8,000 x 0.03 + (200 + 800) x 2.50 = 0.0006 + 0.00024 + 0.0025.
    Complaint(
        "15-cached-twice-and-no-thoughts",
        [
            litellm(
                "gemini", "gemini-2.5-flash", 10_000, 200, total_tokens=11_000,
                usage=_openai_usage(10_000, 8_000, 200) | {"total_tokens": 11_000},
            )
        ],
        (10_000, 8_000, 0, 1_000), "0.00334",
    ),
    # gpt-5.4: 100 x 2.50 + 27 x 15; the 17 of the reasoning are some of the 27 of the text.
    Complaint(
        "16-reasoning-within-text",
        [
            litellm(
                "openai", "gpt-5.4", 100, 27,
                usage={
                    "prompt_tokens": 100, "completion_tokens": 27, "total_tokens": 127,
                    "completion_tokens_details": {"text_tokens": 27, "reasoning_tokens": 17},
                },
            )
        ],
        (100, 0, 0, 27), "0.000655",
    ),
)  # fmt: skip

TIERS = (
    # gpt-4.1 by batch: 40,000 x 1 + 160,000 x 0.50 + 2,000 x 4 = 0.04 + 0.08 + 0.008.
    Complaint(
        "27-cached-in-a-batch",
        [
            litellm(
                "openai", "gpt-4.1", 200_000, 2_000, call_type="aretrieve_batch",
                usage=_openai_usage(200_000, 160_000, 2_000),
            )
        ],
        (200_000, 160_000, 0, 2_000), "0.128",
    ),
    # gpt-5.4 by batch, above 272,000: 300,000 x 2.50 + 1,000 x 11.25; at or below it 272,000 x 1.25 + 1,000 x 7.50.
    Complaint(
        "28-batch-of-a-long-prompt",
        [
            litellm("openai", "gpt-5.4", 300_000, 1_000, call_type="aretrieve_batch"),
            litellm("openai", "gpt-5.4", 272_000, 1_000, call_type="aretrieve_batch"),
        ],
        (572_000, 0, 0, 2_000), "1.10875", calls=2,
    ),
    # A batch fetched from Bedrock has spend 0: claude-haiku-4-5 at Anthropic 1,000 x 0.50 + 100 x 2.50; the book has
    # no batch price of Bedrock, so the other is unknown.
    Complaint(
        "29-fetched-batch-at-zero",
        [
            litellm("anthropic", "claude-haiku-4-5", 1_000, 100, call_type="aretrieve_batch"),
            litellm(
                "bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1_000, 100, call_type="aretrieve_batch"
            ),
        ],
        (2_000, 0, 0, 200), "0.00075", calls=2, unpriced=1, uncosted=1,
    ),
    # gpt-5.4 by batch as the caller says it, by flex as the answer did: 2 x (1,000 x 1.25 + 100 x 7.50).
    Complaint(
        "32-tier-in-langfuse",
        [
            langfuse(
                "openai", "gpt-5.4", {"input": 1_000, "output": 100},
                metadata={"gen_ai.provider.name": "openai", "service_tier": "batch"},
            ),
            langfuse(
                "openai", "gpt-5.4", {"input": 1_000, "output": 100},
                metadata={"attributes": {"gen_ai.system": "openai", "openai.response.service_tier": "flex"}},
            ),
        ],
        (2_000, 0, 0, 200), "0.004", calls=2,
    ),
    # claude-sonnet-4-5, 250,000 in: all at 6, all out at 22.50: 1.50 + 0.0225. Only what is above would be 0.915.
    Complaint(
        "33-whole-request-at-the-tier",
        [litellm("anthropic", "claude-sonnet-4-5", 250_000, 1_000)],
        (250_000, 0, 0, 1_000), "1.5225",
    ),
    # gemini-2.5-pro: 200,000 x 1.25 and 200,001 x 2.50; the cached tokens count for the size: 150,000 x 2.50
    # + 60,000 x 0.25 = 0.375 + 0.015.
    Complaint(
        "34-tier-by-size-of-input",
        [
            span("gcp.gemini", "gemini-2.5-pro", gen_ai__usage__input_tokens=200_000, gen_ai__usage__output_tokens=0),
            span("gcp.gemini", "gemini-2.5-pro", gen_ai__usage__input_tokens=200_001, gen_ai__usage__output_tokens=0),
            litellm("gemini", "gemini-2.5-pro", 210_000, 0, usage=_openai_usage(210_000, 60_000, 0)),
        ],
        (610_001, 60_000, 0, 0), "1.1400025", calls=3,
    ),
    # gpt-5.4, 1,000 in and 100 out: priority 5 and 30, flex 1.25 and 7.50, asked for priority but served as usual
    # 2.50 and 15: 0.008 + 0.002 + 0.004.
    Complaint(
        "35-tier-that-was-served",
        [
            litellm("openai", "gpt-5.4", 1_000, 100, usage={**_openai_usage(1_000, 0, 100), "service_tier": "priority"}),
            span(
                "openai", "gpt-5.4", gen_ai__usage__input_tokens=1_000, gen_ai__usage__output_tokens=100,
                openai__response__service_tier="flex",
            ),
            span(
                "openai", "gpt-5.4", gen_ai__usage__input_tokens=1_000, gen_ai__usage__output_tokens=100,
                gen_ai__openai__request__service_tier="priority", openai__request__service_tier="priority",
                openai__response__service_tier="default",
            ),
        ],
        (3_000, 0, 0, 300), "0.014", calls=3,
    ),
    # gpt-5.6-sol: on Bedrock in the US 100,000 x 4.40 + 1,000 x 22 = 0.462; at OpenAI 4 and 20 = 0.42.
    Complaint(
        "36-price-of-the-host",
        [
            litellm("bedrock", "us.openai.gpt-5.6-sol", 100_000, 1_000),
            litellm("openai", "gpt-5.6-sol", 100_000, 1_000),
        ],
        (200_000, 0, 0, 2_000), "0.882", calls=2,
    ),
)  # fmt: skip

TOKENS = (*CACHE, *THOUGHTS, *TIERS)
