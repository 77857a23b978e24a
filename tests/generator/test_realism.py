"""Traffic lies in the bands that public production traces show."""

import numpy as np
import pytest

ORDINARY = "customer_id not in (select customer_id from truth)"


def test_token_shapes_by_task(query):
    shapes = {
        task: values
        for task, *values in query(
            """
            select task_type, sum(input_tokens) / sum(output_tokens), median(output_tokens),
              avg(input_tokens), sum(cached_input_tokens) / sum(input_tokens),
              stddev(ln(input_tokens)), stddev(ln(output_tokens))
            from calls where status = 'success' group by 1
            """
        )
    }
    chat, code, agent = shapes["chat"], shapes["code_completion"], shapes["agent"]
    assert 4 <= chat[0] <= 8
    assert 0.7 <= chat[4] <= 1.4
    assert 0.8 <= chat[5] <= 1.4
    assert 50 <= code[0] <= 100
    assert 10 <= code[1] <= 20
    assert 35 <= agent[0] <= 130
    assert 10_000 <= agent[2] <= 70_000
    assert 0.35 <= agent[3] <= 0.86
    assert 0.5 <= shapes["reasoning"][0] <= 2
    assert 600 <= shapes["reasoning"][1] <= 1000


def test_input_and_output_are_nearly_uncorrelated_within_an_application(query):
    rho = np.array(
        query(
            f"""
            select abs(corr(input_tokens, output_tokens)) from calls
            where status = 'success' and {ORDINARY} group by customer_id, feature_id having count(*) > 500
            """
        )
    )
    assert len(rho) > 10
    assert np.quantile(rho, 0.9) < 0.15


def test_one_lognormal_does_not_fit_the_prompts(query):
    for task in ("chat", "code_completion", "agent"):
        ((customer, _),) = query(
            f"select customer_id, count(*) from calls where task_type = '{task}' and {ORDINARY}"
            " group by 1 order by 2 desc, 1 limit 1"
        )
        logs = np.log(
            np.array(
                query(
                    f"select input_tokens from calls where task_type = '{task}'"
                    f" and customer_id = '{customer}' and status = 'success'"
                )
            ).ravel()
        )
        z = np.sort((logs - logs.mean()) / logs.std())
        # The normal distribution function, by its own integral on a fine grid.
        grid = np.linspace(-8, 8, 20_001)
        density = np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi)
        normal = np.interp(z, grid, np.cumsum(density) * (grid[1] - grid[0]))
        distance = np.abs(normal - np.arange(len(z)) / len(z)).max()
        assert distance > 0.05, task


@pytest.mark.parametrize(
    ("tasks", "peak_over_trough", "weekend_over_weekday"),
    [
        (("code_completion", "agent"), (7, 13), (0.2, 0.36)),
        (("chat", "question_answering"), (1.5, 3), (0.5, 0.65)),
        (("classification", "extraction", "translation"), (1.3, 2.6), (0.75, 1.0)),
    ],
)
def test_hours_and_weekends(query, tasks, peak_over_trough, weekend_over_weekday):
    chosen = f"task_type in {tasks} and {ORDINARY}" if len(tasks) > 1 else f"task_type = '{tasks[0]}'"
    hours = np.array(
        query(
            f"""
            select hour(timestamp + to_hours(case region when 'us-east-1' then -5
              when 'eu-west-1' then 1 else 8 end)) as hour, count(distinct trace_id) from calls
            where {chosen} group by 1 order by 1
            """
        )
    )[:, 1]
    # Neighbouring hours together: single ones jump with the few long traces in them.
    smooth = (np.roll(hours, 1) + hours + np.roll(hours, -1)) / 3
    assert peak_over_trough[0] <= smooth.max() / smooth.min() <= peak_over_trough[1]
    ((weekend,),) = query(
        f"""
        with days as (select date, count(*) as calls from calls where {chosen} group by 1)
        select avg(calls) filter (isodow(date) > 5) / avg(calls) filter (isodow(date) < 6) from days
        """
    )
    assert weekend_over_weekday[0] <= weekend <= weekend_over_weekday[1]


def test_arrivals_are_bursty(query):
    minutes = np.array(
        query(
            """
            select count(calls.call_id) from (
              select unnest(generate_series(timestamp '2026-10-05', timestamp '2026-10-09',
                interval 1 minute)) as minute) as spine
            left join calls on date_trunc('minute', timestamp) = minute and date >= '2026-10-05'
            group by minute
            """
        )
    ).ravel()
    assert 2 <= minutes.var() / minutes.mean() <= 160


def test_few_customers_make_most_calls(query):
    calls = np.sort(np.array(query("select count(*) from calls group by customer_id")).ravel())
    count = len(calls)
    gini = 2 * np.sum(np.arange(1, count + 1) * calls) / (count * calls.sum()) - (count + 1) / count
    assert 0.60 <= gini <= 0.87
    assert 0.40 <= calls[-round(count / 10) :].sum() / calls.sum() <= 0.80


def test_small_customers_vary_more_from_day_to_day_than_large_ones(query):
    spread = dict(
        query(
            f"""
            with days as (
              select customer_id, date, sum(cost_usd)::double as usd from calls
              where isodow(date) < 6 and {ORDINARY} group by all),
            customer as (select customer_id, stddev(usd) / avg(usd) as cv from days group by 1)
            select usage_archetype, median(cv) from customer join customers using (customer_id) group by 1
            """
        )
    )
    assert 0.35 <= spread["light"] <= 1.0
    assert 0.10 <= spread["heavy"] <= 0.30
    assert spread["heavy"] < spread["power"] < spread["light"]


def test_better_models_answer_hard_tasks_better_and_easy_ones_alike(query):
    quality = {
        (task, model): score
        for task, model, score in query(
            "select task_type, model, avg(quality_score) from calls"
            " group by all having count(quality_score) > 100"
        )
    }
    easy = [score for (task, _), score in quality.items() if task == "classification"]
    assert max(easy) - min(easy) < 0.03
    hard = [(model, score) for (task, model), score in quality.items() if task in ("reasoning", "agent")]
    assert max(score for _, score in hard) - min(score for _, score in hard) > 0.05
