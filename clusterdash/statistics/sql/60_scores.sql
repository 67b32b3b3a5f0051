-- Scores of dimensions: each cluster's own, and how the groups score, on the scale of the top 500.
-- Variable: kind; the file is run once for each kind of groups, or once without it for all.
-- The table suppressed_cell holds the dimensions that may not be published for a group.

create or replace temp table dimension_rank as
from rank_among_peers('viewer_of_kind', 'member_of_kind', 'scored_dimension', 'top_score', 'top_score');

insert into profile by name
select d.cluster_id, d.group_id, d.item as dimension, d.value as score,
    if(c.item is null and d.n >= l.limits.median_minimum, round(d.median), null) as peer_median, d.n
from dimension_rank d
join group_limits l using (group_id)
left join suppressed_cell c on c.group_id = d.group_id and c.item = d.item and c.subject = 'dimension'
order by d.cluster_id, d.group_id, d.item;

insert into group_profile by name
select group_id, dimension, n,
    if(open and n >= limits.quartile_minimum, round(quartiles[1]), null) as lower_quartile,
    if(open and n >= limits.median_minimum, round(quartiles[2]), null) as median,
    if(open and n >= limits.quartile_minimum, round(quartiles[3]), null) as upper_quartile
from (
    select m.group_id, s.item as dimension, c.item is null as open, count(*) as n,
        quantile_cont(s.value, [0.25, 0.5, 0.75]) as quartiles
    from member_of_kind m
    join top_score s using (scheme, cluster_id)
    left join suppressed_cell c on c.group_id = m.group_id and c.item = s.item and c.subject = 'dimension'
    group by all
)
join group_limits using (group_id)
order by group_id, dimension;
