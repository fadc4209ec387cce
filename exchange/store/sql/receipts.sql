-- name: facts
-- The moves that a receipt is given for, oldest first: landing, each verdict, the acceptance above.
select v.id as version, v.body, v.standard, v.table_code, v.record_key, v.revision, v.batch_id,
       encode(v.content_hash, 'hex') as content_hash, j.kind, j.id as move, j.at, j.to_state,
       row_number() over (partition by v.id, j.kind order by j.id) as turn,
       case when j.kind = 'judged' and j.to_state = 'returned' then array(
           select distinct f.rule from finding f
           where f.version_id = v.id and f.consequence = 'reject' and f.at <= j.at order by 1
       ) end as rules,
       case when j.kind = 'confirmed' then (
           select d.lsh from delivery d where d.version_id = v.id order by d.step desc limit 1
       ) end as lsh
from version v
join batch a on a.id = v.batch_id
join lateral (
    select m.id, m.at, m.to_state,
        case when m.from_state is null then 'landed'
             when m.to_state = 'confirmed' then 'confirmed'
             when m.from_state in ('landed', 'held') and m.to_state in ('queued', 'returned')
             then 'judged' end as kind
    from journey m
    where m.version_id = v.id and m.at >= a.landed_at - interval '1 day'
) j on j.kind is not null
where v.id = any(%(versions)s)
order by v.id, j.id

-- name: issued
select number, kind, version_id, content, signature, issued_at from receipt
where version_id = any(%(versions)s)

-- name: issue
insert into receipt (number, kind, version_id, content, signature)
values (%(number)s, %(kind)s, %(version)s, %(content)s, %(signature)s::jsonb)
on conflict (number) do nothing

-- name: of_request
select content, signature from receipt where batch_id = %(batch)s

-- name: issue_request
insert into receipt (number, kind, batch_id, content, signature)
values (%(number)s, 'request', %(batch)s, %(content)s, %(signature)s::jsonb)

-- name: version_of_body
select id from version where id = %(version)s and body = %(body)s

-- name: versions_of_contents
-- The version that holds each content: of this batch, else the last one that landed before it.
select w.id, w.batch_id
from unnest(%(record_keys)s::text[], %(hashes)s::bytea[]) with ordinality
     as n (record_key, content_hash, n)
join lateral (
    select v.id, v.batch_id from version v
    where v.body = %(body)s and v.standard = %(standard)s and v.table_code = %(table_code)s
      and v.record_key = n.record_key and v.content_hash = n.content_hash
      and v.batch_id <= %(batch)s
    order by v.id desc limit 1
) w on true
order by n.n

-- name: one_hand_out
select pg_try_advisory_xact_lock(hashtextextended('receipt files', 0)) as mine

-- name: blocks_to_hand_out
-- What was sealed after the last day that was handed out and before the end of this one.
select min(number) as first, max(number) as last, min(low) as low, max(high) as high
from ledger_block
where number > coalesce((select max(last_block) from receipt_day), 0) and sealed_at < %(ends)s

-- name: moves_of_blocks
-- The moves that a receipt is given for, by body.
select v.body, m.id as move, m.version_id as version
from journey m join version v on v.id = m.version_id
where m.written_in >= %(low)s and m.written_in < %(high)s
  and (m.from_state is null or m.to_state = 'confirmed'
       or (m.from_state in ('landed', 'held') and m.to_state in ('queued', 'returned')))
order by v.body, m.id

-- name: insert_receipt_day
insert into receipt_day (last_block, day, receipts, made_at)
values (%(last)s, %(day)s, %(receipts)s, %(now)s)

-- name: insert_receipt_file
insert into receipt_file (body, last_block, part, name, receipts, sha256, bytes)
values (%(body)s, %(last)s, %(part)s, %(name)s, %(receipts)s, %(sha256)s, %(bytes)s)

-- name: undelivered_file
select id, body, name, sha256 from receipt_file
where delivered_at is null and id <> all(%(passed_over)s)
order by id limit 1
for no key update skip locked

-- name: file_delivered
update receipt_file set delivered_at = %(now)s, proof = %(proof)s::jsonb, last_error = null
where id = %(id)s

-- name: file_not_delivered
update receipt_file set last_error = %(error)s where id = %(id)s
