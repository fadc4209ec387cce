-- name: keep_difference
-- A difference that a person has accepted is not opened again for the same version.
insert into difference (body, standard, table_code, record_key, kind, owner, version_id, detail,
                        found_at, seen_at)
select %(body)s, %(standard)s, %(table_code)s, %(record_key)s, %(kind)s, %(owner)s,
    %(version)s::bigint, %(detail)s::jsonb, %(now)s, %(now)s
where not exists (
    select from difference d
    where d.body = %(body)s and d.standard = %(standard)s and d.table_code = %(table_code)s
      and d.record_key = %(record_key)s and d.kind = %(kind)s and d.resolution = 'accepted'
      and d.version_id is not distinct from %(version)s::bigint
)
on conflict (body, standard, table_code, record_key, kind) where resolved_at is null
do update set seen_at = excluded.seen_at, detail = excluded.detail

-- name: resolve_unseen
update difference
set resolved_at = %(now)s, resolution = 'agrees'
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
  and kind = any(%(kinds)s) and resolved_at is null and seen_at < %(now)s

-- name: open_differences
select d.id, d.body, b.name, d.standard, d.table_code, d.record_key, d.kind, d.owner, d.version_id,
    d.detail, d.found_at, d.seen_at
from difference d join body b on b.code = d.body
where d.body = any(%(bodies)s) and d.resolved_at is null
order by d.body, d.owner, d.kind, d.id

-- name: vanished_until
-- Records that vanished and were found to have before a time, by table.
select d.id, d.standard, d.table_code, d.record_key, d.found_at, v.local_key, s.name_zh as state
from difference d
left join version v on v.id = d.version_id
left join state s on s.name = v.state
where d.body = %(body)s and d.kind = 'vanished' and d.resolved_at is null
  and d.found_at < %(before)s and (%(table_code)s::text is null or d.table_code = %(table_code)s)
order by d.table_code, d.id

-- name: accept_differences
with taken as (
    update difference set resolved_at = %(now)s, resolution = 'accepted'
    where id = any(%(ids)s) and resolved_at is null
    returning id, body, table_code, record_key, kind
)
insert into audit (who, did, object, detail)
select %(who)s, 'accept difference', 'difference ' || id,
    jsonb_build_object('body', body, 'table', table_code, 'record', record_key, 'kind', kind,
                       'why', %(why)s::text)
from taken
returning split_part(object, ' ', 2)::bigint as id

-- name: insert_reconciliation
insert into reconciliation (body, at, seconds, counts, open_differences, errors)
values (%(body)s, %(at)s, %(seconds)s, %(counts)s::jsonb, %(open)s, %(errors)s::jsonb)

-- name: last_reconciliations
select distinct on (r.body) r.body, b.name, r.at, r.seconds, r.counts, r.open_differences, r.errors
from reconciliation r join body b on b.code = r.body
where r.body = any(%(bodies)s)
order by r.body, r.at desc

-- name: counts
select
    (select coalesce(sum(r.rows), 0) from key_range r
     where r.body = %(body)s and r.standard = %(standard)s and r.table_code = %(table_code)s
    ) as source_rows,
    count(distinct v.record_key) as records,
    count(v.id) as versions,
    count(v.id) filter (where s.bucket in ('waiting', 'held')) as not_yet,
    count(v.id) filter (where s.bucket = 'confirmed') as confirmed
from version v join state s on s.name = v.state
where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s

-- name: by_hash
-- What follows puts one whole feed beside another: each side is read once and met by its hash.
-- A plan that looks into the one side for each row of the other is good for a few rows; made when
-- few were there or nobody had counted them, it would be kept, and compare each row with each.
select set_config('enable_nestloop', 'off', true)

-- name: not_in_ledger
-- Rows that the source has and that were in the ledger when they were compared.
select distinct on (s.record_key) s.record_key, null::bigint as version_id,
    jsonb_build_object('row', s.row_key) as detail
from source_row s
where s.range_id = any(%(ranges)s) and s.missing_since is null
  and not exists (
      select from version v
      where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
        and v.record_key = s.record_key and v.content_hash = s.content_hash
  )
order by s.record_key

-- name: changed_at_source
-- Records whose newest content here stands in no row of the source, though the record does.
with standing as (
    select s.record_key, s.content_hash from source_row s
    where s.range_id = any(%(ranges)s) and s.missing_since is null
)
select n.record_key, n.id as version_id, jsonb_build_object('place', n.place) as detail
from (
    select distinct on (v.record_key) v.record_key, v.id, v.content_hash, v.place, v.pulled_at
    from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
      and v.state <> 'superseded'
    order by v.record_key, v.revision desc
) n
where n.pulled_at < %(compared_at)s
  and exists (select from standing s where s.record_key = n.record_key)
  and not exists (
      select from standing s
      where s.record_key = n.record_key and s.content_hash = n.content_hash
  )
  and not exists (
      select from difference d
      where d.body = %(body)s and d.standard = %(standard)s and d.table_code = %(table_code)s
        and d.record_key = n.record_key and d.kind = 'vanished' and d.version_id = n.id
        and (d.resolved_at is null or d.resolution = 'accepted')
  )

-- name: no_delivery
select v.record_key, v.id as version_id, jsonb_build_object('place', v.place) as detail
from version v
where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
  and v.state = 'confirmed'
  and not exists (
      select from delivery d
      where d.version_id = v.id and d.outcome = 'confirmed' and d.kind = 'insert'
  )

-- name: delivered_after
-- The versions of a feed with what was written of them upstream, in the order of records.
select v.record_key, v.revision, v.id as version_id, d.id as delivery, d.kind, d.lsh, d.outcome
from (
    select record_key, revision, id from version
    where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
      and (record_key, revision) > (%(record_key)s, %(revision)s)
    order by record_key, revision
    limit %(limit)s
) v
left join delivery d on d.version_id = v.id
    and d.outcome in ('sent', 'passed', 'confirmed', 'refused') and d.sent_at <= %(sent_before)s
order by v.record_key, v.revision, d.step

-- name: payloads
select id, payload from delivery where id = any(%(ids)s)

-- name: agreed_sums
select ours, rows, theirs::text from upstream_sum
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s

-- name: agree_sum
insert into upstream_sum (body, standard, table_code, ours, rows, theirs)
values (%(body)s, %(standard)s, %(table_code)s, %(ours)s, %(rows)s, %(theirs)s)
on conflict (body, standard, table_code, ours) do update
set rows = excluded.rows, theirs = excluded.theirs

-- name: forget_sums
delete from upstream_sum
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
  and ours = any(%(ours)s)

-- name: known_serials
select distinct lsh from delivery
where standard = %(standard)s and table_code = %(table_code)s and lsh = any(%(serials)s)

-- name: unnumbered
-- What was or may have been written and whose serial number we have not been told yet.
select d.payload from delivery d
where d.standard = %(standard)s and d.table_code = %(table_code)s and d.lsh is null
  and (d.tried or d.outcome in ('sent', 'passed', 'confirmed', 'refused'))

-- name: never_held
-- Records here of which the source had no row whenever it was compared: pulled, and gone before.
select n.record_key, n.id as version_id, jsonb_build_object('place', n.place) as detail
from (
    select distinct on (v.record_key) v.record_key, v.id, v.place, v.pulled_at, v.valid, v.state
    from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
      and v.state <> 'superseded'
    order by v.record_key, v.revision desc
) n
where n.valid and n.state <> 'withdrawn' and n.pulled_at < %(compared_at)s
  and not exists (
      select from source_row s
      where s.record_key = n.record_key and s.range_id = any(%(ranges)s)
  )
