-- name: register_ranges
-- One range for the whole of each table that has been pulled and has none yet.
insert into key_range (body, standard, table_code)
select f.body, f.standard, f.table_code
from feed f
where f.body = %(body)s and f.standard = %(standard)s and f.table_code = any(%(table_codes)s)
  and f.pulled_at is not null
  and not exists (
      select from key_range r
      where r.body = f.body and r.standard = f.standard and r.table_code = f.table_code
  )
on conflict do nothing

-- name: range_due
-- The range that has waited longest, and up to when the pull has read its table.
select r.id, r.table_code, r.after_key, r.upto_key, r.rows, r.digest::text, r.compared_at,
    f.pulled_at + make_interval(secs => coalesce(f.clock_offset_s, 0)) as pulled_to
from key_range r join feed f using (body, standard, table_code)
where r.body = %(body)s and r.standard = %(standard)s and r.table_code = any(%(table_codes)s)
  and f.pulled_at is not null
  and (r.compared_at is null or r.compared_at < %(before)s)
order by r.compared_at nulls first, r.id
limit 1

-- name: held_rows
select row_key, digest from source_row where range_id = %(range)s and missing_since is null

-- name: known_contents
-- Which of these contents of records the ledger has.
select n.number
from unnest(%(record_keys)s::text[], %(hashes)s::bytea[]) with ordinality
         as n (record_key, content_hash, number)
where exists (
    select from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
      and v.record_key = n.record_key and v.content_hash = n.content_hash
)

-- name: hold_rows
insert into source_row (range_id, row_key, digest, record_key, content_hash)
select %(range)s, n.row_key, n.digest, n.record_key, n.content_hash
from unnest(%(row_keys)s::text[], %(digests)s::bigint[], %(record_keys)s::text[],
            %(hashes)s::bytea[]) as n (row_key, digest, record_key, content_hash)
on conflict (range_id, row_key) do update
set digest = excluded.digest, record_key = excluded.record_key,
    content_hash = excluded.content_hash, missing_since = null

-- name: miss_rows
update source_row set missing_since = %(now)s
where range_id = %(range)s and row_key = any(%(row_keys)s) and missing_since is null

-- name: cut_range
-- What lies beyond the key becomes a range of its own.
insert into key_range (body, standard, table_code, after_key, upto_key)
select body, standard, table_code, %(cut)s::jsonb, upto_key from key_range where id = %(range)s
returning id

-- name: move_rows
update source_row set range_id = %(beyond)s
where range_id = %(range)s and row_key <> all(%(row_keys)s)

-- name: lock_range
select id from key_range
where id = %(range)s and compared_at is not distinct from %(seen)s
for no key update

-- name: close_range
update key_range r
set rows = h.rows, digest = h.digest, compared_at = %(now)s,
    upto_key = coalesce(%(cut)s::jsonb, r.upto_key)
from (
    select count(*) as rows, coalesce(sum(digest), 0) as digest
    from source_row where range_id = %(range)s and missing_since is null
) h
where r.id = %(range)s

-- name: count_sweep
insert into sweep_day (body, standard, table_code, day, ranges, rows_compared, rows_differing,
                       missed, missed_at, seconds)
values (%(body)s, %(standard)s, %(table_code)s, %(day)s, 1, %(rows)s, %(differing)s, %(missed)s,
        case when %(missed)s > 0 then %(now)s::timestamptz end, %(seconds)s)
on conflict (body, standard, table_code, day) do update
set ranges = sweep_day.ranges + 1,
    rows_compared = sweep_day.rows_compared + excluded.rows_compared,
    rows_differing = sweep_day.rows_differing + excluded.rows_differing,
    missed = sweep_day.missed + excluded.missed,
    missed_at = coalesce(excluded.missed_at, sweep_day.missed_at),
    seconds = sweep_day.seconds + excluded.seconds

-- name: ranges_of
-- The ranges of a table, by which its held rows are found without a join, and since when the whole
-- of it is compared: null while a part of it never was.
select coalesce(array_agg(id), '{}') as ranges,
    case when count(*) = count(compared_at) then min(compared_at) end as compared_at
from key_range
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s

-- name: find_vanished
-- Rows gone from the source whose content is the record's newest here, and stands there in no other
-- row, once the whole table was compared since they went. A withdrawn record may go.
with gone as (
    select s.record_key, s.content_hash, min(s.row_key) as row_key,
        min(s.missing_since) as missing_since
    from source_row s
    where s.range_id = any(%(ranges)s) and s.missing_since <= %(compared_at)s
    group by 1, 2
), newest as (
    select distinct on (v.record_key) v.record_key, v.id, v.content_hash, v.valid, v.state
    from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
      and v.record_key in (select record_key from gone) and v.state <> 'superseded'
    order by v.record_key, v.revision desc
), found as (
    insert into difference (body, standard, table_code, record_key, kind, owner, version_id,
                            detail, found_at, seen_at)
    select %(body)s, %(standard)s, %(table_code)s, g.record_key, 'vanished', 'county', n.id,
        jsonb_build_object('row', g.row_key, 'missing_since', g.missing_since), %(now)s, %(now)s
    from gone g join newest n using (record_key, content_hash)
    where n.valid and n.state <> 'withdrawn'
      and not exists (
          select from source_row l
          where l.range_id = any(%(ranges)s) and l.missing_since is null
            and l.record_key = g.record_key and l.content_hash = g.content_hash
      )
      and not exists (
          select from difference d
          where d.body = %(body)s and d.standard = %(standard)s and d.table_code = %(table_code)s
            and d.record_key = n.record_key and d.kind = 'vanished' and d.version_id = n.id
            and d.resolution = 'accepted'
      )
    on conflict (body, standard, table_code, record_key, kind) where resolved_at is null
    do nothing
    returning 1
), counted as (
    update sweep_day set vanished = vanished + (select count(*) from found)
    where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
      and day = %(day)s
)
select count(*) as found from found

-- name: resolve_vanished
-- The record is at the source again, or something newer took its place.
update difference d
set resolved_at = %(now)s,
    resolution = case when l.record_key is null then 'superseded' else 'returned' end
from version v
left join lateral (
    select s.record_key from source_row s
    where s.range_id = any(%(ranges)s) and s.missing_since is null
      and s.record_key = v.record_key and s.content_hash = v.content_hash
    limit 1
) l on true
where d.version_id = v.id and d.kind = 'vanished' and d.resolved_at is null
  and d.body = %(body)s and d.standard = %(standard)s and d.table_code = %(table_code)s
  and (l.record_key is not null or v.state in ('superseded', 'withdrawn'))

-- name: misses
select body, standard, table_code, day, ranges, rows_compared, rows_differing, missed, vanished,
    round(seconds::numeric, 2)::float8 as seconds, pulled,
    case when missed = 0 then 0
         else round(missed::numeric / (missed + pulled), 6)::float8
    end as miss_rate
from swept_day
where body = any(%(bodies)s) and day >= %(since)s
order by day desc, missed desc, body, standard, table_code

-- name: missed_lately
-- Versions that landed only because the sweep found them, and their share of all that came that day.
select d.body, b.name, sum(d.missed)::bigint as missed, max(d.missed_at) as at,
    (sum(d.missed) / (sum(d.missed) + sum(d.pulled)))::float8 as miss_rate,
    string_agg(distinct d.table_code, '、' order by d.table_code) as tables
from swept_day d join body b on b.code = d.body
where d.missed_at >= %(since)s
group by 1, 2 order by 1

-- name: vanished_now
select d.body, b.name, count(*) as records, min(d.found_at) as since
from difference d join body b on b.code = d.body
where d.resolved_at is null and d.kind = 'vanished'
group by 1, 2 order by 1

-- name: name_gone
-- Rows that the source said it deleted: where one of them was the newest of its record here, and no
-- row of the same page took its place, the record has vanished.
with gone as (
    select * from unnest(%(row_keys)s::text[], %(places)s::text[], %(local_keys)s::text[])
        as g (row_key, place, local_key)
), held as (
    update source_row s
    set missing_since = %(now)s
    from key_range r, gone g
    where r.id = s.range_id and r.body = %(body)s and r.standard = %(standard)s
      and r.table_code = %(table_code)s and s.row_key = g.row_key and s.missing_since is null
    returning s.record_key, s.content_hash, s.row_key
), named as (
    select v.id, g.row_key
    from gone g
    join version v on v.body = %(body)s and v.standard = %(standard)s
        and v.table_code = %(table_code)s and v.local_key = g.local_key and v.place = g.place
    union
    select v.id, h.row_key
    from held h
    join version v on v.body = %(body)s and v.standard = %(standard)s
        and v.table_code = %(table_code)s and v.record_key = h.record_key
        and v.content_hash = h.content_hash
)
insert into difference (body, standard, table_code, record_key, kind, owner, version_id, detail,
                        found_at, seen_at)
select %(body)s, %(standard)s, %(table_code)s, v.record_key, 'vanished', 'county', v.id,
    jsonb_build_object('row', g.row_key, 'missing_since', %(now)s::timestamptz), %(now)s, %(now)s
from named g join version v on v.id = g.id
where v.valid and v.state not in ('superseded', 'withdrawn')
  and v.record_key <> all(%(kept)s)
  and not exists (
      select from version n
      where n.body = v.body and n.standard = v.standard and n.table_code = v.table_code
        and n.record_key = v.record_key and n.revision > v.revision and n.state <> 'superseded'
  )
on conflict (body, standard, table_code, record_key, kind) where resolved_at is null do nothing
