-- name: bury
update version v
set state = 'dead', state_at = clock_timestamp(), next_try_at = null,
    state_reason = '无法投递：' || n.reason
from unnest(%(ids)s::bigint[], %(reasons)s::text[]) as n (id, reason)
where v.id = n.id

-- name: insert_dead_letters
insert into dead_letter (version_id, at, kind, reason)
select n.id, %(now)s, %(kind)s, n.reason
from unnest(%(ids)s::bigint[], %(reasons)s::text[]) as n (id, reason)

-- name: dead_letters
-- Those that wait for a decision, the oldest first.
select l.id, l.version_id, l.at, l.kind, l.reason, v.body, b.name, v.standard, v.table_code,
       v.record_key, v.local_key, v.attempt
from version v
join body b on b.code = v.body
join lateral (
    select * from dead_letter d where d.version_id = v.id order by d.id desc limit 1
) l on true
where v.state = 'dead' and (%(body)s::text is null or v.body = %(body)s)
  and (%(ids)s::bigint[] is null or l.id = any(%(ids)s))
order by l.id
limit %(limit)s

-- name: count_dead_letters
select v.body, b.name, count(*) as letters, min(v.state_at) as since
from version v join body b on b.code = v.body
where v.state = 'dead'
group by 1, 2 order by 1

-- name: dead_version
-- One of them, locked until the decision is written; nothing when somebody has decided already.
select v.id, v.body, v.standard, v.table_code, v.record_key, v.local_key, v.valid, v.raw, v.place,
       v.attempt, l.id as letter, l.kind, l.reason
from version v
join lateral (
    select * from dead_letter d where d.version_id = v.id order by d.id desc limit 1
) l on true
where v.state = 'dead' and l.id = %(letter)s
for no key update of v

-- name: payloads_of
select step, kind, payload, outcome, tried, reason, lsh
from delivery where version_id = %(version)s order by step

-- name: replay_dead
-- Its ladder begins anew; what may have arrived is asked for before it is written.
update version
set state = 'queued', state_at = clock_timestamp(), next_try_at = %(now)s, attempt = 0,
    state_reason = '人工重新投递：' || %(who)s
where id = %(id)s

-- name: decide_dead_letter
update dead_letter set decision = %(decision)s, decided_at = %(now)s, decided_by = %(who)s
where id = %(letter)s

-- name: audit_decision
insert into audit (who, did, object, detail)
values (%(who)s, %(did)s, %(object)s, %(detail)s::jsonb)

-- name: open_refused_steps
-- What was refused at the door is not upstream: on a replay it is to be written like a lost one. But
-- not behind an invalidation that was refused: then both are prepared anew.
update delivery d set outcome = 'lost'
where d.version_id = %(id)s and d.outcome = 'refused' and d.sent_at is null
  and not exists (
      select from delivery i
      where i.version_id = d.version_id and i.kind = 'invalidate' and i.outcome = 'refused'
        and i.sent_at is not null
  )
