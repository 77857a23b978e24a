"""The bands that public production traces show, by kind of application."""

from dataclasses import dataclass
from typing import Final

ALL: Final = "all"
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "chat": ("chat", "question_answering"),
    "code completion": ("code_completion",),
    "agent": ("agent",),
    "reasoning": ("reasoning",),
    "batch": ("classification", "extraction", "translation"),
}
"""Task types of each kind of application. Summaries are neither typed by people nor run at night."""

Measured = dict[tuple[str, str], float]
"""Values by kind of application (or ALL) and measure; absent where there is too little to measure."""


@dataclass(frozen=True, slots=True)
class Band:
    """A measure of a kind of application (ALL: of the whole traffic) and where real traffic lies."""

    kind: str
    measure: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the band, as far as two decimals tell."""
        return self.low <= round(value, 2 if self.high >= 0.05 else 4) <= self.high


INPUT_SIGMA: Final = "spread of ln(input tokens)"
OUTPUT_SIGMA: Final = "spread of ln(output tokens)"
INPUT_OVER_OUTPUT: Final = "input tokens / output tokens"
OUTPUT_MEDIAN: Final = "median output tokens"
MEAN_PROMPT: Final = "mean prompt tokens"
CACHED_SHARE: Final = "cached share of the prompt"
RHO_WITHIN: Final = "|rho| of input and output within an application"
RHO_ACROSS: Final = "rho of applications' mean input and output"
LOGNORMAL_KS: Final = "KS of one lognormal on inputs"
PEAK_OVER_TROUGH: Final = "busiest hour / quietest hour"
WEEKEND_SHARE: Final = "weekend day / weekday"
DAY_CV: Final = "CV of working days"
DAY_CV_SMALL: Final = "CV of working days of one small organisation"
DISPERSION: Final = "index of dispersion at 60 s"
BURSTIEST: Final = "index of dispersion of the burstiest application"
IAT_CV_MEDIAN: Final = "CV of a customer's inter-arrival times, median"
IAT_CV_P95: Final = "CV of a customer's inter-arrival times, p95"
GINI: Final = "Gini of calls per customer"
TOP_TENTH: Final = "calls of the top tenth of customers"
IDLE_SHARE: Final = "10-minute windows without a call of a customer"
FAILURES: Final = "failed share of calls"
NO_OUTPUT: Final = "failed calls without output"

BANDS: Final = (
    Band("chat", INPUT_SIGMA, 0.7, 1.4),
    Band("chat", OUTPUT_SIGMA, 0.8, 1.4),
    Band("chat", INPUT_OVER_OUTPUT, 4, 8),
    Band("chat", PEAK_OVER_TROUGH, 1.5, 3),
    Band("chat", WEEKEND_SHARE, 0.5, 0.65),
    Band("code completion", INPUT_OVER_OUTPUT, 50, 100),
    Band("code completion", OUTPUT_MEDIAN, 10, 20),
    Band("code completion", PEAK_OVER_TROUGH, 8, 12),
    Band("code completion", WEEKEND_SHARE, 0.2, 0.35),
    Band("agent", MEAN_PROMPT, 10_000, 70_000),
    Band("agent", INPUT_OVER_OUTPUT, 35, 130),
    Band("agent", CACHED_SHARE, 0.35, 0.86),
    Band("agent", WEEKEND_SHARE, 0.2, 0.35),
    Band("reasoning", INPUT_OVER_OUTPUT, 0.5, 2),
    # "About 800": a quarter either way.
    Band("reasoning", OUTPUT_MEDIAN, 600, 1000),
    Band("batch", PEAK_OVER_TROUGH, 1.3, 2.6),
    Band("batch", WEEKEND_SHARE, 0.75, 1.0),
    Band("batch", DAY_CV, 0.1, 0.25),
    *(Band(kind, RHO_WITHIN, 0.0, 0.15) for kind in KINDS),
    *(Band(kind, LOGNORMAL_KS, 0.05, 1.0) for kind in KINDS),
    *(Band(kind, DISPERSION, 3, 160) for kind in KINDS),
    Band(ALL, RHO_ACROSS, 0.25, 0.65),
    Band(ALL, DAY_CV, 0.05, 0.1),
    # "About 1": a third either way.
    Band(ALL, DAY_CV_SMALL, 0.67, 1.33),
    Band(ALL, DISPERSION, 3, 160),
    Band(ALL, BURSTIEST, 5, 1e9),
    Band(ALL, IAT_CV_MEDIAN, 1.0, 1.4),
    Band(ALL, IAT_CV_P95, 6, 9),
    Band(ALL, GINI, 0.65, 0.87),
    Band(ALL, TOP_TENTH, 0.4, 0.8),
    Band(ALL, IDLE_SHARE, 0.5, 1.0),
    Band(ALL, FAILURES, 0.015, 0.02),
    Band(ALL, NO_OUTPUT, 0.5, 1.0),
)
