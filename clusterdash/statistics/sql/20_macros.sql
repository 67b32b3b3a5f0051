-- Ranks, quantiles and rounding as macros: nothing is computed here, and no table is read.
-- Variables: answered_share, decimals, significant_digits (clusterdash/statistics/parameters.py).

-- A quantile of `size` values with and without one of them (linear interpolation, type 7 of Hyndman and Fan 1996).
-- Whichever is excluded, the quantile of the others is between two of the three values a, b, c that have first,
-- first + 1, first + 2 before them. All are looked up in the counts of distinct values: how many lie below each, and
-- how many are equal to it.
create temp macro value_at(value, below, equal, rank) as max(value) filter (below < rank and rank <= below + equal);

create temp macro first_of(size, share) as floor(greatest(size - 2, 0) * share)::bigint;

create temp macro rank_of(size, share) as floor((size - 1) * share)::bigint;

create temp macro quantile_neighbours(value, below, equal, size, share) as {
    'low': value_at(value, below, equal, rank_of(size, share) + 1),
    'high': value_at(value, below, equal, least(rank_of(size, share) + 2, size)),
    'a': value_at(value, below, equal, first_of(size, share) + 1),
    'b': value_at(value, below, equal, first_of(size, share) + 2),
    'c': value_at(value, below, equal, first_of(size, share) + 3)
};

create temp macro quantile_variants(q, size, share) as {
    'whole': q.low + (size - 1) * share % 1 * (q.high - q.low),
    'first': first_of(size, share),
    'early_out': q.b + (size - 2) * share % 1 * (coalesce(q.c, q.b) - q.b),
    'middle_out': q.a + (size - 2) * share % 1 * (coalesce(q.c, q.a) - q.a),
    'late_out': q.a + (size - 2) * share % 1 * (q.b - q.a)
};

create temp macro quantile_of_others(q, inside, below) as case
    when inside = 0 then q.whole
    when below <= q.first then q.early_out
    when below = q.first + 1 then q.middle_out
    else q.late_out
end;

-- The rank of viewers among the members of groups, item by item, each excluded from its own comparison.
--   viewers, members: (scheme, group_id, cluster_id); items: (scheme, item);
--   own, answers: (scheme, cluster_id, item, value), what viewers and what members answered
--   -> one row for each viewer, group and item: value, n others, percentile with ties counted half, its tie range in
--      per cent, the numbers of others below and above, and the others' quartiles and median (these only where own and
--      answers are the same). No limits of disclosure are applied here.
create temp macro rank_among_peers(viewers, members, items, own, answers) as table
with peer as (
    select m.group_id, m.cluster_id, a.item, a.value
    from query_table(members) m
    join query_table(answers) a using (scheme, cluster_id)
),
-- Each distinct value with the number of peers below it and equal to it.
value_counts as (
    select group_id, item, value, count(*) as equal,
        coalesce(sum(count(*)) over (
            partition by group_id, item order by value rows between unbounded preceding and 1 preceding
        ), 0)::bigint as below
    from peer
    group by group_id, item, value
),
-- The quartiles, prepared for excluding one member.
peer_quantiles as (
    select group_id, item, size,
        quantile_variants(lower, size, 0.25) as lower,
        quantile_variants(middle, size, 0.5) as middle,
        quantile_variants(upper, size, 0.75) as upper
    from (
        select group_id, item, size,
            quantile_neighbours(value, below, equal, size, 0.25) as lower,
            quantile_neighbours(value, below, equal, size, 0.5) as middle,
            quantile_neighbours(value, below, equal, size, 0.75) as upper
        from (select *, sum(equal) over (partition by group_id, item)::bigint as size from value_counts)
        group by group_id, item, size
    )
),
-- counted: the value with which a viewer is counted among the members, to be subtracted; usually its own value.
viewer_values as (
    select v.scheme, v.group_id, v.cluster_id, i.item, o.value, p.value as counted,
        (p.cluster_id is not null)::integer as inside
    from query_table(viewers) v
    join query_table(items) i using (scheme)
    left join query_table(own) o using (scheme, cluster_id, item)
    left join peer p using (group_id, cluster_id, item)
),
ranks as (
    select v.scheme, v.group_id, v.cluster_id, v.item, v.value, v.inside,
        coalesce(q.size, 0) as size, q.lower, q.middle, q.upper,
        coalesce(if(c.value = v.value, c.below, c.below + c.equal), 0)
        - coalesce((v.counted < v.value)::integer, 0) as below,
        coalesce(if(c.value = v.value, c.equal, 0), 0) - coalesce((v.counted = v.value)::integer, 0) as equal
    from viewer_values v
    left join peer_quantiles q using (group_id, item)
    asof left join value_counts c
        on v.group_id = c.group_id and v.item = c.item and v.value >= c.value
),
ranks_among_others as (
    select *, size - inside as n,
        if(value is null, null, nullif(size - inside, 0)) as others,
        quantile_of_others(lower, inside, below) as lower_quartile,
        quantile_of_others(middle, inside, below) as median,
        quantile_of_others(upper, inside, below) as upper_quartile
    from ranks
)
select scheme, group_id, cluster_id, item, value, n, lower_quartile, median, upper_quartile,
    below, others - below - equal as above,
    100 * (below + equal / 2) / others as percentile,
    100 * below / others as percentile_low,
    100 * (below + equal) / others as percentile_high
from ranks_among_others;

-- The largest number of a group's members that one account sees, but at least the coalition that is always assumed.
create temp macro largest_coalition(members) as table
select group_id, greatest(max(seen), (select min(coalition) from limit_of)) as coalition
from (
    select group_id, account, count(account) as seen
    from query_table(members)
    left join account_cluster using (cluster_id)
    group by all
)
group by group_id;

-- How counts of others are published: in multiples of a base, rounded outward (`rounding.round_outward`).
-- `limits` is a row of limit_of. Medians and quartiles are whole levels, per cents and scores; numbers have few
-- significant digits, and are whole from 1 on. A figure with all its digits would be one cluster's answer, and one
-- between two levels would disclose that both occur (`rounding.coarsened_percentile` does the same in Python).
create temp macro round_outward(clusters, others, base) as
    base * greatest(0, least(ceil(clusters / base) - 1, others // base - 1));

create temp macro published_low(below, others, limits) as
    if(others >= limits.percentile_minimum, 100 * round_outward(below, others, limits.rounding_base) / others, null);

create temp macro published_high(above, others, limits) as
    if(
        others >= limits.percentile_minimum,
        100 - 100 * round_outward(above, others, limits.rounding_base) / others,
        null
    );

create temp macro published_middle(below, above, others, limits) as
    (published_low(below, others, limits) + published_high(above, others, limits)) / 2;

create temp macro last_digit(value) as
    power(10, floor(log10(abs(value))) - (getvariable('significant_digits') - 1));

create temp macro rounding_unit(value) as if(abs(value) < 1, last_digit(value), greatest(1, last_digit(value)));

create temp macro rounded(value, kind) as case
    when kind <> 'number' then round(value)
    when value = 0 then value
    else round(round(value / rounding_unit(value)) * rounding_unit(value), getvariable('decimals'))
end;

-- Scores of dimensions: the mean percentile of its questions, where a large enough share of them has one.
--   percentiles: (scheme, group_id, cluster_id, item, percentile)
create temp macro dimension_scores(percentiles) as table
select scheme, group_id, cluster_id, dimension as item,
    if(
        count(percentile) >= getvariable('answered_share') * count(*),
        round(avg(percentile), getvariable('decimals')),
        null
    ) as value
from query_table(percentiles)
join question using (scheme, item)
group by scheme, group_id, cluster_id, dimension;
