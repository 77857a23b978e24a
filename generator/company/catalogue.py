"""What can be called: task types, the features that use them, and the models that answer.

Token sizes are those of a typical application of the task; each customer's application has its
own scale around them (portfolio.py). The bands they follow are those that public production
traces show: chat asks 4-8 tokens per token answered, code completion 50-100, agents 35-130 with
most of the prompt cached, reasoning about one.
"""

import csv
from dataclasses import dataclass
from math import exp, log1p
from pathlib import Path
from typing import Final

STATUSES: Final = (
    "success",
    "rate_limited",
    "server_error",
    "timeout",
    "content_filtered",
)
SERVICE_TIERS: Final = ("standard", "batch")
ENVIRONMENTS: Final = ("production", "staging", "development")
AGENTS: Final = ("agent_support", "agent_research", "agent_operations")


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A part of a token distribution: `weight` of the calls, around `median` tokens."""

    weight: float
    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Spike:
    """A fixed prompt template: `weight` of the calls have exactly `tokens` tokens."""

    weight: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work.

    `cached_share` is the part of the prompt found in the cache from the second call of a trace on;
    `calls_per_trace` the mean length of a conversation or run of a large customer, its calls about
    `gap_seconds` apart; `weekend_share` a weekend day's traffic over a weekday's; `difficulty`
    (0-1) decides which models answer well; `model_weights` which models teams choose, in the
    order of MODELS.
    """

    task_type: str
    input_parts: tuple[Lognormal | Spike, ...]
    output_parts: tuple[Lognormal | Spike, ...]
    input_cap: int
    output_cap: int
    cached_share: float
    calls_per_trace: float
    gap_seconds: float
    hour_shape: str
    weekend_share: float
    difficulty: float
    is_batchable: bool
    model_weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model on sale: `capability` (0-1) against a task's difficulty gives the quality.

    `share_of_provider` is its part of its provider's calls where the market is wide. `price_key` names
    the provider and model of the price book whose prices it has; without one its own are listed.
    """

    provider: str
    model: str
    context_tokens: int
    capability: float
    failure_share: float
    first_token_ms: float
    ms_per_output_token: float
    ms_per_input_token: float
    is_premium: bool
    share_of_provider: float
    price_key: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a product; `popularity` weighs how many customers use it, `volume` how much."""

    product_id: str
    feature_id: str
    task_type: str
    popularity: float
    volume: float


# Capabilities are invented, not measurements of the products. They follow the list prices, since a
# model that is dearer and no better finds no buyers; claude-v2 is the exception that every grown
# price list has: an old model, still called, that a newer one beats for less.
SPECIFIED_MODELS: Final = (
    Model("openai", "gpt-4", 8_192, 0.93, 0.016, 900, 42, 0.06, True, 0.02),
    Model("openai", "gpt-4-turbo", 128_000, 0.91, 0.017, 620, 27, 0.04, False, 0.06),
    Model("anthropic", "claude-opus-4", 200_000, 0.96, 0.021, 1150, 34, 0.06, True, 0.04),
    Model("anthropic", "claude-sonnet-4", 200_000, 0.88, 0.015, 680, 16, 0.03, False, 0.20),
    Model("bedrock", "claude-instant", 100_000, 0.68, 0.017, 340, 8, 0.02, False, 0.22),
    Model("bedrock", "claude-v2", 100_000, 0.76, 0.022, 760, 24, 0.05, False, 0.14),
)


def _read_models(path: Path) -> tuple[Model, ...]:
    """The models of a CSV file with the fields of Model as its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Model(
                row["provider"],
                row["model"],
                int(row["context_tokens"]),
                float(row["capability"]),
                float(row["failure_share"]),
                float(row["first_token_ms"]),
                float(row["ms_per_output_token"]),
                float(row["ms_per_input_token"]),
                row["is_premium"] == "true",
                float(row["share_of_provider"]),
                (row["priced_provider"], row["priced_model"]),
            )
            for row in csv.DictReader(file)
        )


# The specification's models stand first: where a run keeps to them, positions are the same as in any other.
MODELS: Final = (*SPECIFIED_MODELS, *_read_models(Path(__file__).with_name("wide_models.csv")))

# The model to compare with when a premium one does trivial work.
SENSIBLE_MODEL: Final = "claude-instant"
TRIVIAL_TASKS: Final = ("classification",)

TASKS: Final = (
    Task(
        "chat",
        (Lognormal(0.80, 1100, 0.95), Spike(0.12, 420), Lognormal(0.08, 4200, 0.5)),
        (Lognormal(0.88, 190, 0.95), Lognormal(0.12, 620, 0.5)),
        32_000,
        4_096,
        0.30,
        4.0,
        45,
        "chat",
        0.58,
        0.75,
        False,
        (0.12, 0.30, 0.10, 0.26, 0.07, 0.15),
    ),
    Task(
        "question_answering",
        (Lognormal(0.55, 2100, 0.55), Spike(0.25, 3000), Lognormal(0.20, 700, 0.6)),
        (Lognormal(1.0, 170, 0.8),),
        16_000,
        2_048,
        0.20,
        2.5,
        60,
        "chat",
        0.60,
        0.78,
        False,
        (0.05, 0.30, 0.06, 0.34, 0.10, 0.15),
    ),
    Task(
        "summarization",
        (Lognormal(0.75, 2600, 0.85), Spike(0.15, 4000), Lognormal(0.10, 500, 0.5)),
        (Lognormal(0.85, 270, 0.6), Spike(0.15, 400)),
        24_000,
        2_048,
        0.0,
        1.6,
        30,
        "chat",
        0.55,
        0.72,
        True,
        (0.03, 0.22, 0.04, 0.36, 0.17, 0.18),
    ),
    Task(
        "code_completion",
        (Lognormal(0.70, 1000, 0.75), Spike(0.15, 2048), Lognormal(0.15, 380, 0.5)),
        (Lognormal(0.85, 13, 0.75), Spike(0.15, 16)),
        8_000,
        512,
        0.0,
        10.0,
        14,
        "code",
        0.25,
        # Short as it is, a completion must fit code that the prompt shows only in part.
        0.90,
        False,
        (0.22, 0.26, 0.16, 0.24, 0.04, 0.08),
    ),
    Task(
        "reasoning",
        (Lognormal(0.75, 800, 0.8), Spike(0.15, 620), Lognormal(0.10, 3000, 0.6)),
        (Lognormal(1.0, 800, 0.65),),
        24_000,
        8_192,
        0.10,
        1.8,
        90,
        "code",
        0.26,
        0.95,
        False,
        (0.10, 0.22, 0.16, 0.42, 0.02, 0.08),
    ),
    Task(
        "classification",
        (Lognormal(0.60, 320, 0.7), Spike(0.40, 420)),
        (Spike(0.65, 8), Lognormal(0.35, 14, 0.5)),
        4_000,
        64,
        0.0,
        6.0,
        4,
        "batch",
        0.88,
        0.50,
        True,
        (0.0, 0.22, 0.0, 0.30, 0.34, 0.14),
    ),
    Task(
        "extraction",
        (Lognormal(0.70, 1200, 0.75), Spike(0.20, 1500), Lognormal(0.10, 3800, 0.4)),
        (Lognormal(0.80, 160, 0.6), Spike(0.20, 120)),
        16_000,
        2_048,
        0.0,
        5.0,
        6,
        "batch",
        0.88,
        0.62,
        True,
        (0.0, 0.28, 0.0, 0.34, 0.18, 0.20),
    ),
    Task(
        "translation",
        (Lognormal(0.85, 430, 0.85), Spike(0.15, 250)),
        (Lognormal(0.85, 430, 0.85), Spike(0.15, 260)),
        8_000,
        4_096,
        0.0,
        2.5,
        15,
        "batch",
        0.85,
        0.68,
        True,
        (0.03, 0.26, 0.03, 0.34, 0.16, 0.18),
    ),
    Task(
        "agent",
        (
            Lognormal(0.72, 16_000, 0.65),
            Spike(0.18, 20_000),
            Lognormal(0.10, 4500, 0.5),
        ),
        (Lognormal(0.80, 130, 0.9), Lognormal(0.20, 480, 0.6)),
        90_000,
        8_192,
        0.82,
        6.0,
        7,
        "code",
        0.27,
        0.92,
        False,
        (0.0, 0.06, 0.04, 0.62, 0.20, 0.08),
    ),
)

FEATURES: Final = (
    Feature("assistant", "chat", "chat", 1.6, 1.3),
    Feature("assistant", "search", "question_answering", 1.2, 1.0),
    Feature("assistant", "summarize", "summarization", 1.0, 0.8),
    Feature("developer", "code_completion", "code_completion", 1.0, 1.6),
    Feature("developer", "code_review", "reasoning", 0.7, 0.6),
    Feature("documents", "classify", "classification", 0.8, 1.2),
    Feature("documents", "extract", "extraction", 0.8, 0.9),
    Feature("documents", "translate", "translation", 0.7, 0.7),
    Feature("agents", "agent_run", "agent", 0.7, 0.9),
)

TASK_INDEX: Final = {task.task_type: index for index, task in enumerate(TASKS)}
MODEL_INDEX: Final = {model.model: index for index, model in enumerate(MODELS)}
FEATURE_INDEX: Final = {feature.feature_id: index for index, feature in enumerate(FEATURES)}

# How wide the border is between what a model answers well and what it does not. A task type holds
# easier and harder prompts around its difficulty, so a model does not fail all of them at once.
_DIFFICULTY_SPREAD: Final = 0.04


def expected_quality(model: Model, task: Task) -> float:
    """Mean quality score (0-1) of a model on a task.

    A score falls with the part of the task's prompts that are beyond the model. Far below its
    capability that part is next to nothing, so easy tasks are answered alike by all; near it every
    step of capability counts, so that hard tasks tell the best models apart; far above it the loss
    grows in proportion to the gap. The softplus function runs through all three.
    """
    gap = (task.difficulty - model.capability) / _DIFFICULTY_SPREAD
    beyond = _DIFFICULTY_SPREAD * log1p(exp(gap))
    return 0.95 - 0.04 * task.difficulty - 1.1 * beyond
