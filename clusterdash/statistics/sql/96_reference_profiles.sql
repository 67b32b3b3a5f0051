-- How the groups of this edition score on the scale of a reference pack. Variable: pack.
-- The table suppressed_cell holds the dimensions that may not be published for a group, with the pack as their subject.

insert into reference_profile by name
select d.cluster_id, getvariable('pack') as pack, d.group_id, d.item as dimension,
    if(c.item is null and d.n >= l.limits.median_minimum, round(d.median), null) as peer_median, d.n
from rank_among_peers('viewer_of_kind', 'member_of_kind', 'scored_dimension', 'reference_scale', 'reference_scale') d
join group_limits l using (group_id)
left join suppressed_cell c on c.group_id = d.group_id and c.item = d.item and c.subject = getvariable('pack')
where d.scheme in (select scheme from reference_pack where pack = getvariable('pack'))
order by d.cluster_id, d.group_id, d.item;
