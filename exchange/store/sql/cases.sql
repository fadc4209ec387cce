-- name: open_items
-- Items of earlier versions that the same mend would settle: the same key, or, where the key itself
-- was in doubt, the same local key.
select i.id, i.version_id, n.version_id as by_version
from unnest(%(versions)s::bigint[], %(record_keys)s::text[], %(local_keys)s::text[])
         as n (version_id, record_key, local_key)
join rectification_item i
  on i.resolved_at is null
 and i.body = %(body)s and i.standard = %(standard)s and i.table_code = %(table_code)s
 and (i.record_key = n.record_key or i.local_key = n.local_key)
 and i.version_id <= n.version_id
order by i.id, n.version_id
for no key update of i

-- name: collecting_case
insert into rectification (body, state, opened_at, collect_until)
values (%(body)s, 'collecting', %(now)s, %(collect_until)s)
on conflict (body) where state = 'collecting' do update set body = excluded.body
returning id

-- name: add_item
insert into rectification_item (rectification_id, body, standard, table_code, record_key, local_key,
                                version_id, opened_at)
values (%(case)s, %(body)s, %(standard)s, %(table_code)s, %(record_key)s, %(local_key)s,
        %(version)s, %(now)s)
on conflict (body, standard, table_code, record_key) where resolved_at is null
do update set version_id = greatest(excluded.version_id, rectification_item.version_id),
              pushes = rectification_item.pushes
                  + (excluded.version_id > rectification_item.version_id)::int

-- name: pushed_again
update rectification_item
set version_id = %(version)s, pushes = pushes + 1
where id = %(item)s and version_id < %(version)s

-- name: resolve_items
update rectification_item i
set resolved_by = n.version_id, resolved_at = %(now)s, resolution = n.resolution
from unnest(%(versions)s::bigint[], %(bodies)s::text[], %(standards)s::text[],
            %(tables)s::text[], %(record_keys)s::text[], %(local_keys)s::text[],
            %(resolutions)s::text[])
         as n (version_id, body, standard, table_code, record_key, local_key, resolution)
where i.resolved_at is null
  and i.body = n.body and i.standard = n.standard and i.table_code = n.table_code
  and (i.record_key = n.record_key or i.local_key = n.local_key)
  and i.version_id < n.version_id
returning i.rectification_id
