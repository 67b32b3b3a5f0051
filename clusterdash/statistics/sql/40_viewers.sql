-- The groups each viewer sees, and the limits by which their figures are published.
-- The table suppressed_group holds the groups for which nothing may be published.

update peer_group set withdrawn = s.reason
from suppressed_group s
where s.group_id = peer_group.group_id;

create temp table member as
select scheme, group_id, cluster_id
from peer_group_member
join peer_group using (group_id)
where withdrawn = '';

create temp table wave_group as
select wave as scheme, -row_number() over (order by wave) as group_id
from (select distinct wave from past_benchmark);

create temp table past_top500 as
select scheme, group_id, cluster_id from best join wave_group using (scheme);

insert into wave_member by name
select scheme as wave, cluster_id from past_top500 order by all;

-- The limits of each group, and of each wave: those of the largest coalition in it.
create temp table group_limits as
select group_id, l as limits
from (
    select group_id, coalition from peer_group
    union all
    select group_id, coalition from largest_coalition('past_top500')
)
join limit_of l using (coalition);

-- Every cluster may see the top 500 and its own groups.
create temp table viewer as
select scheme, group_id, cluster_id from member
union
select g.scheme, g.group_id, b.cluster_id
from peer_group g
join latest_benchmark b using (scheme)
where g.kind = 'top500';

-- The viewers and members of one kind of groups (variable kind), of all where the variable is not set: for a large
-- edition, all kinds at once would not fit into memory.
create temp view viewer_of_kind as
select scheme, group_id, cluster_id
from viewer
join peer_group using (scheme, group_id)
where kind = coalesce(getvariable('kind'), kind);

create temp view member_of_kind as
select scheme, group_id, cluster_id
from member
join peer_group using (scheme, group_id)
where kind = coalesce(getvariable('kind'), kind);

-- One score per dimension, on the scale of the top 500, whichever group it is shown beside. Filled by 50.
create temp table score (scheme text, group_id bigint, cluster_id text, item text, value double);

create temp view top_score as
select scheme, cluster_id, item, value from score where value is not null;

create temp table scored_dimension as
select distinct scheme, dimension as item from question;
