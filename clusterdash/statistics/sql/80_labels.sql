-- Evaluation for a label: its holders, their medians, and how experts judge declared answers.

-- The latest verified evaluation of each cluster in each scheme.
create temp table latest_verified as
select assessment_id, cluster_id, scheme, assessed_on
from assessment
join scheme using (scheme)
where purpose = 'evaluation' and evidence = 'verified'
qualify row_number() over (partition by cluster_id, scheme order by assessed_on desc) = 1;

-- The holders of the label. The register states who was ever awarded Gold; in an invented edition, which can hold no
-- labels, the clusters whose verified answers pass replace them. The rule is that of evaluation/scoring.py.
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

create temp table holder_question as
select distinct scheme, item from verified_answer;

insert into holder by name
select scheme, cluster_id from label_holder order by all;

-- Each holder is compared with the others; '' is every cluster without the label.
create temp table holder_viewer as
select scheme, group_id, cluster_id from label_holder
union
select scheme, group_id, '' from label_holder;

create temp table holder_limits as
select group_id, l as limits
from largest_coalition('label_holder')
join limit_of l using (coalition);

-- Where all but a coalition of them answer alike, it would know what the others answered (`suppression.suppressed`):
-- where the k-th lowest is the k-th highest, counted from the far end of the extremes that are kept.
create temp table alike as
select h.scheme, a.item
from label_holder h
join verified_answer a using (scheme, cluster_id)
join holder_limits using (group_id)
group by h.scheme, a.item, limits.extremes_kept
having list_bool_or(list_transform(
    range(1, limits.extremes_kept + 1),
    lambda k: min(a.value, limits.extremes_kept)[k] = max(a.value, limits.extremes_kept)[limits.extremes_kept + 1 - k]
));

insert into holder_median by name
select scheme, cluster_id, item as indicator, round(median) as median, n
from rank_among_peers('holder_viewer', 'label_holder', 'holder_question', 'verified_answer', 'verified_answer')
join holder_limits using (group_id)
anti join alike using (scheme, item)
where n >= limits.median_minimum
order by all;

-- Declared answers paired with verified ones: the latest declared evaluation before the verified one, or on the same
-- day.
create temp table pair as
select v.scheme, v.cluster_id, i.code as indicator, i.kind, d.value as declared, e.value as verified
from latest_verified v
asof join (
    select cluster_id, scheme, assessed_on, assessment_id as declared_id
    from assessment
    where evidence = 'declared'
) a on a.cluster_id = v.cluster_id and a.scheme = v.scheme and a.assessed_on <= v.assessed_on
join indicator i on i.scheme = v.scheme
join answer d on d.assessment_id = a.declared_id and d.indicator = i.code
join answer e on e.assessment_id = v.assessment_id and e.indicator = i.code;

create temp table judged_cluster as
select distinct -dense_rank() over (order by scheme) as group_id, scheme, cluster_id
from pair
where kind = 'points';

-- How experts judge, over all pairs; suppressed where they never differ, as that would disclose every cluster's answer.
insert into expert_view by name
select scheme, count(distinct cluster_id) as pairs,
    round(100 * avg((verified < declared)::integer), getvariable('decimals')) as lower,
    round(100 * avg((verified > declared)::integer), getvariable('decimals')) as higher
from pair
join judged_cluster using (scheme, cluster_id)
join largest_coalition('judged_cluster') using (group_id)
join limit_of l using (coalition)
where kind = 'points'
group by scheme, l.pair_minimum
having count(distinct cluster_id) >= l.pair_minimum and (lower > 0 or higher > 0);

-- Declared against verified, indicator by indicator; for staff only.
insert into pairing by name
select p.scheme, p.indicator, count(*) as n,
    round(avg(declared), getvariable('decimals')) as declared,
    round(avg(verified), getvariable('decimals')) as verified,
    count(*) filter (verified < declared) as lower, count(*) filter (verified = declared) as same,
    count(*) filter (verified > declared) as higher
from pair p
join indicator i on i.scheme = p.scheme and i.code = p.indicator
group by p.scheme, p.indicator, i.position
order by p.scheme, i.position;
