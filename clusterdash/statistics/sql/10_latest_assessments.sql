-- The input of the statistics: the latest assessments, the questions, and the answers to them.
-- Variables: limits, accounts (clusterdash/statistics/parameters.py).

-- The limits for each size of coalition: coalition, rounding_base, median_minimum, percentile_minimum, ...
create temp table limit_of as
select unnest(getvariable('limits'), recursive := true);

-- The accounts that see more clusters than a coalition.
create temp table account_cluster as
select account, unnest(clusters) as cluster_id
from (
    select
        generate_subscripts(getvariable('accounts')::text[][], 1) as account,
        unnest(getvariable('accounts')::text[][]) as clusters
);

-- The latest benchmark of each cluster in each scheme; on the same day a verified one is preferred.
insert into latest_benchmark by name
select assessment_id, cluster_id, scheme, assessed_on, evidence
from assessment
join scheme using (scheme)
where purpose = 'benchmark'
qualify row_number() over (
    partition by cluster_id, scheme order by assessed_on desc, evidence = 'verified' desc
) = 1
order by cluster_id;

-- The earlier benchmarks, the last of each earlier year. Progress is measured against the top 500 as they were at the
-- end of that year: a wave, named scheme@year, which below is treated as a scheme (no code of a scheme contains an @).
create temp table past_benchmark as
select a.assessment_id, a.cluster_id, a.scheme, a.assessed_on, a.scheme || '@' || year(a.assessed_on) as wave
from assessment a
join latest_benchmark l using (cluster_id, scheme)
where year(a.assessed_on) < year(l.assessed_on)
qualify row_number() over (
    partition by a.cluster_id, wave order by a.assessed_on desc, a.evidence = 'verified' desc
) = 1;

-- The benchmark of each cluster that counts in each wave, including today's.
create temp table wave_benchmark as
select scheme, scheme as wave, cluster_id, assessment_id from latest_benchmark
union all
select a.scheme, w.wave, a.cluster_id, a.assessment_id
from (select distinct scheme, wave, year(assessed_on) as until from past_benchmark) w
join assessment a on a.scheme = w.scheme and year(a.assessed_on) <= w.until
qualify row_number() over (
    partition by w.wave, a.cluster_id order by a.assessed_on desc, a.evidence = 'verified' desc
) = 1;

-- The questions that have a better direction, and the answers to them, with the sign by which more is better.
create temp table question as
select distinct b.wave as scheme, i.code as item, i.dimension, i.kind
from (select distinct scheme, wave from wave_benchmark) b
join indicator i using (scheme)
where i.direction <> 'none';

create temp table oriented_answer as
select b.wave as scheme, b.cluster_id, a.indicator as item, if(i.direction = 'lower', -a.value, a.value) as value
from wave_benchmark b
join answer a using (assessment_id)
join indicator i on i.scheme = b.scheme and i.code = a.indicator
where i.direction <> 'none';
