-- Progress: the earlier and the current answers, both among the top 500 as they were then.

create temp table past_viewer as
select p.wave as scheme, w.group_id, p.cluster_id
from past_benchmark p
join wave_group w on w.scheme = p.wave;

-- The latest answers, as if they had been given in an earlier wave.
create temp table answer_now as
select p.wave as scheme, a.cluster_id, a.item, a.value
from past_benchmark p
join oriented_answer a on a.scheme = p.scheme and a.cluster_id = p.cluster_id;

create temp table position_then as
from rank_among_peers('past_viewer', 'past_top500', 'question', 'oriented_answer', 'oriented_answer');

create temp table position_counterfactual as
from rank_among_peers('past_viewer', 'past_top500', 'question', 'answer_now', 'oriented_answer');

insert into progress by name
with compared as (
    select p.cluster_id, p.scheme, p.assessed_on, t.item, t.value as value_then, n.value as value_now, t.n,
        t.below as below_then, t.above as above_then, n.below as below_now, n.above as above_now, l.limits,
        c.item is null and t.value is not null as open_then,
        c.item is null and n.value is not null as open_now
    from past_benchmark p
    join position_then t on t.scheme = p.wave and t.cluster_id = p.cluster_id
    join group_limits l using (group_id)
    join position_counterfactual n on n.scheme = p.wave and n.cluster_id = p.cluster_id and n.item = t.item
    left join suppressed_cell c on c.group_id = t.group_id and c.item = t.item and c.subject = 'indicator'
)
select b.cluster_id, b.scheme, b.assessed_on as previous_on, b.item as indicator,
    if(i.direction = 'lower', -b.value_then, b.value_then) as value_before,
    if(b.open_then, published_middle(b.below_then, b.above_then, b.n, b.limits), null) as percentile_before,
    if(b.open_now, published_middle(b.below_now, b.above_now, b.n, b.limits), null) as percentile_held,
    case
        when not (b.open_then and b.open_now) then null
        when b.value_now = b.value_then then 0
        else greatest(
            if(b.value_now > b.value_then, 0, -100),
            published_low(b.below_now, b.n, b.limits) - published_high(b.above_then, b.n, b.limits)
        )
    end as own_low,
    case
        when not (b.open_then and b.open_now) then null
        when b.value_now = b.value_then then 0
        else least(
            if(b.value_now < b.value_then, 0, 100),
            published_high(b.above_now, b.n, b.limits) - published_low(b.below_then, b.n, b.limits)
        )
    end as own_high,
    b.n
from compared b
join indicator i on i.scheme = b.scheme and i.code = b.item
order by b.cluster_id, b.scheme, b.assessed_on, i.position;
