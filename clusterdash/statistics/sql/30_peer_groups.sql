-- The peer groups: the 500 best, and the groups by sector, size, age and group of countries.
-- Variables: top_size, decimals (clusterdash/statistics/parameters.py).

-- All European clusters among each other: the overall score, and by it the 500 best. Ties go to the smaller id; the
-- rounding keeps two equal scores equal, whatever the order of addition.
create temp table european as
select b.wave as scheme, -dense_rank() over (order by b.wave) as group_id, b.cluster_id  -- a group for each
from wave_benchmark b
join cluster using (cluster_id)
join european_country using (country);

create temp table european_rank as
from rank_among_peers('european', 'european', 'question', 'oriented_answer', 'oriented_answer');

create temp table european_score as
from dimension_scores('european_rank');

create temp table best as
select scheme, cluster_id
from european_score
group by scheme, cluster_id
having count(value) = count(*)
qualify row_number() over (
    partition by scheme order by round(avg(value), getvariable('decimals')) desc, cluster_id
) <= getvariable('top_size');

-- The published groups: the 500 best, and one-way partitions by sector, size, age and group of countries; and all.
create temp table membership as
select scheme, 'top500' as kind, '' as key, '' as name_fr, '' as name_en, cluster_id, 0 as sort_key
from best
where scheme not like '%@%'
union all
select b.scheme, 'sector', s.sector, sector.name_fr, sector.name_en, b.cluster_id, sector.position
from latest_benchmark b
join cluster_sector s using (cluster_id)
join sector on sector.code = s.sector
union all
select b.scheme, band.kind, band.key, band.name_fr, band.name_en, b.cluster_id,
    coalesce(band.low, '-infinity'::double)
from latest_benchmark b
join answer a using (assessment_id)
join band on band.scheme = b.scheme and band.indicator = a.indicator
    and a.value >= coalesce(band.low, '-infinity'::double) and a.value < coalesce(band.high, 'infinity'::double)
union all
select b.scheme, 'country_group', g.key, g.name_fr, g.name_en, b.cluster_id, 0
from latest_benchmark b
join cluster using (cluster_id)
join country_group g using (country)
union all
select scheme, 'all', '', '', '', cluster_id, 0 from latest_benchmark;

insert into peer_group by name
with found as (
    select distinct scheme, kind, key, name_fr, name_en, sort_key from membership
    union
    select distinct scheme, 'top500', '', '', '', 0 from latest_benchmark  -- exists even where no cluster has a score
)
select row_number() over (order by scheme, kind, sort_key, key) as group_id, scheme, kind, key, name_fr, name_en,
    (select count(*) from membership m
     where m.scheme = found.scheme and m.kind = found.kind and m.key = found.key) as n,
    '' as withdrawn, 0 as coalition
from found;

insert into peer_group_member
select group_id, cluster_id from membership join peer_group using (scheme, kind, key) order by all;

update peer_group set coalition = (select min(coalition) from limit_of);

update peer_group set coalition = c.coalition
from largest_coalition('peer_group_member') c
where c.group_id = peer_group.group_id;

-- What must not be published: filled by suppression.py after this file, and after 40 and 50. Groups of past waves have
-- negative ids.
create temp table suppressed_group (group_id bigint, reason text);

create temp table suppressed_cell (group_id bigint, subject text, item text, reason text);
