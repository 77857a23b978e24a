"""What pages say of the list prices that every saving rests on, and of models that their providers end."""

import pytest

from reports_builder.subjects.rates.price_age import model_prices_said
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

MODELS = "core.dim_models"
PRICED = (
    "'p' as provider, true as is_priced, date '2026-10-31' as last_usage_date, date '2024-01-01' as list_price_recorded_date, "
    "'specification' as list_price_source, 'derived: half' as other_price_source, "
)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (
            "null as retired_date, false as is_kept_beyond_end, false as is_ending",
            "Whether a provider ends one of them is not on record (seed model_retirements): ask before you move calls to it.",
        ),
        (
            "date '2026-10-23' as retired_date, true as is_kept_beyond_end, false as is_ending",
            "By their providers' own pages these end, or have ended: small on 23 October 2026. What still answers after its day is kept by an "
            "arrangement that those pages do not know: ask until when, before you move calls to it.",
        ),
        (
            "date '2027-02-08' as retired_date, false as is_kept_beyond_end, true as is_ending",
            "By their providers' own pages these end, or have ended: small on 8 February 2027. Nothing is advised to move to one that has ended, "
            "or ends soon.",
        ),
    ],
)
def test_prices_name_their_source_and_models_their_end(end: str, said: str) -> None:
    with empty_marts(MODELS) as opened:
        with_rows(opened, MODELS, PRICED + f"'small' as model, {end}")
        [told] = (each.plain for each in model_prices_said(warehouse_of(opened)))
    assert told == (
        "List prices of the models in use (1) are those written down on 1 January 2024. Their source: specification; of cached "
        "input and the batch service: derived: half. Check those of a model before you move calls to it. "
        + said
    )
