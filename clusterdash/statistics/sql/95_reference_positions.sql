-- The places of this edition's clusters in the groups of a reference pack, from its cumulative frequencies.
-- Variable: pack; the file is run once for each pack.
--
-- Whether a cluster is counted in the pack itself is not known: what is told holds with it and without it.

-- Who is compared with which group: all with the 500 best and with all clusters, else by the rule of the group.
create or replace temp table reference_viewer as
with clusters as (
    select g.kind, g.key, g.indicator, g.low, g.high, g.countries, p.scheme, b.cluster_id, b.assessment_id
    from reference_pack p
    join reference_group g using (pack)
    join latest_benchmark b using (scheme)
    where p.pack = getvariable('pack')
)
select kind, key, scheme, cluster_id, assessment_id from clusters where kind in ('top500', 'all')
union all
select kind, key, scheme, cluster_id, assessment_id
from clusters
join cluster_sector using (cluster_id)
where kind = 'sector' and sector = key
union all
select c.kind, c.key, c.scheme, c.cluster_id, c.assessment_id
from clusters c
join answer a using (assessment_id)
where c.kind in ('size', 'age') and a.indicator = c.indicator
    and a.value >= coalesce(c.low, '-infinity'::double) and a.value < coalesce(c.high, 'infinity'::double)
union all
select kind, key, scheme, cluster_id, assessment_id
from clusters
join cluster using (cluster_id)
where kind = 'country_group' and list_contains(string_split(countries, ' '), country);

-- Intervals of answers, from start (included) to limit (not included): of the n clusters of the group at least
-- below_least and at most below_most are below the interval, and at least within_least and at most within_most below its
-- end. tied: all answers in it are the same.
create or replace temp table reference_interval as
with edge as (
    select kind, key, code, value, at_least, at_most
    from reference_frequency
    where pack = getvariable('pack') and subject = 'indicator'
    union all
    select kind, key, code, '-infinity'::double, 0, 0
    from reference_figure
    where pack = getvariable('pack') and subject = 'indicator'
),
interval_of as (
    select kind, key, code, value as start, at_least as below_least, at_most as below_most,
        lead(value) over following as next_value,
        lead(at_least) over following as next_least,
        lead(at_most) over following as next_most
    from edge
    window following as (partition by kind, key, code order by value)
)
select i.kind, i.key, i.code, i.start, i.below_least, i.below_most, f.n,
    coalesce(i.next_least, f.n) as within_least,
    coalesce(i.next_most, f.n) as within_most,
    f.whole_numbers and coalesce(
        coalesce(i.next_value, q.maximum + 1) - greatest(i.start, coalesce(q.minimum, i.start)) <= 1, false
    ) as tied
from interval_of i
join reference_figure f using (kind, key, code)
join reference_pack p using (pack)
join indicator q on q.scheme = p.scheme and q.code = i.code
where f.pack = getvariable('pack') and f.subject = 'indicator'
    and exists (from reference_frequency r
        where r.pack = f.pack and r.kind = f.kind and r.key = f.key and r.subject = f.subject and r.code = f.code);

-- Bounds of the tie range, and of its middle: in an interval whose answers are all the same the middle depends only on how
-- many are below and above, else the answer may be anywhere in it. A share among the others is at most that among all.
create or replace temp macro lowest_middle(surplus, n) as
    (100 + 100 * surplus / if(surplus > 0, n, greatest(n - 1, 1))) / 2;

create or replace temp macro highest_middle(surplus, n) as
    (100 + 100 * surplus / if(surplus > 0, greatest(n - 1, 1), n)) / 2;

create or replace temp table reference_place as
with placed as (
    select v.kind, v.key, v.scheme, v.cluster_id, q.item, q.dimension, a.value, f.n as answered, f.lower_quartile,
        f.median, f.upper_quartile, i.n, i.below_least, i.below_most, i.within_least, i.within_most,
        i.tied and a.value = floor(a.value) as tied
    from reference_viewer v
    join question q using (scheme)
    left join answer a on a.assessment_id = v.assessment_id and a.indicator = q.item
    left join reference_figure f
        on f.pack = getvariable('pack') and f.subject = 'indicator' and f.kind = v.kind and f.key = v.key
        and f.code = q.item
    asof left join reference_interval i
        on i.kind = v.kind and i.key = v.key and i.code = q.item and a.value >= i.start
),
bounded as (
    select *, 100 * below_least / n as low, 100 * within_most / n as high
    from placed
),
middled as (
    select *,
        if(tied, greatest(low, lowest_middle(below_least - (n - within_least), n)), low) as middle_least,
        if(tied, least(high, highest_middle(below_most - (n - within_most), n)), high) as middle_most
    from bounded
)
select m.kind, m.key, m.cluster_id, m.item, m.dimension, coalesce(m.answered, 0) as n, m.lower_quartile, m.median,
    m.upper_quartile,
    if(i.direction = 'lower', 100 - high, low) as low,
    if(i.direction = 'lower', 100 - low, high) as high,
    if(i.direction = 'lower', 100 - middle_most, middle_least) as middle_low,
    if(i.direction = 'lower', 100 - middle_least, middle_most) as middle_high
from middled m
join indicator i on i.scheme = m.scheme and i.code = m.item;

insert into reference_position by name
select p.cluster_id, getvariable('pack') as pack, p.kind, p.key, p.item as indicator,
    (middle_low + middle_high) / 2 as percentile, p.low as percentile_low, p.high as percentile_high,
    p.middle_low, p.middle_high, p.median as peer_median, p.lower_quartile as peer_lower,
    p.upper_quartile as peer_upper, p.n
from reference_place p
order by p.cluster_id, p.kind, p.key, p.item;

-- Scores on the scale of the pack, by the rule of `dimension_scores`.
create or replace temp table reference_scale_kind as
select if(count(*) > 0, 'top500', 'all') as kind
from reference_group
where pack = getvariable('pack') and kind = 'top500';

create or replace temp table reference_dimension_score as
select cluster_id, dimension,
    count(middle_low) >= getvariable('answered_share') * count(*) as enough,
    avg((middle_low + middle_high) / 2) as score, avg(middle_low) as score_low, avg(middle_high) as score_high
from reference_place
where kind = (from reference_scale_kind)
group by cluster_id, dimension;

-- Where a score stands among those of the pack, of which the cluster may be one.
create or replace temp table reference_score_rank as
select s.cluster_id, s.dimension,
    100 * coalesce(max(r.at_least) filter (r.value <= s.score_low), 0) / any_value(f.n) as rank_low,
    100 * coalesce(min(r.at_most) filter (r.value > s.score_high), any_value(f.n)) / any_value(f.n) as rank_high
from reference_dimension_score s
join reference_figure f
    on f.pack = getvariable('pack') and f.kind = (from reference_scale_kind) and f.subject = 'dimension'
    and f.code = s.dimension
join reference_frequency r using (pack, kind, key, subject, code)
where s.enough
group by s.cluster_id, s.dimension;

insert into reference_score by name
select cluster_id, getvariable('pack') as pack, dimension,
    if(enough, round(score, getvariable('decimals')), null) as score,
    if(enough, round(score_low, getvariable('decimals')), null) as score_low,
    if(enough, round(score_high, getvariable('decimals')), null) as score_high,
    rank_low, rank_high
from reference_dimension_score
left join reference_score_rank using (cluster_id, dimension)
order by cluster_id, dimension;

create or replace temp view reference_scale as
select p.scheme, s.cluster_id, s.dimension as item, s.score as value
from reference_score s
join reference_pack p using (pack)
where s.pack = getvariable('pack') and s.score is not null;
