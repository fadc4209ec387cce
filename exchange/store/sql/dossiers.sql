-- name: mark_dossiers
-- The rows of a verdict belong to these dossiers, which must be looked at when they have settled if
-- a row is new to them or no longer counts.
with member as (
    insert into dossier_row (version_id, standard, kind, key)
    select version_id, %(standard)s, kind, key
    from unnest(%(versions)s::bigint[], %(kinds)s::text[], %(keys)s::text[])
        as n (version_id, kind, key)
    on conflict do nothing
    returning kind, key
), changed as (
    select kind, key from member
    union
    select kind, key from unnest(%(kinds)s::text[], %(keys)s::text[], %(gone)s::boolean[])
        as n (kind, key, gone)
    where gone
)
insert into dossier_mark (standard, kind, key, due_at)
select %(standard)s, kind, key, %(due_at)s::timestamptz from changed

-- name: take_review
-- One review at a time; a second one finds nothing to do.
select pg_try_advisory_xact_lock(hashtextextended('dossier review', 0)) as taken

-- name: due_dossiers
select standard, kind, key, min(due_at) as due_at
from (
    select standard, kind, key, due_at from dossier_mark where due_at <= %(now)s
    union all
    select standard, kind, key, again_at from dossier where again_at <= %(now)s
) due
group by standard, kind, key
order by due_at, standard, kind, key
limit %(limit)s

-- name: units_of_plans
-- Projects that share a project code: what hangs on the code counts for each of them.
select distinct u.key
from dossier_row p
join dossier_row u on u.version_id = p.version_id and u.kind = 'project'
where p.standard = %(standard)s and p.kind = 'plan' and p.key = any(%(keys)s)

-- name: rows_of
-- The newest version of every record of these dossiers, if it is in effect. A withdrawal that was
-- returned has not taken effect.
select * from (
    select distinct on (d.key, v.body, v.table_code, v.record_key)
           d.key, v.id, v.body, v.table_code, v.valid, v.state, v.raw, v.place, v.pulled_at
    from dossier_row d
    join version v on v.id = d.version_id
    where d.standard = %(standard)s and d.kind = %(kind)s and d.key = any(%(keys)s)
      and v.state <> 'superseded' and (v.valid or v.state <> 'returned')
    order by d.key, v.body, v.table_code, v.record_key, v.id desc
) newest
where valid and state <> 'withdrawn'
order by key, id

-- name: reviewed
insert into dossier (standard, kind, key, reviewed_at, again_at, stamp_id)
values (%(standard)s, %(kind)s, %(key)s, %(now)s, %(again_at)s, %(stamp)s)
on conflict (standard, kind, key) do update
set reviewed_at = excluded.reviewed_at, again_at = excluded.again_at, stamp_id = excluded.stamp_id
returning id

-- name: marks_of
select id from dossier_mark
where standard = %(standard)s and (kind, key) in (
    select * from unnest(%(kinds)s::text[], %(keys)s::text[])
)

-- name: take_marks
delete from dossier_mark where id = any(%(ids)s)

-- name: open_findings
select o.finding_id, o.version_id, o.rule, o.consequence, f.detail ->> 'message' as message,
    f.detail ->> 'waived' is not null as waived
from dossier_finding o join finding f on f.id = o.finding_id
where o.dossier_id = %(dossier)s and o.closed_at is null

-- name: open_finding
with added as (
    insert into finding (version_id, judgement_id, at, rule, rule_version, consequence, dimension,
                         clause, detail)
    values (%(version)s, null, %(now)s, %(rule)s, %(rule_version)s, %(consequence)s, %(dimension)s,
            %(clause)s, %(detail)s::jsonb)
    returning id
)
insert into dossier_finding (finding_id, dossier_id, version_id, rule, consequence, opened_at)
select id, %(dossier)s, %(version)s, %(rule)s, %(consequence)s, %(now)s from added

-- name: close_finding
update dossier_finding set closed_at = %(now)s, closed_why = %(why)s
where finding_id = %(finding)s and closed_at is null

-- name: records_of
select id, standard, table_code, record_key, body from version where id = any(%(ids)s)

-- name: insert_review
insert into dossier_review (at, standard, dossiers, outcomes, errors)
values (%(now)s, %(standard)s, %(dossiers)s, %(outcomes)s::jsonb, %(errors)s::jsonb)

-- name: open_by_rule
-- What stands against dossiers now, by body and rule.
select v.body, o.rule, o.consequence, count(*) as findings, min(o.opened_at) as since
from dossier_finding o join version v on v.id = o.version_id
where o.closed_at is null
group by v.body, o.rule, o.consequence
order by v.body, findings desc, o.rule
