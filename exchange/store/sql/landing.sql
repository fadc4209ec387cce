-- name: lock_feed
select pg_advisory_xact_lock(hashtextextended(
    concat_ws('/', 'feed', %(body)s::text, %(standard)s::text, %(table_code)s::text), 0))

-- name: lock_and_register_feed
insert into feed (body, standard, table_code)
select %(body)s, %(standard)s, %(table_code)s
from (
    select pg_advisory_xact_lock(hashtextextended(
        concat_ws('/', 'feed', %(body)s::text, %(standard)s::text, %(table_code)s::text), 0))
) locked
on conflict do nothing

-- name: advance_feed
-- A mark moves only from where the page began.
update feed
set mark = %(mark)s::jsonb,
    clock_offset_s = coalesce(%(clock_offset_s)s, clock_offset_s),
    landed_at = clock_timestamp()
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
  and mark is not distinct from %(began_at)s::jsonb

-- name: feed_marks
select table_code, mark from feed where body = %(body)s and standard = %(standard)s

-- name: feeds_pulled
insert into feed (body, standard, table_code, pulled_at)
select %(body)s, %(standard)s, table_code, clock_timestamp()
from unnest(%(table_codes)s::text[]) as n (table_code)
where not exists (  -- quiet tables are not written at each look; some seconds do not matter
    select from feed f
    where f.body = %(body)s and f.standard = %(standard)s and f.table_code = n.table_code
      and f.failing_since is null and f.pulled_at > clock_timestamp() - interval '5 seconds'
)
on conflict (body, standard, table_code) do update
set pulled_at = excluded.pulled_at, failing_since = null, last_error = null

-- name: feeds_failed
insert into feed (body, standard, table_code, failing_since, last_error)
select %(body)s, %(standard)s, table_code, statement_timestamp(), %(error)s
from unnest(%(table_codes)s::text[]) as n (table_code)
on conflict (body, standard, table_code) do update
set failing_since = coalesce(feed.failing_since, excluded.failing_since),
    last_error = excluded.last_error

-- name: failing_feeds
select body, standard, table_code from feed where failing_since is not null
order by body, standard, table_code

-- name: feed_left
update feed set failing_since = null, last_error = null
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s

-- name: batch_of_request
select id, detail, rows_new, rows_replayed, landed_at from batch
where body = %(body)s and request_key = %(request_key)s

-- name: known_versions
select record_key, content_hash, source_serial, committed_at
from version
where body = %(body)s and standard = %(standard)s and table_code = %(table_code)s
  and record_key = any(%(record_keys)s)
order by record_key, revision

-- name: insert_batch
-- With the numbers of its new versions.
with kept as (
    insert into batch (body, standard, table_code, origin, detail, request_key, source_clock,
                       clock_offset_s, mark_before, mark_after, rows_read, rows_new, rows_replayed,
                       content_hash)
    values (%(body)s, %(standard)s, %(table_code)s, %(origin)s, %(detail)s, %(request_key)s,
            %(source_clock)s, %(clock_offset_s)s, %(mark_before)s::jsonb, %(mark_after)s::jsonb,
            %(rows_read)s, %(rows_new)s, %(rows_replayed)s, %(content_hash)s)
    returning id
)
select id, array(
    select nextval('version_id_seq') from generate_series(1, %(rows_new)s) order by 1
) as versions
from kept

-- name: copy_versions
copy version (id, body, standard, table_code, table_order, record_key, revision, local_key,
              content_hash, source_serial, valid, batch_id, place, raw, defects, state, state_reason, judge_after,
              occurred_at, committed_at, pulled_at)
from stdin

-- name: copy_anchors
copy anchor (version_id, standard, table_code, fields, field_values) from stdin

-- name: overtake_late_versions
update version
set state = 'superseded', state_at = clock_timestamp(), judge_after = null,
    state_reason = '到达时已有更新的版本，不再上报'
where id = any(%(ids)s)

-- name: insert_rejection
insert into rejection (body, standard, table_code, origin, detail, message)
values (%(body)s, %(standard)s, %(table_code)s, %(origin)s, %(detail)s, %(message)s)

-- name: known_rejection
select id from rejection
where body = %(body)s and origin = %(origin)s and detail is not distinct from %(detail)s
  and message = %(message)s and at > clock_timestamp() - interval '1 hour'
limit 1

-- name: register_body
insert into body (code, name, divisions, connector)
values (%(code)s, %(name)s, %(divisions)s, %(connector)s)
on conflict (code) do update
set name = excluded.name, divisions = excluded.divisions, connector = excluded.connector
where (body.name, body.divisions, body.connector)
      is distinct from (excluded.name, excluded.divisions, excluded.connector)

-- name: insert_self_check
insert into self_check (batch_id, code, recognised)
values (%(batch)s, %(code)s, %(recognised)s)

-- name: last_landed
select body, max(landed_at) as landed_at from feed where body = any(%(bodies)s) group by 1
