-- name: due_case
-- The longest waiting case whose collecting time is over and that nobody else has in hand.
select r.id, r.body, b.name as body_name, r.state, r.opened_at, r.collect_until, r.number,
       r.notified_at, r.deadline, r.deadline_provisional, r.deadline_basis, r.overdue_since
from rectification r join body b on b.code = r.body
where r.state = 'collecting' and r.collect_until <= %(now)s
  and not (r.id = any(%(passed_over)s::bigint[]))
order by r.collect_until, r.id
limit 1
for no key update of r skip locked

-- name: settled_case
-- A case all of whose items are mended: by then its notice may be out or not.
select r.id, r.body, b.name as body_name, r.state, r.opened_at, r.collect_until, r.number,
       r.notified_at, r.deadline, r.deadline_provisional, r.deadline_basis, r.overdue_since
from rectification r join body b on b.code = r.body
where r.state <> 'closed'
  and not (r.id = any(%(passed_over)s::bigint[]))
  and exists (select from rectification_item i where i.rectification_id = r.id)
  and not exists (
      select from rectification_item i
      where i.rectification_id = r.id and i.resolved_at is null
  )
order by r.id
limit 1
for no key update of r skip locked

-- name: cases_to_remind
-- Notified cases with the steps of the escalation that their reminders were sent for.
select r.id, r.body, r.deadline, r.notified_at,
       array(select (n.files ->> 'step')::int from notice n
             where n.rectification_id = r.id and n.files ? 'step') as steps
from rectification r
where r.state = 'notified' and r.deadline is not null
  and not (r.id = any(%(passed_over)s::bigint[]))
order by r.deadline, r.id

-- name: case_to_remind
select r.id, r.body, b.name as body_name, r.state, r.opened_at, r.collect_until, r.number,
       r.notified_at, r.deadline, r.deadline_provisional, r.deadline_basis, r.overdue_since
from rectification r join body b on b.code = r.body
where r.id = %(case)s and r.state = 'notified'
for no key update of r skip locked

-- name: reminded
select from notice
where rectification_id = %(case)s and (files ->> 'step')::int = %(step)s

-- name: untold_case
-- A case with records that failed again since its last notice, waiting as long as the case itself
-- collected, so that one notice tells of many.
select r.id, r.body, b.name as body_name, r.state, r.opened_at, r.collect_until, r.number,
       r.notified_at, r.deadline, r.deadline_provisional, r.deadline_basis, r.overdue_since
from rectification r join body b on b.code = r.body
where r.state = 'notified'
  and not (r.id = any(%(passed_over)s::bigint[]))
  and exists (
      select
      from rectification_item i join version v on v.id = i.version_id
      where i.rectification_id = r.id and i.resolved_at is null
        and v.judged_at + (r.collect_until - r.opened_at) <= %(now)s
        and i.version_id is distinct from (
            select (n.files -> 'told' ->> i.id::text)::bigint from notice n
            where n.rectification_id = r.id and n.kind <> 'closing'
            order by n.id desc limit 1
        )
  )
order by r.id
limit 1
for no key update of r skip locked

-- name: items_of_case
select i.id, i.standard, i.table_code, i.record_key, v.local_key, i.version_id, i.opened_at,
       i.pushes, i.resolved_at, i.resolution, v.place
from rectification_item i join version v on v.id = i.version_id
where i.rectification_id = %(case)s
order by i.standard, v.table_order, i.id

-- name: findings_of_case
-- What the last judgement of each open version found, and what the higher platform refused.
select f.version_id, f.detail, f.dimension
from rectification_item i
join finding f on f.version_id = i.version_id
where i.rectification_id = %(case)s and i.resolved_at is null
  and (f.consequence in ('reject', 'rectify') or f.detail ->> 'waived' is not null)
  and (f.judgement_id is null or f.judgement_id = (
      select max(l.judgement_id) from finding l where l.version_id = i.version_id
  ))
  and not exists (
      select from dossier_finding d where d.finding_id = f.id and d.closed_at is not null
  )
  and not exists (
      -- an address that came to something else when it was looked at again
      select from link_probe p
      join link_probe l on l.version_id = p.version_id and l.field = p.field and l.id > p.id
      where p.version_id = f.version_id and p.finding_id = f.id
        and l.finding_id is distinct from f.id
  )
order by f.version_id, f.id

-- name: next_number
insert into notice_number (issuer, year, last) values (%(issuer)s, %(year)s, 1)
on conflict (issuer, year) do update set last = notice_number.last + 1
returning last

-- name: notify_case
update rectification
set state = 'notified', number = %(number)s, notified_at = %(now)s, deadline = %(deadline)s,
    deadline_provisional = %(provisional)s, deadline_basis = %(basis)s
where id = %(case)s and state = 'collecting'

-- name: close_case
update rectification set state = 'closed', closed_at = %(now)s
where id = %(case)s and state <> 'closed'

-- name: mark_overdue
-- A deadline has passed at the end of its day where the office is.
update rectification r
set overdue_since = ((r.deadline + 1)::timestamp at time zone %(zone)s)
where r.state = 'notified' and r.overdue_since is null and r.deadline < %(today)s
  and exists (
      select from rectification_item i
      where i.rectification_id = r.id and i.resolved_at is null
  )
returning r.id, r.body, r.number

-- name: insert_notice
insert into notice (rectification_id, kind, number, created_at, channel, files)
values (%(case)s, %(kind)s, %(number)s, %(now)s, %(channel)s, %(files)s::jsonb)
returning id

-- name: undelivered_notice
select n.id, n.kind, n.number, n.channel, n.files, r.body, r.id as case_id
from notice n join rectification r on r.id = n.rectification_id
where n.delivered_at is null and not (n.id = any(%(passed_over)s::bigint[]))
order by n.id
limit 1
for no key update of n skip locked

-- name: notice_delivered
update notice set delivered_at = %(now)s, proof = %(proof)s::jsonb, last_error = null
where id = %(notice)s and delivered_at is null

-- name: notice_not_delivered
update notice set last_error = %(error)s where id = %(notice)s and delivered_at is null

-- name: overdue_cases
-- Counts only: no key, no value, no person.
select r.body, b.name as body_name, r.number, r.deadline, i.items
from rectification r
join body b on b.code = r.body
join lateral (
    select count(*) as items from rectification_item i
    where i.rectification_id = r.id and i.resolved_at is null
) i on i.items > 0
where r.state = 'notified' and r.deadline < %(today)s
order by r.body, r.deadline, r.id

-- name: last_circular_before
select period_to, content from circular where period_to < %(period_to)s
order by period_to desc limit 1

-- name: circular_exists
select from circular where period_to = %(period_to)s

-- name: draft_circular
insert into circular (drafted_at, period_to, content)
values (%(now)s, %(period_to)s, %(content)s::jsonb)
on conflict (period_to) do nothing
returning id

-- name: circular_of
select period_to, drafted_at, content, signed_by, signed_at
from circular where period_to = %(period_to)s
