-- name: facts
-- The moves that a receipt is given for, oldest first: landing, each verdict, the acceptance above.
select v.id as version, v.body, v.standard, v.table_code, v.record_key, v.revision, v.batch_id,
       encode(v.content_hash, 'hex') as content_hash, j.kind, j.at, j.to_state,
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
