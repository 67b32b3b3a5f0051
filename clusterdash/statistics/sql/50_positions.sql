-- Positions of clusters in groups, indicator by indicator, and the scores that follow from them.
-- Variable: kind; the file is run once for each kind of groups, or once without it for all.
-- The table suppressed_cell holds the questions that may not be published for a group.

create or replace temp table published as
select s.scheme, s.group_id, s.cluster_id, s.item, s.n,
    if(open, published_middle(below, above, others, limits), null) as percentile,
    if(open, published_low(below, others, limits), null) as percentile_low,
    if(open, published_high(above, others, limits), null) as percentile_high,
    if(open and n >= limits.median_minimum, rounded(median, kind), null) as median,
    if(open and n >= limits.quartile_minimum, rounded(lower_quartile, kind), null) as lower_quartile,
    if(open and n >= limits.quartile_minimum, rounded(upper_quartile, kind), null) as upper_quartile
from (
    select r.*, q.kind, c.item is null as open, if(r.value is null, null, r.n) as others, l.limits
    from rank_among_peers('viewer_of_kind', 'member_of_kind', 'question', 'oriented_answer', 'oriented_answer') r
    join question q using (scheme, item)
    join group_limits l using (group_id)
    left join suppressed_cell c on c.group_id = r.group_id and c.item = r.item and c.subject = 'indicator'
) s;

insert into position by name
select p.cluster_id, p.group_id, p.item as indicator, p.percentile, p.percentile_low, p.percentile_high,
    if(i.direction = 'lower', -p.median, p.median) as peer_median,
    if(i.direction = 'lower', -p.upper_quartile, p.lower_quartile) as peer_lower,
    if(i.direction = 'lower', -p.lower_quartile, p.upper_quartile) as peer_upper,
    p.n
from published p
join indicator i on i.scheme = p.scheme and i.code = p.item
order by p.cluster_id, p.group_id, i.position;

create or replace temp view published_top500 as
select p.scheme, p.group_id, p.cluster_id, p.item, p.percentile
from published p
join peer_group g using (group_id)
where g.kind = 'top500';

insert into score by name
from dimension_scores('published_top500');

-- The whole of the groups that a cluster from outside is compared with.
insert into group_quartile by name
select group_id, item as indicator, n,
    rounded(if(direction = 'lower', -quartiles[3], quartiles[1]), kind) as lower_quartile,
    rounded(if(direction = 'lower', -quartiles[2], quartiles[2]), kind) as median,
    rounded(if(direction = 'lower', -quartiles[1], quartiles[3]), kind) as upper_quartile
from (
    select g.scheme, g.group_id, a.item, count(*) as n, quantile_cont(a.value, [0.25, 0.5, 0.75]) as quartiles
    from member_of_kind m
    join peer_group g using (group_id)
    join oriented_answer a on a.scheme = g.scheme and a.cluster_id = m.cluster_id
    where g.kind in ('top500', 'sector')
    group by all
) q
join indicator i on i.scheme = q.scheme and i.code = q.item
join group_limits l using (group_id)
anti join suppressed_cell c on c.group_id = q.group_id and c.item = q.item and c.subject = 'indicator'
where n >= l.limits.quartile_minimum
order by group_id, i.position;
