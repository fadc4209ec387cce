-- name: clocks_of_bodies
-- Whose minutes they were: for each body the hops of what was confirmed since a time, all by one
-- clock (the source's is set right by the offset seen with the batch). A hop that comes out negative
-- by more than a second is counted apart and is part of no percentile. A row that was changed after
-- it was pulled tells how far ahead at least the clock is that wrote it, which is not the server's.
with asked as materialized (  -- so that a body's first batch is looked up once, not by each version
    select n.body, n.kind, n.seconds,
        case when f.body = n.body then f.landed_at end as connected
    from unnest(%(bodies)s::text[], %(kinds)s::text[], %(seconds)s::double precision[])
        as n (body, kind, seconds)
    -- by row comparison, so that a body without batches does not read them all
    left join lateral (
        select body, landed_at from batch
        where (body, id) >= (n.body, 0) order by body, id limit 1) f on true
), timed as (
    select v.body,
        case when n.kind = 'event' then v.occurred_at - s.skew end as occurred,
        v.committed_at - s.skew as committed,
        v.pulled_at, v.judged_at, v.sent_at, v.confirmed_at, n.seconds as allowed, n.connected
    from version v
    join batch b on b.id = v.batch_id
    join asked n on n.body = v.body
    cross join lateral (select make_interval(secs => coalesce(b.clock_offset_s, 0)) as skew) s
    where v.confirmed_at >= %(since)s and v.valid
), began as (
    select *, coalesce(occurred, committed, pulled_at) as event from timed
), hops as (
    select body, allowed,
        event < connected as stock,
        event > pulled_at + interval '1 second' as skewed,
        extract(epoch from committed - pulled_at)::float8 as ahead,
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
    count(*) filter (where ahead > 1) as ahead,
    percentile_cont(0.5) within group (order by ahead) filter (where ahead > 1) as ahead_s,
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
-- before the body was connected count from then, and none from later than its pull: how much later
-- it claims to be is how far ahead the clock is that wrote it. Overdue ones are counted up to ten
-- thousand.
with asked as materialized (
    select n.body, n.due,
        case when f.body = n.body then f.landed_at end as connected
    from unnest(%(bodies)s::text[], %(due)s::timestamptz[]) as n (body, due)
    left join lateral (
        select body, landed_at from batch
        where (body, id) >= (n.body, 0) order by body, id limit 1) f on true
), waiting as (
    select t.body, sum(t.count)::bigint as open
    from tally_now t join state s on s.name = t.what
    where s.bucket = 'waiting'
    group by t.body
)
select a.body, coalesce(w.open, 0) as open, late.overdue,
    extract(epoch from %(now)s::timestamptz - greatest(o.since - o.skew, a.connected))::float8
        as oldest_s,
    o.state as oldest_state,
    exists (
        select from upstream u
        where split_part(u.name, '/', 2) = o.standard and u.open_until is not null
    ) as paused
from asked a
cross join lateral (
    select coalesce(v.committed_at, v.pulled_at) as since, v.state, v.standard,
        case when v.committed_at is null then interval '0'
             else greatest(make_interval(secs => coalesce(b.clock_offset_s, 0)),
                           v.committed_at - v.pulled_at) end as skew
    from version v join batch b on b.id = v.batch_id
    where v.body = a.body
      and v.state in ('landed', 'queued', 'sending', 'unknown', 'sent', 'dead')
    order by coalesce(v.committed_at, v.pulled_at)
    limit 1
) o
cross join lateral (
    select count(*) as overdue
    from (
        select from version v
        where v.body = a.body
          and v.state in ('landed', 'queued', 'sending', 'unknown', 'sent', 'dead')
          and coalesce(v.committed_at, v.pulled_at) <= a.due + o.skew and a.connected <= a.due
        limit 10000
    ) some_late
) late
left join waiting w on w.body = a.body

-- name: feeds_of_bodies
-- How the sources stand: the clock that is furthest off, what cannot be read, when all was read last.
select f.body, b.name,
    (array_agg(f.clock_offset_s order by abs(f.clock_offset_s) desc nulls last))[1] as offset_s,
    count(*) as tables,
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
