-- name: claim_due
-- What is due, oldest first for each body; bodies that are put aside are left out. Parents' tables
-- come first in the result. What may have changed is taken from the row that was locked; the rest
-- never changes and is read of the chosen ones alone.
with chosen as materialized (
    select b.code
    from body b
    where (%(bodies)s::text[] is null or b.code = any(%(bodies)s))
      and not exists (select from dirty_breaker d where d.body = b.code and d.opened_at is not null)
), due as materialized (
    select d.id, d.standard, d.table_order, d.body
    from chosen c
    cross join lateral (
        select v.id, v.standard, v.table_order, v.body, v.judge_after
        from version v
        where v.body = c.code and v.judge_after <= %(now)s
        order by v.judge_after
        limit %(each)s
    ) d
    order by d.judge_after, d.id
    limit %(each)s
), in_turn as materialized (
    select id from due order by standard, table_order, body, id
), claimed as materialized (
    select v.*
    from in_turn t
    cross join lateral (
        select v.id, v.standard, v.table_order, v.body, v.state, v.judged_at
        from version v
        where v.id = t.id and v.judge_after <= %(now)s
        for no key update skip locked
    ) v
    limit %(limit)s
)
select c.id, c.body, c.standard, v.table_code, v.record_key, v.local_key, v.valid, v.place, v.raw,
       v.defects, c.state, v.revision, v.pulled_at, c.judged_at
from claimed c join version v on v.id = c.id
order by c.standard, c.table_order, c.body, c.id

-- name: bodies_due
select b.code
from unnest(%(bodies)s::text[]) as b (code)
where exists (select from version v where v.body = b.code and v.judge_after <= %(now)s)

-- name: claim_trial
-- A few of a body that is put aside: its newest records and its oldest.
with due as materialized (
    (select v.id from version v where v.body = %(body)s and v.judge_after <= %(now)s
     order by v.judge_after desc limit %(newest)s)
    union
    (select v.id from version v where v.body = %(body)s and v.judge_after <= %(now)s
     order by v.judge_after limit %(oldest)s)
)
select id, body, standard, table_code, record_key, local_key, valid, place, raw, defects, state,
       revision, pulled_at, judged_at
from version
where id in (select id from due) and judge_after <= %(now)s
order by standard, table_order, body, id
for no key update skip locked

-- name: parent_states
select n.n, min(p.state) as parent
from unnest(%(tables)s::text[], %(fields)s::text[], %(values)s::text[])
         with ordinality as n (table_code, fields, field_values, n)
cross join lateral (
    select case
            when v.state = 'confirmed' then 'accepted'
            when s.bucket in ('waiting', 'held') then 'pending'
            when v.state = 'returned' then 'returned'
        end as state
    from anchor a
    join version v on v.id = a.version_id and v.valid
    join state s on s.name = v.state
    where a.standard = %(standard)s and a.table_code = n.table_code
      and a.fields = n.fields and a.field_values = n.field_values
    offset 0
) p
group by n.n

-- name: related_rows
-- The versions that each lookup names and that are not over, the newest first; whoever asks has the
-- rows that are judged.
select n.n, v.*
from unnest(%(tables)s::text[], %(fields)s::text[], %(values)s::text[])
         with ordinality as n (table_code, fields, field_values, n)
cross join lateral (
    select v.id, v.body, v.record_key, v.local_key, v.state, v.valid,
           case when v.id <> all(%(judged)s::bigint[]) then v.raw end as raw
    from anchor a join version v on v.id = a.version_id
    where a.standard = %(standard)s and a.table_code = n.table_code
      and a.fields = n.fields and a.field_values = n.field_values
      and v.state not in ('superseded', 'withdrawn')
    order by v.id desc
    limit %(most)s
) v

-- name: rows_of_local_keys
-- The same for rows named by the key that their body gave them.
select n.n, v.*
from unnest(%(tables)s::text[], %(values)s::text[]) with ordinality as n (table_code, local_key, n)
cross join lateral (
    select v.id, v.body, v.record_key, v.local_key, v.state, v.valid, v.raw
    from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = n.table_code
      and v.local_key = n.local_key and v.state not in ('superseded', 'withdrawn')
      and v.id <> all(%(judged)s::bigint[])
    order by v.id desc
    limit %(most)s
) v

-- name: earlier_versions
-- What arrived of the same records before, the newest first.
select n.id as of_version, v.*
from unnest(%(ids)s::bigint[], %(record_keys)s::text[]) as n (id, record_key)
cross join lateral (
    select v.id, v.state, v.valid, v.raw
    from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
      and v.record_key = n.record_key and v.id < n.id
    order by v.id desc
    limit %(most)s
) v

-- name: wake_expectant
-- Held records that expected what has just arrived are due at once.
update version c
set judge_after = %(now)s
where c.id = any(array(
        select h.version_id
        from anchor a
        join hold h on h.standard = a.standard and h.table_code = a.table_code
            and h.fields = a.fields and h.field_values = a.field_values
        where a.version_id = any(%(ids)s) and h.parent_state = 'expected'
    ))
  and c.id <> all(%(ids)s) and coalesce(c.state, '') = 'held'
  and (c.judge_after is null or c.judge_after > %(now)s)

-- name: stamp
select id from stamp
where standard = %(standard)s and overlay = %(overlay)s and ruleset = %(ruleset)s
  and codelists = %(codelists)s and engine = %(engine)s

-- name: insert_stamp
insert into stamp (standard, overlay, ruleset, codelists, engine)
values (%(standard)s, %(overlay)s, %(ruleset)s, %(codelists)s, %(engine)s)
on conflict do nothing

-- name: insert_judgement
insert into judgement (at, body, standard, table_code, stamp_id, records, passed, failed, held,
                       outcomes, errors)
values (%(now)s, %(body)s, %(standard)s, %(table_code)s, %(stamp)s, %(records)s, %(passed)s,
        %(failed)s, %(held)s, %(outcomes)s::jsonb, %(errors)s::jsonb)
returning id

-- name: copy_findings
copy finding (version_id, judgement_id, at, rule, rule_version, consequence, dimension, clause,
              detail)
from stdin

-- name: move_judged
update version v
set state = n.state, state_reason = n.reason, state_at = clock_timestamp(),
    judged_at = %(now)s, stamp_id = %(stamp)s, judge_after = n.judge_after,
    next_try_at = case when n.state = 'queued' then %(now)s end
from unnest(%(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[],
            %(judge_after)s::timestamptz[]) as n (id, state, reason, judge_after)
where v.id = n.id

-- name: forget_holds
delete from hold where version_id = any(%(ids)s)

-- name: copy_holds
copy hold (version_id, standard, table_code, fields, field_values, parent_state) from stdin

-- name: in_effect_or_in_flight
select distinct on (record_key) record_key
from version
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
  and record_key = any(%(record_keys)s) and valid
  and state in ('confirmed', 'sending', 'unknown', 'sent', 'dead')

-- name: overtake_by_key
-- Earlier versions of the same record that never took effect upstream give way to the new one. A
-- withdrawal that is still to be sent stays: it goes first, with the reason the body gave. A dead
-- letter stays too when it may have arrived upstream; an invalidation that did is followed alone.
update version v
set state = case when n.valid then 'superseded' else 'withdrawn' end,
    state_reason = n.reason, state_at = clock_timestamp(), judge_after = null, next_try_at = null
from unnest(%(ids)s::bigint[], %(record_keys)s::text[], %(valid)s::boolean[],
            %(reasons)s::text[], %(only_returned)s::boolean[])
         as n (id, record_key, valid, reason, only_returned)
where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
  and v.record_key = n.record_key and v.id < n.id
  and (v.state = 'returned'
       or (not n.only_returned and v.state in ('landed', 'held', 'queued')
           and (v.valid or not n.valid))
       or (not n.only_returned and v.state = 'dead'
           and not exists (
               select from delivery d
               where d.version_id = v.id and d.tried
                 and (d.outcome is null or (d.kind = 'insert' and d.outcome <> 'refused'))
           )))
returning v.id

-- name: give_way_to_newer
-- What was refused above for want of its parent waits here, and a newer version may be passed and go
-- up meanwhile. The older must not follow it. A withdrawal still goes before what is only queued.
update version v
set state = case when n.valid then 'superseded' else 'withdrawn' end,
    state_reason = '等待期间已有更新的版本上报，不再上报', state_at = clock_timestamp(),
    judge_after = null, next_try_at = null
from (
    select distinct on (o.id) o.id, e.valid
    from version o
    join version e on e.body = o.body and e.standard = o.standard
        and e.table_code = o.table_code and e.record_key = o.record_key and e.id > o.id
    where o.id = any(%(ids)s)
      and (e.state in ('sending', 'unknown', 'sent', 'confirmed')
           or (o.valid and (e.state in ('queued', 'dead')
                            or (e.state = 'withdrawn' and not e.valid))))
    order by o.id, e.id desc
) n
where v.id = n.id and v.state = 'queued'

-- name: overtake_by_local_key
update version
set state = 'superseded', state_reason = '主键更正后已重新推送', state_at = clock_timestamp(),
    judge_after = null
where id = any(%(ids)s) and state = 'returned'

-- name: postpone
update version set judge_after = %(judge_after)s where id = any(%(ids)s)

-- name: waivers_in_force
select distinct on (rule) rule, reason, signer, from_day, until_day
from waiver
where body = %(body)s and from_day <= %(day)s and until_day >= %(day)s and revoked_at is null
order by rule, until_day desc, id

-- name: waivers_ahead
select body, rule, reason, signer, from_day, until_day
from waiver
where body = any(%(bodies)s) and until_day >= %(day)s and revoked_at is null
order by body, rule, until_day, id desc

-- name: last_turn
-- When a waiver of the rule last began to hold or ceased to for the body: from the beginning of its
-- first day, unless it was added later, to the end of its last one or its revocation.
select max(t.at) as at
from waiver w
cross join lateral (values
    (greatest(w.added_at, w.from_day::timestamp at time zone %(zone)s)),
    (coalesce(w.revoked_at, (w.until_day + 1)::timestamp at time zone %(zone)s))
) t (at)
where w.body = %(body)s and w.rule = %(rule)s and t.at <= %(now)s

-- name: look_again_later
insert into second_look (version_id, body, due_at)
select id, %(body)s, due_at from unnest(%(ids)s::bigint[], %(due)s::timestamptz[]) as n (id, due_at)
on conflict do nothing

-- name: claim_second_looks
select v.id, v.body, v.standard, v.table_code, v.record_key, v.local_key, v.valid, v.place, v.raw,
       v.defects, v.state, v.revision, v.pulled_at
from second_look l join version v on v.id = l.version_id
where l.due_at <= %(now)s
order by v.standard, v.table_order, v.body, v.id
limit %(limit)s
for update of l skip locked

-- name: forget_second_looks
delete from second_look where version_id = any(%(ids)s)
