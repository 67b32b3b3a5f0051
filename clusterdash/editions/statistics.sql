-- The statistics of an edition (the rules: docs/statistics.md). Run once, when it is published.
-- Before it, `statistics.compute` has made the tables account_cluster (account, cluster_id), of those accounts that see
-- more clusters than a coalition is thought to have, and limit_of (coalition, step, median, ...), `disclosure.Limits`.

-- The latest benchmark of each cluster in each scheme; on the same day a verified one wins.
insert into latest_benchmark by name
select assessment_id, cluster_id, scheme, assessed_on, evidence
from assessment
join scheme using (scheme)
where purpose = 'benchmark'
qualify row_number() over (
    partition by cluster_id, scheme order by assessed_on desc, evidence = 'verified' desc
) = 1
order by cluster_id;

-- The benchmarks before it, the last of each earlier year. Progress is told against the top 500 as they were at the end
-- of that year: a wave, named scheme@year, which below is a scheme of its own (no code of a scheme holds an @).
create temp table earlier as
select a.assessment_id, a.cluster_id, a.scheme, a.assessed_on, a.scheme || '@' || year(a.assessed_on) as wave
from assessment a
join latest_benchmark l using (cluster_id, scheme)
where year(a.assessed_on) < year(l.assessed_on)
qualify row_number() over (
    partition by a.cluster_id, wave order by a.assessed_on desc, a.evidence = 'verified' desc
) = 1;

create temp table benchmarked as
select scheme, scheme as wave, cluster_id, assessment_id from latest_benchmark
union all
select a.scheme, w.wave, a.cluster_id, a.assessment_id
from (select distinct scheme, wave, year(assessed_on) as until from earlier) w
join assessment a on a.scheme = w.scheme and year(a.assessed_on) <= w.until
qualify row_number() over (
    partition by w.wave, a.cluster_id order by a.assessed_on desc, a.evidence = 'verified' desc
) = 1;

-- The questions that have a better direction, and the answers to them, turned so that more is better.
create temp table question as
select distinct b.wave as scheme, i.code as item, i.dimension, i.kind
from (select distinct scheme, wave from benchmarked) b
join indicator i using (scheme)
where i.direction <> 'none';

create temp table observed as
select b.wave as scheme, b.cluster_id, a.indicator as item, if(i.direction = 'lower', -a.value, a.value) as value
from benchmarked b
join answer a using (assessment_id)
join indicator i on i.scheme = b.scheme and i.code = a.indicator
where i.direction <> 'none';

-- A quantile of `size` values with and without one of them (linear interpolation, R's type 7). Whoever is left out, the
-- quantile of the others lies between two of the three values a, b, c that have first, first + 1, first + 2 before them.
-- All of them are read off the rungs of a ladder: each distinct value, with how many lie below it and at it.
create temp macro at_place(value, below, here, place) as max(value) filter (below < place and place <= below + here);
create temp macro first_of(size, share) as floor(greatest(size - 2, 0) * share)::bigint;
create temp macro place_of(size, share) as floor((size - 1) * share)::bigint;
create temp macro quantiles(value, below, here, size, share) as {
    'low': at_place(value, below, here, place_of(size, share) + 1),
    'high': at_place(value, below, here, least(place_of(size, share) + 2, size)),
    'a': at_place(value, below, here, first_of(size, share) + 1),
    'b': at_place(value, below, here, first_of(size, share) + 2),
    'c': at_place(value, below, here, first_of(size, share) + 3)
};
create temp macro prepared(q, size, share) as {
    'whole': q.low + (size - 1) * share % 1 * (q.high - q.low),
    'first': first_of(size, share),
    'early_out': q.b + (size - 2) * share % 1 * (coalesce(q.c, q.b) - q.b),
    'middle_out': q.a + (size - 2) * share % 1 * (coalesce(q.c, q.a) - q.a),
    'late_out': q.a + (size - 2) * share % 1 * (q.b - q.a)
};
create temp macro without(q, inside, below) as case
    when inside = 0 then q.whole
    when below <= q.first then q.early_out
    when below = q.first + 1 then q.middle_out
    else q.late_out
end;

-- Where viewers stand among the members of groups, item by item, each left out of its own comparison.
--   viewers, members: (scheme, group_id, cluster_id); items: (scheme, item);
--   own, observations: (scheme, cluster_id, item, value), what viewers and what members answered
--   -> one row for each viewer, group and item: value, n others, percentile with ties counted half, its tie range in
--      per cent, the numbers of others below and above, and the others' quartiles and median (these only where own and
--      observations are the same). No limits of disclosure are applied here.
create temp macro standing(viewers, members, items, own, observations) as table
with peer as (
    select m.group_id, m.cluster_id, o.item, o.value
    from query_table(members) m
    join query_table(observations) o using (scheme, cluster_id)
),
-- Each distinct value with the number of peers below it and at it.
ladder as (
    select group_id, item, value, count(*) as here,
        coalesce(sum(count(*)) over (
            partition by group_id, item order by value rows between unbounded preceding and 1 preceding
        ), 0)::bigint as below
    from peer
    group by group_id, item, value
),
-- The quartiles, ready for one member to be left out.
around as (
    select group_id, item, size,
        prepared(lower, size, 0.25) as lower, prepared(middle, size, 0.5) as middle, prepared(upper, size, 0.75) as upper
    from (
        select group_id, item, size,
            quantiles(value, below, here, size, 0.25) as lower,
            quantiles(value, below, here, size, 0.5) as middle,
            quantiles(value, below, here, size, 0.75) as upper
        from (select *, sum(here) over (partition by group_id, item)::bigint as size from ladder)
        group by group_id, item, size
    )
),
-- counted: what a viewer has counted among the members, and has to be taken out again; as a rule its own value.
looking as (
    select v.scheme, v.group_id, v.cluster_id, i.item, o.value, p.value as counted,
        (p.cluster_id is not null)::integer as inside
    from query_table(viewers) v
    join query_table(items) i using (scheme)
    left join query_table(own) o using (scheme, cluster_id, item)
    left join peer p using (group_id, cluster_id, item)
),
counted as (
    select k.scheme, k.group_id, k.cluster_id, k.item, k.value, k.inside,
        coalesce(m.size, 0) as size, m.lower, m.middle, m.upper,
        coalesce(if(l.value = k.value, l.below, l.below + l.here), 0)
            - coalesce((k.counted < k.value)::integer, 0) as below,
        coalesce(if(l.value = k.value, l.here, 0), 0) - coalesce((k.counted = k.value)::integer, 0) as level
    from looking k
    left join around m using (group_id, item)
    asof left join ladder l
        on k.group_id = l.group_id and k.item = l.item and k.value >= l.value
),
placed as (
    select *, size - inside as n,
        if(value is null, null, nullif(size - inside, 0)) as others,
        without(lower, inside, below) as lower_quartile,
        without(middle, inside, below) as median,
        without(upper, inside, below) as upper_quartile
    from counted
)
select scheme, group_id, cluster_id, item, value, n, lower_quartile, median, upper_quartile,
    below, others - below - level as above,
    100 * (below + level / 2) / others as percentile,
    100 * below / others as percentile_low,
    100 * (below + level) / others as percentile_high
from placed;

-- The largest number of a group's members that one account sees, at least a coalition of those who talk.
create temp macro coalition_in(members) as table
select group_id, greatest(max(seen), (select min(coalition) from limit_of)) as coalition
from (
    select group_id, account, count(account) as seen
    from query_table(members) left join account_cluster using (cluster_id)
    group by all
)
group by group_id;

-- What is told of others: they are counted in steps, of five as a rule, away from the truth (`disclosure.fives`). Their
-- medians and quartiles are whole levels, per cents and scores; numbers have two significant digits, and are whole from
-- 1 on. For a figure with all its digits is somebody's answer, and one between two levels tells that both are there.
create temp macro fives(clusters, others, step) as
    step * greatest(0, least(ceil(clusters / step) - 1, others // step - 1));
create temp macro counted_low(below, others, told) as
    if(others >= told.percentile, 100 * fives(below, others, told.step) / others, null);
create temp macro counted_high(above, others, told) as
    if(others >= told.percentile, 100 - 100 * fives(above, others, told.step) / others, null);
create temp macro counted_middle(below, above, others, told) as
    (counted_low(below, others, told) + counted_high(above, others, told)) / 2;
create temp macro unit_of(value) as if(abs(value) < 1, power(10, floor(log10(abs(value))) - 1),
    greatest(1, power(10, floor(log10(abs(value))) - 1)));
create temp macro rounded(value, kind) as case
    when kind <> 'number' then round(value)
    when value = 0 then value
    else round(round(value / unit_of(value)) * unit_of(value), 9)
end;

-- Scores of dimensions: the mean percentile of its questions, where at least two thirds of them have one. Rounded, for
-- in whatever order a mean is added up, the same answers shall give the same score.
--   percentiles: (scheme, group_id, cluster_id, item, percentile)
create temp macro scores(percentiles) as table
select scheme, group_id, cluster_id, dimension as item,
    if(3 * count(percentile) >= 2 * count(*), round(avg(percentile), 9), null) as value
from query_table(percentiles)
join question using (scheme, item)
group by scheme, group_id, cluster_id, dimension;

-- 1. All European clusters among each other: the overall score, and by it the 500 best. Ties go to the smaller id; the
--    rounding keeps two equal scores equal, in whatever order their parts were added up.
create temp table european as
select b.wave as scheme, -dense_rank() over (order by b.wave) as group_id, b.cluster_id  -- a group for each
from benchmarked b
join cluster using (cluster_id)
join european_country using (country);

create temp table european_standing as from standing('european', 'european', 'question', 'observed', 'observed');
create temp table european_score as from scores('european_standing');

create temp table best as
select scheme, cluster_id
from european_score
group by scheme, cluster_id
having count(value) = count(*)
qualify row_number() over (partition by scheme order by round(avg(value), 9) desc, cluster_id) <= $top_size;

-- 2. The published groups: the 500 best, and one-way partitions by sector, size, age and country; and all.
create temp table membership as
select scheme, 'top500' as kind, '' as key, '' as name_fr, '' as name_en, cluster_id, 0 as place from best where scheme not like '%@%'
union all
select b.scheme, 'sector', s.sector, sector.name_fr, sector.name_en, b.cluster_id, sector.position
from latest_benchmark b
join cluster_sector s using (cluster_id)
join sector on sector.code = s.sector
union all
select b.scheme, band.kind, band.key, band.name_fr, band.name_en, b.cluster_id, coalesce(band.low, -1e308)
from latest_benchmark b
join answer a using (assessment_id)
join band on band.scheme = b.scheme and band.indicator = a.indicator
    and a.value >= coalesce(band.low, -1e308) and a.value < coalesce(band.high, 1e308)
union all
select b.scheme, 'country', g.key, g.name_fr, g.name_en, b.cluster_id, 0
from latest_benchmark b
join cluster using (cluster_id)
join country_group g using (country)
union all
select scheme, 'all', '', '', '', cluster_id, 0 from latest_benchmark;

insert into peer_group by name
with known as (
    select distinct scheme, kind, key, name_fr, name_en, place from membership
    union
    select distinct scheme, 'top500', '', '', '', 0 from latest_benchmark  -- there even where nobody has a score
)
select row_number() over (order by scheme, kind, place, key) as group_id, scheme, kind, key, name_fr, name_en,
    (select count(*) from membership m
     where m.scheme = known.scheme and m.kind = known.kind and m.key = known.key) as n,
    '' as withdrawn, 0 as coalition
from known;

insert into peer_group_member
select group_id, cluster_id from membership join peer_group using (scheme, kind, key) order by all;

update peer_group set coalition = (select min(coalition) from limit_of);
update peer_group set coalition = c.coalition
from coalition_in('peer_group_member') c where c.group_id = peer_group.group_id;

-- check: groups

create temp table member as
select scheme, group_id, cluster_id from peer_group_member join peer_group using (group_id) where withdrawn = '';

create temp table waves as
select wave as scheme, -row_number() over (order by wave) as group_id from (select distinct wave from earlier);

create temp table then_member as
select scheme, group_id, cluster_id from best join waves using (scheme);

insert into wave_member by name select scheme as wave, cluster_id from then_member order by all;

-- By which limits is told of each group, and of each wave: those of the largest coalition in it.
create temp table told_of as
select group_id, l as limits
from (
    select group_id, coalition from peer_group
    union all
    select group_id, coalition from coalition_in('then_member')
)
join limit_of l using (coalition);

-- Everybody may look at the top 500, and at the groups that are their own.
create temp table viewer as
select scheme, group_id, cluster_id from member
union
select g.scheme, g.group_id, b.cluster_id
from peer_group g
join latest_benchmark b using (scheme)
where g.kind = 'top500';

-- The viewers and members of one kind of groups: of that which is being reckoned (`statistics.compute`).
create temp view viewer_of_kind as
select scheme, group_id, cluster_id from viewer join peer_group using (scheme, group_id)
where kind = getvariable('kind');

create temp view member_of_kind as
select scheme, group_id, cluster_id from member join peer_group using (scheme, group_id)
where kind = getvariable('kind');

-- 3. Positions, where enough others answered, and not all alike.
-- check: answers

create temp table score (scheme text, group_id bigint, cluster_id text, item text, value double);

-- for each kind
create or replace temp table told as
select s.scheme, s.group_id, s.cluster_id, s.item, s.n,
    if(open, counted_middle(below, above, others, limits), null) as percentile,
    if(open, counted_low(below, others, limits), null) as percentile_low,
    if(open, counted_high(above, others, limits), null) as percentile_high,
    if(open and n >= limits.median, rounded(median, kind), null) as median,
    if(open and n >= limits.quartile, rounded(lower_quartile, kind), null) as lower_quartile,
    if(open and n >= limits.quartile, rounded(upper_quartile, kind), null) as upper_quartile
from (
    select i.*, q.kind, w.item is null as open, if(value is null, null, n) as others, limits
    from standing('viewer_of_kind', 'member_of_kind', 'question', 'observed', 'observed') i
    join question q using (scheme, item)
    join told_of using (group_id)
    left join withheld_answer w using (group_id, item)
) s;

insert into position by name
select t.cluster_id, t.group_id, t.item as indicator, t.percentile, t.percentile_low, t.percentile_high,
    if(i.direction = 'lower', -t.median, t.median) as peer_median,
    if(i.direction = 'lower', -t.upper_quartile, t.lower_quartile) as peer_lower,
    if(i.direction = 'lower', -t.lower_quartile, t.upper_quartile) as peer_upper,
    t.n
from told t
join indicator i on i.scheme = t.scheme and i.code = t.item
order by t.cluster_id, t.group_id, i.position;

-- One score a dimension, on one scale: that of the top 500, whichever group it is shown beside.
insert into score by name from scores('told') where getvariable('kind') = 'top500';

-- 4. Scores of dimensions, and how the groups score on the scale of the top 500.
-- for all
create temp table top_score as select scheme, cluster_id, item, value from score where value is not null;

-- check: scores

create temp table scored_dimension as select distinct scheme, dimension as item from question;

-- for each kind
create or replace temp table dimension_standing as
from standing('viewer_of_kind', 'member_of_kind', 'scored_dimension', 'top_score', 'top_score');

insert into profile by name
select d.cluster_id, d.group_id, d.item as dimension, d.value as score,
    if(w.item is null and d.n >= limits.median, round(d.median), null) as peer_median, d.n
from dimension_standing d
join told_of using (group_id)
left join withheld_score w using (group_id, item)
order by d.cluster_id, d.group_id;

insert into group_profile by name
select group_id, dimension, n,
    if(open and n >= limits.quartile, round(quartiles[1]), null) as lower_quartile,
    if(open and n >= limits.median, round(quartiles[2]), null) as median,
    if(open and n >= limits.quartile, round(quartiles[3]), null) as upper_quartile
from (
    select m.group_id, t.item as dimension, w.item is null as open, count(*) as n,
        quantile_cont(t.value, [0.25, 0.5, 0.75]) as quartiles
    from member_of_kind m
    join top_score t using (scheme, cluster_id)
    left join withheld_score w on w.group_id = m.group_id and w.item = t.item
    group by all
)
join told_of using (group_id)
order by group_id, dimension;

-- for all
-- 5. Progress: the answers before, and the answers now, both among the top 500 as they were then.
create temp table then_viewer as
select e.wave as scheme, w.group_id, e.cluster_id from earlier e join waves w on w.scheme = e.wave;

create temp table own_now as
select e.wave as scheme, o.cluster_id, o.item, o.value
from earlier e
join observed o on o.scheme = e.scheme and o.cluster_id = e.cluster_id;

create temp table stood as from standing('then_viewer', 'then_member', 'question', 'observed', 'observed');
create temp table would_have_stood as from standing('then_viewer', 'then_member', 'question', 'own_now', 'observed');

insert into progress by name
select e.cluster_id, e.scheme, e.assessed_on as previous_on, s.item as indicator,
    if(i.direction = 'lower', -s.value, s.value) as value_before,
    if(w.item is null and s.value is not null, counted_middle(s.below, s.above, s.n, limits), null) as percentile_before,
    if(w.item is null and h.value is not null, counted_middle(h.below, h.above, h.n, limits), null) as percentile_held,
    case
        when w.item is not null or s.value is null or h.value is null then null
        when h.value = s.value then 0
        else greatest(if(h.value > s.value, 0, -100), counted_low(h.below, h.n, limits) - counted_high(s.above, s.n, limits))
    end as own_low,
    case
        when w.item is not null or s.value is null or h.value is null then null
        when h.value = s.value then 0
        else least(if(h.value < s.value, 0, 100), counted_high(h.above, h.n, limits) - counted_low(s.below, s.n, limits))
    end as own_high,
    s.n as n
from earlier e
join stood s on s.scheme = e.wave and s.cluster_id = e.cluster_id
join told_of using (group_id)
join would_have_stood h on h.scheme = e.wave and h.cluster_id = e.cluster_id and h.item = s.item
join indicator i on i.scheme = e.scheme and i.code = s.item
left join withheld_answer w on w.group_id = s.group_id and w.item = s.item
order by e.cluster_id, e.scheme, e.assessed_on, i.position;

-- 6. The way to a label: of each cluster the latest verified evaluation in each scheme, and before it (or on that day)
--    the latest declared one.
create temp table latest_verified as
select assessment_id, cluster_id, scheme, assessed_on
from assessment
join scheme using (scheme)
where purpose = 'evaluation' and evidence = 'verified'
qualify row_number() over (partition by cluster_id, scheme order by assessed_on desc) = 1;

-- Who holds the label. The register tells who was ever awarded Gold; in an invented edition, which can hold no labels,
-- those whose verified answers pass stand in. The rule is that of pathway.judge.
create temp table label_holder as
with judged as (
    select v.scheme, v.cluster_id, i.kind, a.value, i.maximum,
        coalesce(i.threshold, if(i.kind = 'gate', i.maximum, null)) as required, i.direction
    from latest_verified v
    join indicator i using (scheme)
    left join answer a on a.assessment_id = v.assessment_id and a.indicator = i.code
)
select j.scheme, -dense_rank() over (order by j.scheme) as group_id, j.cluster_id
from judged j
join scheme s using (scheme)
group by j.scheme, j.cluster_id, s.pass_share
having if(
    (select synthetic from edition),
    bool_and(
        required is null or direction = 'none'
        or (value is not null and if(direction = 'lower', value <= required, value >= required))
    ) and (
        s.pass_share is null
        or 100 * coalesce(sum(value) filter (kind = 'points'), 0)
            >= s.pass_share * coalesce(sum(maximum) filter (kind = 'points'), 0)
    ),
    j.cluster_id in (select cluster_id from award where label = 'gold')
);

create temp table verified_answer as
select v.scheme, v.cluster_id, a.indicator as item, a.value
from latest_verified v
join answer a using (assessment_id)
join indicator i on i.scheme = v.scheme and i.code = a.indicator
where i.kind = 'points';

create temp table holder_question as select distinct scheme, item from verified_answer;

insert into holder by name select scheme, cluster_id from label_holder order by all;

-- Each holder looks at the others; '' is for all who are none.
create temp table holder_viewer as
select scheme, group_id, cluster_id from label_holder
union
select scheme, group_id, '' from label_holder;

create temp table told_of_holders as
select group_id, l as limits from coalition_in('label_holder') join limit_of l using (coalition);

-- Where all but a coalition of them answer alike, it would know what the others answered (`disclosure.withheld`).
create temp table alike as
select h.scheme, a.item
from label_holder h
join verified_answer a using (scheme, cluster_id)
join told_of_holders using (group_id)
group by h.scheme, a.item, limits.coalition
having list_bool_or(list_transform(
    range(1, limits.coalition + 2),
    lambda k: min(a.value, limits.coalition + 1)[k] = max(a.value, limits.coalition + 1)[limits.coalition + 2 - k]
));

insert into holder_median by name
select scheme, cluster_id, item as indicator, round(median) as median, n
from standing('holder_viewer', 'label_holder', 'holder_question', 'verified_answer', 'verified_answer')
join told_of_holders using (group_id)
anti join alike using (scheme, item)
where n >= limits.median
order by all;

-- How experts judge what is declared, over all pairs together; withheld where they never differ, for that would tell
-- everybody's.
create temp table pair as
select v.scheme, v.cluster_id, i.code as indicator, i.kind, d.value as declared, e.value as verified
from latest_verified v
asof join (
    select cluster_id, scheme, assessed_on, assessment_id as declared_id from assessment where evidence = 'declared'
) a on a.cluster_id = v.cluster_id and a.scheme = v.scheme and a.assessed_on <= v.assessed_on
join indicator i on i.scheme = v.scheme
join answer d on d.assessment_id = a.declared_id and d.indicator = i.code
join answer e on e.assessment_id = v.assessment_id and e.indicator = i.code;

create temp table judged_cluster as
select distinct -dense_rank() over (order by scheme) as group_id, scheme, cluster_id from pair where kind = 'points';

insert into expert_view by name
select scheme, count(distinct cluster_id) as pairs,
    round(100 * avg((verified < declared)::integer), 9) as lower,
    round(100 * avg((verified > declared)::integer), 9) as higher
from pair
join judged_cluster using (scheme, cluster_id)
join coalition_in('judged_cluster') using (group_id)
join limit_of l using (coalition)
where kind = 'points'
group by scheme, l.pairs
having count(distinct cluster_id) >= l.pairs and (lower > 0 or higher > 0);

-- Declared against verified, indicator by indicator; for staff only.
insert into pairing by name
select p.scheme, p.indicator, count(*) as n, round(avg(declared), 9) as declared, round(avg(verified), 9) as verified,
    count(*) filter (verified < declared) as lower, count(*) filter (verified = declared) as same,
    count(*) filter (verified > declared) as higher
from pair p
join indicator i on i.scheme = p.scheme and i.code = p.indicator
group by p.scheme, p.indicator, i.position
order by p.scheme, i.position;
