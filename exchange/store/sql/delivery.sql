-- name: in_effect
select distinct on (body, record_key) body, record_key, raw
from version
where body = any(%(bodies)s) and standard = %(standard)s and table_code = %(table_code)s
  and record_key = any(%(record_keys)s) and valid and state = 'confirmed'
order by body, record_key, id desc

-- name: deliveries_of
select id, version_id, step, kind, table_code, payload, content_hash, outcome, tried, lsh
from delivery
where version_id = any(%(versions)s)
order by version_id, step

-- name: insert_deliveries
insert into delivery (version_id, step, kind, standard, table_code, payload, content_hash)
select n.version, n.step, n.kind, %(standard)s, n.table_code, n.payload::json, n.content_hash
from unnest(%(versions)s::bigint[], %(steps)s::int[], %(kinds)s::text[], %(table_codes)s::text[],
            %(payloads)s::text[], %(content_hashes)s::bytea[])
         as n (version, step, kind, table_code, payload, content_hash)
on conflict (version_id, step) do nothing

-- name: begin_sending
update version
set state = 'sending', state_at = clock_timestamp(), attempt = attempt + 1, next_try_at = null,
    state_reason = '开始上报'
where id = any(%(ids)s)

-- name: nothing_to_send
update version
set state = 'withdrawn', state_at = clock_timestamp(), next_try_at = null,
    state_reason = '上级已无此有效记录，无须撤回'
where id = any(%(ids)s)

-- name: hold_for_sending
-- The same rows again, now locked for as long as they are being sent: who holds the lock sends.
-- (The state is hidden from the planner, so that it goes by the numbers whatever it believes of it.)
select v.id, v.attempt
from version v
where v.id = any(%(ids)s) and coalesce(v.state, '') = 'sending'
order by v.table_order, v.id
for no key update of v skip locked

-- name: mark_tried
update delivery set tried = true where id = any(%(ids)s) and not tried

-- name: prior_counts
-- How often each content was put upstream on purpose before, by other deliveries. What was refused
-- at the door is not there.
select n.id, (
    select count(*) from delivery d
    where d.standard = %(standard)s and d.table_code = %(table_code)s
      and d.content_hash = n.content_hash and d.id <> n.id
      and d.outcome in ('sent', 'passed', 'confirmed', 'refused')
      and (d.outcome <> 'refused' or d.sent_at is not null)
) as prior
from unnest(%(ids)s::bigint[], %(hashes)s::bytea[]) as n (id, content_hash)

-- name: delivery_sent
-- An invalidation is asked for by itself, should its version not be followed any more.
update delivery d
set outcome = 'sent', lsh = coalesce(n.lsh, d.lsh), sent_at = %(now)s, reason = null,
    next_ask_at = case when d.kind = 'invalidate' then %(ask_at)s::timestamptz end
from unnest(%(ids)s::bigint[], %(lshs)s::text[]) as n (id, lsh)
where d.id = n.id

-- name: delivery_refused
-- Refused at the door; the steps that were to follow are not upstream either.
update delivery d
set outcome = 'refused', answered_at = %(now)s,
    reason = case when d.id = n.id then %(reason)s else '前一步被拒，本行未上报' end
from delivery n
where n.id = %(id)s and d.version_id = n.version_id
  and (d.id = n.id or (d.step > n.step and (d.outcome is null or d.outcome = 'lost')))

-- name: version_sent
update version
set state = 'sent', state_at = clock_timestamp(), sent_at = %(now)s, next_try_at = %(ask_at)s,
    state_reason = '已写入上级平台'
where id = any(%(ids)s)

-- name: retire_predecessors
-- What was in effect upstream is not any more: the invalidation, sent with the new version or being
-- it, was accepted.
update version v
set state = case when n.valid then 'superseded' else 'withdrawn' end,
    state_at = clock_timestamp(),
    state_reason = case
        when not n.valid then '已按地方撤回上报失效'
        when n.state in ('sent', 'confirmed') then '已由新版本更正'
        else '更正的失效记录已被上级接受，更正后的新版本尚未入库'
    end
from version n
where n.id = any(%(ids)s)
  and v.body = n.body and v.standard = n.standard and v.table_code = n.table_code
  and v.record_key = n.record_key and v.id < n.id and v.valid and v.state = 'confirmed'

-- name: version_again
update version v
set state = 'queued', state_at = clock_timestamp(), next_try_at = n.next_try_at,
    state_reason = n.reason
from unnest(%(ids)s::bigint[], %(next_try_at)s::timestamptz[], %(reasons)s::text[])
         as n (id, next_try_at, reason)
where v.id = n.id

-- name: version_unknown
update version
set state = 'unknown', state_at = clock_timestamp(), next_try_at = %(ask_at)s,
    state_reason = %(reason)s
where id = any(%(ids)s)

-- name: abandoned_sendings
-- Being sent by nobody: the worker died between its two transactions or inside the second.
select id from version
where state = 'sending' and standard = %(standard)s and state_at < %(before)s
limit %(limit)s
for no key update skip locked

-- name: what_is_due
-- The conditions are those of what acts on them: abandoned_sendings, due_unknowns, claim_lane,
-- due_verdicts and due_invalidations.
select
    exists (
        select from version
        where state = 'sending' and standard = %(standard)s and state_at < %(before)s
    ) as abandoned,
    exists (
        select from version
        where state = 'unknown' and standard = %(standard)s and next_try_at <= %(now)s
    ) as unknown,
    exists (
        select from version
        where state = 'queued' and standard = %(standard)s and next_try_at <= %(now)s
    ) as queued,
    exists (
        select from version
        where state = 'sent' and standard = %(standard)s and next_try_at <= %(now)s
    ) as sent,
    exists (
        select from delivery where standard = %(standard)s and next_ask_at <= %(now)s
    ) as invalidations

-- name: due_unknowns
select v.id, v.attempt, v.state_at
from version v
where v.state = 'unknown' and v.standard = %(standard)s and v.next_try_at <= %(now)s
order by v.table_order, v.id
limit %(limit)s
for no key update skip locked

-- name: due_verdicts
select v.id, v.body, v.standard, v.table_code, v.record_key, v.local_key, v.valid, v.raw, v.place,
       v.attempt, v.sent_at
from version v
where v.state = 'sent' and v.standard = %(standard)s and v.next_try_at <= %(now)s
order by v.table_code, v.id
limit %(limit)s
for no key update skip locked

-- name: ask_again
update version v set next_try_at = n.next_try_at
from unnest(%(ids)s::bigint[], %(next_try_at)s::timestamptz[]) as n (id, next_try_at)
where v.id = n.id

-- name: delivery_answered
update delivery d
set outcome = n.outcome, lsh = coalesce(n.lsh, d.lsh), reason = n.reason, answered_at = %(now)s,
    next_ask_at = case when n.outcome in ('sent', 'passed') then d.next_ask_at end
from unnest(%(ids)s::bigint[], %(outcomes)s::text[], %(lshs)s::text[], %(reasons)s::text[])
         as n (id, outcome, lsh, reason)
where d.id = n.id

-- name: due_invalidations
-- Written upstream and not finally answered, while their version is not on its way itself: its new
-- row was refused at the door, is to be tried again, waits for a person, or was answered earlier.
select d.id, d.version_id, d.sent_at
from delivery d join version v on v.id = d.version_id
where d.standard = %(standard)s and d.next_ask_at <= %(now)s
  and v.state not in ('sending', 'unknown', 'sent')
order by d.next_ask_at, d.id
limit %(limit)s
for no key update of v skip locked

-- name: ask_invalidations_again
update delivery d set next_ask_at = n.next_ask_at
from unnest(%(ids)s::bigint[], %(next_ask_at)s::timestamptz[]) as n (id, next_ask_at)
where d.id = n.id

-- name: undecided_invalidations
-- Records of which nobody knows whether what was in effect upstream still is.
select distinct v.body, v.record_key
from version v join delivery d on d.version_id = v.id
where v.body = any(%(bodies)s) and v.standard = %(standard)s and v.table_code = %(table_code)s
  and v.record_key = any(%(record_keys)s) and d.kind = 'invalidate' and d.outcome = 'sent'

-- name: close_inserts
-- The invalidation was refused: the new row, which is not upstream, needs another one before it.
update delivery d
set outcome = 'refused', reason = '失效记录被上级退回，本行未上报', answered_at = %(now)s
from delivery i
where i.id = any(%(ids)s) and d.version_id = i.version_id and d.step > i.step
  and (d.outcome is null or d.outcome = 'lost')

-- name: has_sent_invalidation
select exists (
    select from delivery
    where version_id = %(version)s and kind = 'invalidate'
      and outcome in ('sent', 'passed', 'confirmed')
) as sent

-- name: without_effect
-- Records that were in effect upstream and are not any more, whose new version is stuck: returned,
-- waiting for a person or for its parent. A record that its body withdrew is none.
select v.body, b.name, v.standard, v.table_code, v.record_key, v.local_key, v.id, s.name_zh,
    v.state_reason, o.state_at as since
from version v
join body b on b.code = v.body
join state s on s.name = v.state
join lateral (
    select p.id, p.state_at from version p
    where p.body = v.body and p.standard = v.standard and p.table_code = v.table_code
      and p.record_key = v.record_key and p.id < v.id
      and p.valid and p.state = 'superseded' and p.confirmed_at is not null
    order by p.id desc limit 1
) o on true
where v.state in ('returned', 'held', 'dead') and v.revision > 1
  and (%(body)s::text is null or v.body = %(body)s)
  and not exists (
      select from version w
      where w.body = v.body and w.standard = v.standard and w.table_code = v.table_code
        and w.record_key = v.record_key
        and (w.state in ('confirmed', 'landed', 'queued', 'sending', 'unknown', 'sent')
             or (w.state = 'withdrawn' and w.id > o.id)
             or (w.state in ('returned', 'held', 'dead') and w.id > v.id))
  )
order by o.state_at, v.id
limit %(limit)s

-- name: version_confirmed
update version
set state = 'confirmed', state_at = clock_timestamp(), confirmed_at = %(now)s, next_try_at = null,
    state_reason = '上级已入库'
where id = any(%(ids)s)

-- name: version_refused
update version
set state = 'returned', state_at = clock_timestamp(), next_try_at = null, state_reason = %(reason)s
where id = %(id)s

-- name: wake_children
-- Held records whose parent moved are due at once. (Not by the list of all that are held.)
update version c
set judge_after = %(now)s
where c.id = any(array(
        select h.version_id
        from anchor a
        join hold h on h.standard = a.standard and h.table_code = a.table_code
            and h.fields = a.fields and h.field_values = a.field_values
        where a.version_id = any(%(ids)s)
    ))
  and coalesce(c.state, '') = 'held'
  and (c.judge_after is null or c.judge_after > %(now)s)

-- name: insert_finding
insert into finding (version_id, judgement_id, at, rule, rule_version, consequence, dimension,
                     clause, detail)
values (%(version)s, null, %(now)s, %(rule)s, 1, 'reject', %(dimension)s, %(clause)s,
        %(detail)s::jsonb)

-- name: insert_blind_spot
insert into blind_spot (version_id, reason, rule) values (%(version)s, %(reason)s, %(rule)s)

-- name: wait_for_parent
update version
set state = 'held', state_at = clock_timestamp(), next_try_at = null,
    judge_after = %(judge_after)s, state_reason = '上级因上级记录退回，待其入库后重报：' || %(reason)s
where id = %(id)s

-- name: forget_lost_priors
update delivery set outcome = 'lost'
where id in (
    select d.id
    from delivery mine
    join delivery d on d.standard = mine.standard and d.table_code = mine.table_code
        and d.content_hash = mine.content_hash and d.id <> mine.id
    join version v on v.id = d.version_id
    where mine.id = %(delivery)s and d.outcome in ('sent', 'passed', 'confirmed', 'refused')
      and v.state in ('superseded', 'withdrawn', 'returned')
    order by d.id
    limit %(missing)s
)

-- name: look_at_holds
-- When the holds were looked at last; this look is noted, the next begins where this one did.
insert into hold_look as l (standard, looked_at) values (%(standard)s, clock_timestamp())
on conflict (standard) do update set looked_at = clock_timestamp()
returning (select o.looked_at from hold_look o where o.standard = %(standard)s) as before

-- name: wake_overlooked
-- Held records whose parent is accepted but who were not woken: their hold was written while the
-- parent's confirmation was being committed, so neither saw the other. That takes two transactions
-- at the same time, so only holds written not long before the last look can be concerned.
update version c
set judge_after = %(now)s
from hold h
join anchor a on a.standard = h.standard and a.table_code = h.table_code and a.fields = h.fields
    and a.field_values = h.field_values
join version p on p.id = a.version_id and p.valid and p.state = 'confirmed'
where h.standard = %(standard)s and h.since >= %(since)s and h.parent_state <> 'expected'
  and c.id = h.version_id and c.state = 'held'
  and (c.judge_after is null or c.judge_after > %(now)s)
