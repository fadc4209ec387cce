-- name: clocks_of_bodies
-- Whose minutes they were: for each body the hops of what was confirmed since a time, all by one
-- clock (the source's is set right by the offset seen with the batch). A hop that comes out negative
-- by more than a second is counted apart and is part of no percentile.
with timed as (
    select v.body,
        case when n.kind = 'event' then v.occurred_at - s.skew end as occurred,
        v.committed_at - s.skew as committed,
        v.pulled_at, v.judged_at, v.sent_at, v.confirmed_at, n.seconds as allowed,
        (select f.landed_at from batch f where f.body = v.body order by f.id limit 1) as connected
    from version v
    join batch b on b.id = v.batch_id
    join unnest(%(bodies)s::text[], %(kinds)s::text[], %(seconds)s::double precision[])
        as n (body, kind, seconds) on n.body = v.body
    cross join lateral (select make_interval(secs => coalesce(b.clock_offset_s, 0)) as skew) s
    where v.confirmed_at >= %(since)s and v.valid
), began as (
    select *, coalesce(occurred, committed, pulled_at) as event from timed
), hops as (
    select body, allowed,
        event < connected as stock,
        event > pulled_at + interval '1 second' as skewed,
        extract(epoch from confirmed_at - event)::float8 as total,
        extract(epoch from coalesce(committed, pulled_at) - event)::float8 as entry,
        extract(epoch from pulled_at - coalesce(committed, pulled_at))::float8 as pull,
        extract(epoch from judged_at - pulled_at)::float8 as judge,
        extract(epoch from sent_at - judged_at)::float8 as send,
        extract(epoch from confirmed_at - sent_at)::float8 as confirm
    from began
)
select body,
    count(*) as confirmed,
    count(*) filter (where stock) as stock,
    count(*) filter (where skewed and not stock) as skewed,
    count(*) filter (where not stock and not skewed and total <= allowed) as in_time,
    count(*) filter (where not stock and not skewed and total > allowed) as late,
    percentile_cont(array[0.5, 0.95, 0.99]) within group (order by total)
        filter (where not stock and not skewed) as total,
    percentile_cont(array[0.5, 0.95]) within group (order by entry)
        filter (where not stock and entry >= -1) as entry,
    percentile_cont(array[0.5, 0.95]) within group (order by pull)
        filter (where not stock and pull >= -1) as pull,
    percentile_cont(array[0.5, 0.95]) within group (order by judge)
        filter (where not stock) as judge,
    percentile_cont(array[0.5, 0.95]) within group (order by send)
        filter (where not stock) as send,
    percentile_cont(array[0.5, 0.95]) within group (order by confirm)
        filter (where not stock) as confirm
from hops
group by body

-- name: open_by_body
-- The oldest record not yet accepted above, per body, by the clock of its policy. Records from
-- before the body was connected count from their pull.
with aged as (
    select v.id, v.body, v.state,
        greatest(
            coalesce(v.committed_at - make_interval(secs => coalesce(b.clock_offset_s, 0)),
                     v.pulled_at),
            (select f.landed_at from batch f where f.body = v.body order by f.id limit 1)
        ) as since
    from version v
    join batch b on b.id = v.batch_id
    join state s on s.name = v.state
    where s.bucket = 'waiting'
      and v.state in ('landed', 'held', 'queued', 'sending', 'unknown', 'sent', 'returned', 'dead')
)
select body, count(*) as open,
    count(*) filter (where since <= n.due) as overdue,
    extract(epoch from %(now)s::timestamptz - min(since))::float8 as oldest_s,
    (array_agg(state order by since))[1] as oldest_state
from aged
join unnest(%(bodies)s::text[], %(due)s::timestamptz[]) as n (body, due) using (body)
group by body

-- name: feeds_of_bodies
-- How the sources stand: the clock that is furthest off, what cannot be read, when all was read last.
select f.body, b.name,
    (array_agg(f.clock_offset_s order by abs(f.clock_offset_s) desc nulls last))[1] as offset_s,
    count(*) filter (where f.failing_since is not null) as failing,
    min(f.failing_since) as failing_since,
    (array_agg(f.last_error order by f.failing_since nulls last))[1] as last_error,
    max(f.pulled_at) as pulled_at
from feed f join body b on b.code = f.body
group by f.body, b.name
order by f.body

-- name: record_clocks
-- One record at a time: the seconds in each hop, the slowest of the last confirmed first.
select v.id, v.body, v.table_code, v.state,
    extract(epoch from v.committed_at - s.skew - (v.occurred_at - s.skew))::float8 as entry,
    extract(epoch from v.pulled_at - (v.committed_at - s.skew))::float8 as pull,
    extract(epoch from v.judged_at - v.pulled_at)::float8 as judge,
    extract(epoch from v.sent_at - v.judged_at)::float8 as send,
    extract(epoch from v.confirmed_at - v.sent_at)::float8 as confirm,
    extract(epoch from v.confirmed_at - coalesce(v.committed_at - s.skew, v.pulled_at))::float8
        as total
from version v
join batch b on b.id = v.batch_id
cross join lateral (select make_interval(secs => coalesce(b.clock_offset_s, 0)) as skew) s
where v.confirmed_at >= %(since)s and (%(body)s::text is null or v.body = %(body)s)
order by total desc nulls last
limit %(limit)s
