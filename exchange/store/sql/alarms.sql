-- name: raise_alarms
insert into alarm (kind, subject, name, text, command, seconds, raised_at, seen_at)
select n.kind, n.subject, n.name, n.text, n.command, n.seconds, %(now)s, %(now)s
from unnest(%(kinds)s::text[], %(subjects)s::text[], %(names)s::text[], %(texts)s::text[],
            %(commands)s::text[], %(seconds)s::double precision[])
         as n (kind, subject, name, text, command, seconds)
order by n.kind, n.subject
on conflict (kind, subject) where cleared_at is null do update
set text = excluded.text, seconds = excluded.seconds,
    seen_at = greatest(alarm.seen_at, excluded.seen_at)

-- name: clear_alarms
-- What was not seen for a while is over: an alarm that comes and goes in between stays one alarm.
update alarm set cleared_at = %(now)s where cleared_at is null and seen_at <= %(before)s

-- name: open_alarms
select id, kind, subject, name, text, command, seconds, raised_at, seen_at, cleared_at
from alarm where cleared_at is null
order by raised_at, id

-- name: alarms_since
select id, kind, subject, name, text, command, seconds, raised_at, seen_at, cleared_at
from alarm where raised_at >= %(since)s or cleared_at is null
order by raised_at desc, id desc
limit %(limit)s

-- name: one_watcher
select pg_try_advisory_xact_lock(hashtextextended('watch', 0)) as mine

-- name: reference_cycles
-- Held records that wait for each other in a ring, by its smallest member; the shortest of several.
-- What may still arrive and decide is no parent: it is waited for until a time, not for ever.
with recursive chain as (
    select h.version_id as start, a.version_id as here, array[h.version_id] as path
    from (
        select distinct version_id from hold
        where since <= %(before)s and parent_state <> 'expected' limit 500
    ) old
    join hold h on h.version_id = old.version_id and h.parent_state <> 'expected'
    join anchor a on a.standard = h.standard and a.table_code = h.table_code
        and a.fields = h.fields and a.field_values = h.field_values
    join version p on p.id = a.version_id and p.state = 'held'
    union
    select c.start, a.version_id, c.path || c.here
    from chain c
    join hold h on h.version_id = c.here and h.parent_state <> 'expected'
    join anchor a on a.standard = h.standard and a.table_code = h.table_code
        and a.fields = h.fields and a.field_values = h.field_values
    join version p on p.id = a.version_id and p.state = 'held'
    where c.here <> c.start and not c.here = any(c.path) and cardinality(c.path) < 12
)
select distinct on (c.start) c.path, v.body, b.name, array(
        select p.table_code || ' #' || p.id
        from unnest(c.path) with ordinality as m (id, n) join version p on p.id = m.id
        order by m.n
    ) as members
from chain c
join version v on v.id = c.start
join body b on b.code = v.body
where c.here = c.start and c.start = (select min(m) from unnest(c.path) as m)
order by c.start, cardinality(c.path)
limit 50
