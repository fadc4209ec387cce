-- name: claim_lane
-- Due versions whose pull lies in the lane's span of time: every body's oldest, then every body's
-- second, and so on, so that no body's flood stands before another's few. A record's versions go up
-- one after the other; one that may have arrived and waits for a person holds up the next.
-- Written so that it goes by the queue's order and by keys whatever the statistics say, which are
-- often those of an empty queue: each body apart, a record's other versions by its whole key.
with span as materialized (
    select b.code as body,
        case when %(fresh)s then coalesce(n.cutoff, %(cutoff)s) else '-infinity' end as after,
        case when %(fresh)s then 'infinity' else coalesce(n.cutoff, %(cutoff)s) end as until
    from body b
    left join unnest(%(bodies)s::text[], %(cutoffs)s::timestamptz[]) as n (body, cutoff)
      on n.body = b.code
), share as materialized (
    -- twice a fair part for each body that has any, so that others at work leave enough
    select greatest(4, 2 * %(limit)s / greatest(1, count(*))) as each
    from span s
    cross join lateral (
        select from version v
        where v.state = 'queued' and v.standard = %(standard)s and v.body = s.body
          and v.pulled_at > s.after and v.pulled_at <= s.until
        order by v.pulled_at
        limit 1
    ) any_of_it
), turn as materialized (
    select c.id, c.turn, c.pulled_at
    from span s
    cross join lateral (
        select d.id, d.pulled_at, row_number() over (order by d.pulled_at, d.id) as turn
        from (
            select v.id, v.pulled_at
            from version v
            where v.state = 'queued' and v.standard = %(standard)s and v.body = s.body
              and v.pulled_at > s.after and v.pulled_at <= s.until
              and v.next_try_at <= %(now)s
              and not exists (
                  select from (
                      select e.id, e.state from version e
                      where e.body = v.body and e.standard = v.standard
                        and e.table_code = v.table_code and e.record_key = v.record_key
                      offset 0
                  ) e
                  where e.id <> v.id
                    and (e.state in ('sending', 'unknown', 'sent')
                         or (e.state in ('queued', 'dead') and e.id < v.id))
              )
            order by v.pulled_at, v.id
            limit (select each from share)
        ) d
    ) c
)
select v.id, v.body, v.standard, v.table_code, v.record_key, v.local_key, v.valid, v.raw,
       v.place, v.attempt, %(fresh)s as fresh
from turn t join version v on v.id = t.id
where v.id = any(array(select id from turn)) and coalesce(v.state, '') = 'queued'
order by t.turn, t.pulled_at, t.id
limit %(limit)s
for no key update of v skip locked

-- name: claim_awaited
-- Queued versions that fresh ones wait for, directly or through others, however old they are.
with recursive span as materialized (
    select b.code as body, coalesce(n.cutoff, %(cutoff)s) as after
    from body b
    left join unnest(%(bodies)s::text[], %(cutoffs)s::timestamptz[]) as n (body, cutoff)
      on n.body = b.code
), waiting as materialized (
    select c.id
    from span s
    cross join lateral (
        select v.id from version v
        where v.state = 'held' and v.standard = %(standard)s and v.body = s.body
          and v.pulled_at > s.after
        order by v.pulled_at, v.id
        limit %(each)s
    ) c
), awaited (id) as (
    select id from waiting
    union
    select p.id
    from awaited w
    cross join lateral (
        select a.version_id as id
        from hold h
        join anchor a on a.standard = h.standard and a.table_code = h.table_code
            and a.fields = h.fields and a.field_values = h.field_values
        where h.version_id = w.id
        offset 0
    ) p
)
select v.id, v.body, v.standard, v.table_code, v.record_key, v.local_key, v.valid, v.raw,
       v.place, v.attempt, true as fresh
from version v
where v.id = any(array(select id from awaited)) and v.state = 'queued' and v.next_try_at <= %(now)s
  and not exists (
      select from (
          select e.id, e.state from version e
          where e.body = v.body and e.standard = v.standard and e.table_code = v.table_code
            and e.record_key = v.record_key
          offset 0
      ) e
      where e.id <> v.id
        and (e.state in ('sending', 'unknown', 'sent')
             or (e.state in ('queued', 'dead') and e.id < v.id))
  )
order by v.table_order, v.id
limit %(limit)s
for no key update of v skip locked

-- name: in_flight
-- How many versions are up and not answered, counted no further than asked, and whether any is due.
select count(*) as in_flight,
    exists (
        select from version
        where state = 'queued' and standard = %(standard)s and next_try_at <= %(now)s
    ) as any_due
from (
    select from version
    where standard = %(standard)s and state in ('sending', 'unknown', 'sent')
    limit %(most)s
) counted

-- name: count_throughput
insert into throughput (upstream, slot, at, fresh, backlog, backlog_from, backlog_first)
values (%(upstream)s, %(slot)s, %(at)s, %(fresh)s, %(backlog)s,
        case when %(backlog)s > 0 then %(now)s::timestamptz end, %(backlog)s)
on conflict (upstream, slot) do update
set at = excluded.at,
    fresh = excluded.fresh + case when throughput.at = excluded.at then throughput.fresh else 0 end,
    backlog = excluded.backlog
        + case when throughput.at = excluded.at then throughput.backlog else 0 end,
    backlog_from = case
        when throughput.at = excluded.at and throughput.backlog > 0 then throughput.backlog_from
        else excluded.backlog_from end,
    backlog_first = case
        when throughput.at = excluded.at and throughput.backlog > 0 then throughput.backlog_first
        else excluded.backlog_first end

-- name: waiting_now
-- What has yet to go up, by version of the standard: within its promise, and backlog. Held versions
-- count where their parent is on its way: as backlog while anything old is. Once nothing is, those
-- that are left wait for what was refused, which may be over several others, and for no platform.
select w.standard,
    count(*) filter (where w.waits and not w.old) as fresh,
    case when bool_or(w.old and w.moves)
         then count(*) filter (where w.waits and w.old) else 0 end as backlog
from (
    select s.*, s.pulled_at <= coalesce(n.cutoff, %(cutoff)s) as old
    from (
        select standard, body, pulled_at, true as waits, true as moves
        from version where state = 'queued'
        union all
        select standard, body, pulled_at, false, true
        from version where state in ('sending', 'unknown', 'sent')
        union all
        select v.standard, v.body, v.pulled_at, true, false
        from version v
        where v.state = 'held'
          and exists (
              select from hold h where h.version_id = v.id and h.parent_state = 'pending'
          ) and not exists (
              select from hold h where h.version_id = v.id and h.parent_state <> 'pending'
          )
    ) s
    left join unnest(%(bodies)s::text[], %(cutoffs)s::timestamptz[]) as n (body, cutoff)
      on n.body = s.body
) w
group by w.standard

-- name: lanes_now
-- Each way up with its breaker, what is in flight, and what went through since a time.
select u.name, u.failures, u.open_until, u.last_error, u.last_error_at, u.last_success_at,
    (
        select count(*) from version v
        where v.standard = split_part(u.name, '/', 2) and v.state in ('sending', 'unknown', 'sent')
    ) as in_flight,
    t.since_first, t.first_at, t.last
from upstream u
left join lateral (
    -- what went up of the backlog after the first of it, and when that was
    select sum(backlog) - (array_agg(backlog_first order by at))[1] as since_first,
        min(backlog_from) as first_at, max(at) as last
    from throughput
    where upstream = u.name and at >= %(since)s and backlog > 0
) t on true
order by u.name

-- name: register_upstream
insert into upstream (name) values (%(name)s) on conflict do nothing

-- name: breaker
select failures, open_until from upstream where name = %(name)s

-- name: works
select coalesce(last_success_at > clock_timestamp() - interval '10 minutes', false) as works
from upstream where name = %(name)s

-- name: lock_for_trial
-- Whoever gets this row tries; the others go by until it is known how that went.
select from upstream where name = %(name)s and open_until <= %(now)s
for no key update skip locked

-- name: begin_trial
update upstream set open_until = %(open_until)s where name = %(name)s

-- name: breaker_success
update upstream u
set failures = 0, open_until = null, last_success_at = clock_timestamp()
from upstream was
where u.name = %(name)s and was.name = u.name
  and (u.failures > 0 or u.last_success_at is null
       or u.last_success_at < clock_timestamp() - interval '5 seconds')
returning was.open_until is not null as recovered

-- name: come_down
-- Those that tried in vain while nobody was there need not wait out their rung. Each comes at a
-- moment of its own, so that a row at which the platform falls silent does not always take the same
-- ones along.
update version set next_try_at = %(now)s::timestamptz + make_interval(secs => id %% %(within_s)s)
where id = any(array(
    select id from version
    where standard = split_part(%(name)s, '/', 2) and state = 'queued' and attempt > 0
      and next_try_at > %(now)s::timestamptz + make_interval(secs => %(within_s)s)
    for no key update skip locked
))

-- name: breaker_failure
update upstream
set failures = failures + 1, last_error = %(error)s, last_error_at = clock_timestamp(),
    open_until = case when failures + 1 >= %(threshold)s then %(open_until)s::timestamptz end
where name = %(name)s
