-- The distribution of published groups over levels, countries, sectors and sizes: exact counts, from which
-- small_counts.py derives the published ones. And the suppressions, as the edition stores them.

insert into withheld by name
select group_id, subject, item as code, reason from suppressed_cell where group_id > 0;

create temp table level_count as
select g.group_id, i.code as indicator, i.position, i.minimum::integer as minimum, i.maximum::integer as maximum,
    a.value::integer as level, count(*) as n
from peer_group_member m
join peer_group g using (group_id)
join latest_benchmark b on b.cluster_id = m.cluster_id and b.scheme = g.scheme
join answer a using (assessment_id)
join indicator i on i.scheme = g.scheme and i.code = a.indicator
left join suppressed_cell c on c.group_id = g.group_id and c.subject = 'indicator' and c.item = i.code
where g.withdrawn = '' and c.item is null
    and i.kind = 'level' and i.direction <> 'none' and i.minimum is not null and i.maximum is not null
group by all;

create temp table member_count as
with category as (
    select group_id, 'country' as kind, country as key from member join cluster using (cluster_id)
    union all
    select group_id, 'sector', sector from member join cluster_sector using (cluster_id) where position = 1
    union all
    select m.group_id, 'size', g.key
    from member m
    join peer_group g on g.scheme = m.scheme and g.kind = 'size'
    join peer_group_member s on s.group_id = g.group_id and s.cluster_id = m.cluster_id
)
select group_id, kind, key, count(*) as n from category group by all;
