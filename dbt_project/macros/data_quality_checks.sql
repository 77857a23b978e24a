{#
    The checks of core.rpt_data_quality by the relation they read: (relation, all calls, all cost, checks), and each
    check as (name, calls or records concerned, their cost or none where it is unknown, description).
#}
{% macro data_quality_checks() %}
    {% set usage_checks = [
        ('unallocated', 'sum(case when has_no_customer or is_customer_unknown then calls end)', 'sum(case when has_no_customer or is_customer_unknown then cost_usd end)',
            'Calls that name no customer on record. What they leave of the whole is the allocation coverage.'),
        ('customer_missing', 'sum(case when has_no_customer then calls end)', 'sum(case when has_no_customer then cost_usd end)',
            'Calls that name no customer at all.'),
        ('customer_unknown', 'sum(case when is_customer_unknown then calls end)', 'sum(case when is_customer_unknown then cost_usd end)',
            'Calls that name a customer who is not on record.'),
        ('team_missing', 'sum(case when has_no_team then calls end)', 'sum(case when has_no_team then cost_usd end)',
            'Calls that name no team, of a product or feature that has no cost centre.'),
        ('call_before_signup', 'sum(case when is_before_signup then calls end)', 'sum(case when is_before_signup then cost_usd end)',
            'Calls of a customer on record before the day its subscription began.'),
        ('call_after_churn', 'sum(case when is_after_churn then calls end)', 'sum(case when is_after_churn then cost_usd end)',
            'Calls of a customer on record on or after the day its subscription ended.'),
        ('unpriced', 'sum(unpriced_calls)', 'sum(unpriced_cost_usd)',
            'Calls without a list price, with what the provider charged for them.'),
        ('cost_unknown', 'sum(uncosted_calls)', none,
            'Calls with neither a charge nor a list price: their cost is in no figure.'),
        ('usage_missing', 'sum(calls_without_usage)', none,
            'Calls without token counts: their tokens are in no figure.'),
    ] %}
    {% set record_checks = [
        ('record_rejected', 'sum(rows_rejected)', 'sum(billed_cost_rejected_usd)',
            'Records refused; core.rejected_records holds each with its reason.'),
        ('record_duplicate', 'sum(rows_duplicate)', 'sum(billed_cost_duplicate_usd)',
            'Further records of a call that is already counted.'),
        ('field_unreadable', '(select sum(records) from unreadable_fields)', none,
            'Fields of records that count which could not be read or contradict another; core.rpt_unreadable_fields names each with an example.'),
        ('reconciliation_difference', 'sum(abs(rows_read - rows_accepted - rows_rejected - rows_duplicate))', 'sum(abs(difference_usd))',
            'Records and charges read that are neither in the marts, nor refused, nor duplicates. Anything but zero is an error.'),
    ] %}
    {# All days: a build with another difference is not published. #}
    {% set late_checks = [
        ('late_data_left_alone', 'sum(abs(rows_read - rows_accepted - rows_rejected - rows_duplicate))', 'sum(abs(difference_usd))',
            'Records of files that came or changed after the look-back (variable late_data_lookback_days), of any day: in no figure until a full refresh.'),
    ] %}
    {% set invoice_checks = [
        ('invoice_variance', 'count(*) filter (where difference_usd <> 0)', 'sum(abs(difference_usd))',
            'Invoices of a provider and month that differ from the ledger, with the sum of the differences; all months that were invoiced.'),
        ('invoice_unexplained', 'count(*) filter (where unexplained_usd <> 0)', 'sum(abs(unexplained_usd))',
            'Part of these differences for which core.rpt_invoice_variance has no cause.'),
    ] %}
    {% set invoice_line_checks = [
        ('invoice_rejected', 'count(*) filter (where rejection_reason is not null)', none,
            'Lines of invoices that are refused; core.rejected_records holds each with its reason. All months.'),
    ] %}
    {% set charge_checks = [
        ('charge_value_unknown', 'count(*) filter (where unknown_values is not null)', 'sum(billed_cost_usd) filter (where unknown_values is not null)',
            'Lines of billing files with a value that FOCUS does not allow in a column that may be empty; it is kept as it came. All months.'),
    ] %}
    {% for name, found, description in [
        ('tags_unreadable', "left(trim(tags), 1) <> '{'",
            'Lines of bills whose tags are no JSON object; they are kept as they came and name no owner. All months.'),
        ('effective_cost_unknown', 'effective_cost_usd is null and is_counted',
            'Lines of bills without a known effective cost: no rate for the currency, or a commitment whose price the file lacks. All months.'),
        ('cost_contradicts_price', 'abs(cast(contracted_unit_price_billing_currency as double) * cast(pricing_quantity as double)
            - cast(contracted_cost_billing_currency as double)) > 0.01 + 0.01 * abs(cast(contracted_cost_billing_currency as double))',
            'Lines of bills whose quantity at their price is another amount than their cost, by more than a cent and 1 %; the cost counts. All months.'),
    ] %}
        {% do charge_checks.append((name, 'count(*) filter (where ' ~ found ~ ')', 'sum(billed_cost_usd) filter (where ' ~ found ~ ')', description)) %}
    {% endfor %}
    {% set resource_checks = [
        ('resource_in_two_accounts', 'count(*) filter (where accounts > 1)', none, 'Resources that more than one account was charged for. All months.'),
    ] %}
    {% set plan_checks = [
        ('newest_plan_rejected', 'count(distinct case when is_newest_rejected then customer_id end)', none,
            'Customers whose newest plan is refused; the one before goes on where it ended as that began.'),
    ] %}
    {% set check_groups = [
        ('usage_judged', 'sum(calls)', 'sum(cost_usd)', usage_checks),
        ('records', 'sum(rows_read)', 'sum(billed_cost_read_usd)', record_checks),
        ('reconciliation', 'sum(rows_read)', 'sum(billed_cost_read_usd)', late_checks),
        ('invoiced', 'count(*)', 'sum(invoiced_usd)', invoice_checks),
        ('invoices', 'count(*)', 'sum(0)', invoice_line_checks),
        ('focus_charges', 'count(*)', 'sum(billed_cost_usd)', charge_checks),
        ('resources', 'count(*)', 'sum(0)', resource_checks),
        ('customer_plans', 'count(distinct customer_id)', 'sum(0)', plan_checks),
    ] %}
    {% for name, description in [
        ('column_not_read', 'Columns of customer files that are none of the source and are not read.'),
        ('customer_lost', 'Customers of the file published before who are in no file of customers any more.'),
        ('files_of_no_source', 'Files in the folder of raw data that no source reads.'),
        ('files_switched_off', 'Files of sources that are off; they are left alone.'),
        ('generated_calls_beside_own', 'Sources with files of your own beside calls that the generator made.'),
    ] %}
        {% set noted = "sum(case when check_name = '" ~ name ~ "' then " %}
        {% do check_groups.append(('notes', noted ~ 'total end)', 'sum(0)', [(name, noted ~ 'affected end)', none, description)])) %}
    {% endfor %}
    {{ return(check_groups) }}
{% endmacro %}
