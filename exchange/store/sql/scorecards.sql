-- name: as_of_one_instant
set transaction isolation level repeatable read, read only

-- name: scored
-- A part that the statements below are put after, see exchange.scorecards.span: the versions on which the verdict fell that day, passed or returned, as the journey has it. Rows
-- that only withdraw an earlier one are counted apart: they are no content to score.
with verdict as (
    select version_id,
           coalesce(max(id) = max(id) filter (where to_state = 'returned'), false) as returned
    from journey
    where at >= %(start)s and at < %(end)s
      and from_state in ('landed', 'held') and to_state in ('queued', 'returned')
    group by version_id
), connected as materialized (
    -- by row comparison, so that a body without batches does not read them all
    select b.code as body, f.landed_at as since
    from body b
    cross join lateral (
        select body, landed_at from batch where (body, id) >= (b.code, 0) order by body, id limit 1
    ) f
    where f.body = b.code
), timed as (
    select v.id, v.body, v.standard, v.table_code, v.record_key, v.revision, v.local_key, v.place,
           v.state, v.state_at, v.valid, v.pulled_at, v.sent_at, v.confirmed_at,
           d.returned, c.since,
           v.committed_at - s.skew as committed,
           coalesce(v.occurred_at - s.skew, v.committed_at - s.skew, v.pulled_at) as event
    from verdict d
    join version v on v.id = d.version_id
    join batch b on b.id = v.batch_id
    join connected c on c.body = v.body
    cross join lateral (
        select make_interval(secs => coalesce(b.clock_offset_s, 0)) as skew
    ) s
)
select id, body, standard, table_code, record_key, revision, local_key, place, state, valid,
       returned, event, committed, pulled_at, sent_at, confirmed_at,
       case
           when returned or not valid then 'returned'
           when event < since then 'stock'
           when event > pulled_at + %(slack)s then 'skewed'
           when confirmed_at <= event + %(limit)s then 'on_time'
           when confirmed_at is not null then 'late'
           when state in ('superseded', 'withdrawn') and state_at <= event + %(limit)s
               then 'replaced'
           when %(now)s <= event + %(limit)s then 'pending'
           else 'late'
       end as clock
from timed

-- name: scored_finding
-- The second such part: what stood against them at their last verdict, and what the higher platform
-- refused until then.
select f.id, f.version_id, s.body, f.dimension
from scored s
join finding f on f.version_id = s.id
where s.valid and f.at < %(end)s and f.consequence in ('reject', 'rectify')
  and (f.judgement_id is null or s.returned or f.consequence = 'rectify')
  and (f.judgement_id is null or f.judgement_id = (
      select max(l.judgement_id) from finding l where l.version_id = s.id and l.at < %(end)s
  ))
  and not exists (
      select from dossier_finding d where d.finding_id = f.id and d.closed_at < %(end)s
  )

-- name: opened
-- The third: addresses that were opened that day, as they stood at the day's last look. Looks that
-- reached nobody by our own choice (no address, not allowed) are none. What somebody had excused is
-- a finding, but does not count as failing.
select distinct on (p.version_id, p.field) p.version_id, v.body, p.finding_id,
       p.finding_id is not null and f.detail ->> 'waived' is null as failing
from link_probe p
join version v on v.id = p.version_id
left join finding f on f.id = p.finding_id
where p.at >= %(start)s and p.at < %(end)s and (p.outcome = 'ok' or p.finding_id is not null)
order by p.version_id, p.field, p.id desc

-- name: bodies
select b.code, b.name,
       coalesce(s.judged, 0) as judged, coalesce(s.returned, 0) as returned,
       coalesce(s.withdrawals, 0) as withdrawals,
       coalesce(s.on_time, 0) as on_time, coalesce(s.late, 0) as late,
       coalesce(s.pending, 0) as pending, coalesce(s.stock, 0) as stock,
       coalesce(s.skewed, 0) as skewed, coalesce(s.replaced, 0) as replaced,
       s.seconds, s.at_body, s.at_city, s.at_province
from body b
left join (
    select body,
        count(*) filter (where valid) as judged,
        count(*) filter (where valid and returned) as returned,
        count(*) filter (where not valid) as withdrawals,
        count(*) filter (where clock = 'on_time') as on_time,
        count(*) filter (where clock = 'late') as late,
        count(*) filter (where clock = 'pending') as pending,
        count(*) filter (where clock = 'stock') as stock,
        count(*) filter (where clock = 'skewed') as skewed,
        count(*) filter (where clock = 'replaced') as replaced,
        percentile_disc(array[0.5, 0.95, 0.99]) within group (
            order by coalesce(extract(epoch from confirmed_at - event), 'infinity')::float8
        ) filter (where clock in ('on_time', 'late')) as seconds,
        percentile_disc(0.5) within group (
            order by extract(epoch from coalesce(committed, pulled_at) - event)::float8
        ) filter (where clock in ('on_time', 'late') and confirmed_at is not null) as at_body,
        percentile_disc(0.5) within group (
            order by extract(epoch from sent_at - coalesce(committed, pulled_at))::float8
        ) filter (where clock in ('on_time', 'late') and confirmed_at is not null) as at_city,
        percentile_disc(0.5) within group (
            order by extract(epoch from confirmed_at - sent_at)::float8
        ) filter (where clock in ('on_time', 'late') and confirmed_at is not null) as at_province
    from scored group by body
) s on s.body = b.code
order by b.code

-- name: failing
select body, dimension, count(distinct version_id) as versions, count(*) as findings
from scored_finding group by body, dimension

-- name: checks
-- Rules x records of that day's judgements: passed, failed, not applicable, not checked.
select j.body, sum((o.value ->> 0)::bigint)::bigint as passed,
       sum((o.value ->> 1)::bigint)::bigint as failed,
       sum((o.value ->> 2)::bigint)::bigint as not_applicable,
       sum((select coalesce(sum(n.value::bigint), 0) from jsonb_each_text(o.value -> 3) n))::bigint
           as not_checked
from judgement j, jsonb_each(j.outcomes) o
where j.at >= %(start)s and j.at < %(end)s
group by j.body

-- name: links
select body, count(distinct version_id) as looked,
       count(distinct version_id) filter (where failing) as failing
from opened
group by body

-- name: stamps
-- What that day's verdicts were made with.
select distinct t.standard, t.overlay, t.ruleset, t.codelists, t.engine
from judgement j join stamp t on t.id = j.stamp_id
where j.at >= %(start)s and j.at < %(end)s
order by 1, 2, 3, 4, 5

-- name: cases
-- Cases that were open at the end of that day, and whether their deadline was over before it.
select r.id, r.body, r.number, r.opened_at, r.notified_at, r.deadline,
       r.deadline < %(day)s as overdue,
       (select count(*) from rectification_item i where i.rectification_id = r.id
          and i.opened_at < %(end)s) as items,
       (select count(*) from rectification_item i where i.rectification_id = r.id
          and i.opened_at < %(end)s
          and (i.resolved_at is null or i.resolved_at >= %(end)s)) as open_items
from rectification r
where r.opened_at < %(end)s and (r.closed_at is null or r.closed_at >= %(end)s)
order by r.body, overdue desc nulls last, r.deadline, r.id

-- name: judged_by_table
select body, standard, table_code, count(*) as judged,
       count(*) filter (where returned) as returned
from scored where valid
group by body, standard, table_code
order by body, standard, judged desc, table_code

-- name: judged_rows
select s.body, s.standard, s.table_code, s.record_key, s.revision, s.local_key, t.name_zh as state
from (
    select *, row_number() over (partition by body order by returned desc, id) as place_in_list
    from scored where valid
) s
join state t on t.name = s.state
where s.place_in_list <= %(cap)s
order by s.body, s.place_in_list

-- name: failing_rows
select f.body, f.dimension, s.standard, s.table_code, s.record_key, s.revision, s.local_key,
       t.name_zh as state, d.rule, d.consequence, d.clause, d.detail
from (
    select id, body, dimension, version_id,
           row_number() over (partition by body, dimension order by version_id, id) as place_in_list
    from (
        select id, body, dimension, version_id from scored_finding
        union all
        select finding_id, body, 'accessibility', version_id from opened where failing
    ) o
) f
join version s on s.id = f.version_id
join state t on t.name = s.state
join finding d on d.id = f.id
where f.place_in_list <= %(cap)s
order by f.body, f.dimension, f.place_in_list

-- name: late_rows
select s.body, s.standard, s.table_code, s.record_key, s.revision, s.local_key,
       t.name_zh as state, s.event, s.pulled_at, s.sent_at, s.confirmed_at
from (
    select *, row_number() over (
        partition by body order by confirmed_at is not null, event, id) as place_in_list
    from scored where clock = 'late'
) s
join state t on t.name = s.state
where s.place_in_list <= %(cap)s
order by s.body, s.place_in_list

-- name: waived
-- Findings of that day that somebody had excused: not scored, never silent.
select e.body, f.rule, f.detail -> 'waived' ->> 'signer' as signer,
       f.detail -> 'waived' ->> 'until' as until, f.detail -> 'waived' ->> 'reason' as reason,
       count(*) as findings
from (
    select s.body, f.id
    from scored s
    join finding f on f.version_id = s.id
    where s.valid and f.at < %(end)s and f.consequence = 'advice'
      and (f.judgement_id = (
              select max(l.judgement_id) from finding l where l.version_id = s.id and l.at < %(end)s
          ) or exists (
              select from dossier_finding d
              where d.finding_id = f.id and coalesce(d.closed_at, 'infinity') >= %(end)s
          ))
    union all
    select body, finding_id from opened where finding_id is not null and not failing
) e
join finding f on f.id = e.id
where f.detail ->> 'waived' is not null
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
