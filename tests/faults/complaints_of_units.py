"""Complaints about what is not charged as text: images, audio, characters, searches, of docs/known-complaints.md.

Prices in the comments are USD per million tokens, those of the shipped price book in October 2026.
"""

from __future__ import annotations

from tests.faults.complaint import Complaint
from tests.faults.export_records import litellm

_SEARCHED = {"prompt_tokens": 9_548, "completion_tokens": 528, "total_tokens": 10_076}

UNITS = (
    # 4,000 tokens of an image and 3,000 from the cache are more than the prompt: some are both, and the row does not say
    # how many. Images have no price of their own here: 2,000 x 0.30 + 3,000 x 0.03 + 100 x 2.50, each per million.
    Complaint(
        "4-cached-image",
        [
            litellm(
                "gemini", "gemini-2.5-flash", 5_000, 100,
                usage={
                    "prompt_tokens": 5_000, "completion_tokens": 100,
                    "prompt_tokens_details": {"text_tokens": 1_000, "image_tokens": 4_000, "cached_tokens": 3_000},
                },
            )
        ],
        (5_000, 3_000, 0, 100), "0.00094",
    ),
    # gemini-3.8-live: 1,000 x 0.75 + 200 text x 4.50 + 800 audio x 12 = 0.00075 + 0.0009 + 0.0096.
    Complaint(
        "17-audio-output-at-the-price-of-text",
        [
            litellm(
                "gemini", "gemini-3.8-live", 1_000, 1_000,
                usage={
                    "prompt_tokens": 1_000, "completion_tokens": 1_000,
                    "completion_tokens_details": {"text_tokens": 200, "audio_tokens": 800},
                },
            )
        ],
        (1_000, 0, 0, 1_000), "0.01125",
    ),
    # Speech is charged by the character: 0.18 USD were charged; a list price of tokens says nothing of it. Without a
    # charge the cost of a second call is unknown.
    Complaint(
        "18-speech-by-the-character",
        [
            litellm("openai", "tts-1", 0, 0, call_type="aspeech", spend=0.18),
            litellm("openai", "tts-1", 0, 0, call_type="aspeech"),
        ],
        (0, 0, 0, 0), None, "0.18", calls=2, without_usage=2, unpriced=2, uncosted=1,
    ),
    # gpt-realtime-2: 600 text x 4 + 400 audio x 32 + 100 text x 24 + 400 audio x 64 = 0.0024 + 0.0128 + 0.0024 + 0.0256.
    Complaint(
        "19-audio-within-the-text",
        [
            litellm(
                "openai", "gpt-realtime-2", 1_000, 500,
                usage={
                    "prompt_tokens": 1_000, "completion_tokens": 500,
                    "prompt_tokens_details": {"text_tokens": 600, "audio_tokens": 400},
                    "completion_tokens_details": {"text_tokens": 100, "audio_tokens": 400},
                },
            )
        ],
        (1_000, 0, 0, 500), "0.0432",
    ),
    # claude-sonnet-4-5, 9,548 x 3 + 528 x 15 = 0.036564, and two searches at 10 USD a thousand.
    Complaint(
        "20-searches-of-a-call",
        [
            litellm(
                "anthropic", "claude-sonnet-4-5", 9_548, 528,
                usage=_SEARCHED | {"server_tool_use": {"web_search_requests": 2}},
            )
        ],
        (9_548, 0, 0, 528), "0.056564",
    ),
    # The tool was offered and not used: no fee.
    Complaint(
        "21-search-that-was-only-offered",
        [
            litellm(
                "anthropic", "claude-sonnet-4-5", 9_548, 528,
                usage=_SEARCHED | {"server_tool_use": {"web_search_requests": 0}},
            )
        ],
        (9_548, 0, 0, 528), "0.036564",
    ),
    # Nobody lists what a search costs on Bedrock: the list cost is unknown, and the charge counts.
    Complaint(
        "22-search-on-another-host",
        [
            litellm(
                "bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 9_548, 528, spend=0.07,
                usage=_SEARCHED | {"server_tool_use": {"web_search_requests": 2}},
            )
        ],
        (9_548, 0, 0, 528), None, "0.07", unpriced=1,
    ),
    # A rerank is charged by the search: 0.002 USD were charged for one, nothing is known of the other's cost.
    Complaint(
        "24-rerank-by-the-search",
        [
            litellm("cohere", "rerank-v3.5", 0, 0, call_type="arerank", spend=0.002),
            litellm("cohere", "rerank-v3.5", 0, 0, call_type="arerank"),
        ],
        (0, 0, 0, 0), None, "0.002", calls=2, unpriced=2, uncosted=1,
    ),
)  # fmt: skip
