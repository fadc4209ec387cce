-- name: open_items
-- Items of earlier versions that the same mend would settle: the same key, or, where the key itself
-- was in doubt, the same local key. Each version asks by its keys: a county in trouble has thousands
-- of open items, and their list is not read (hence the roundabout way to say that one is open).
with open_item as not materialized (
    select id, version_id, record_key, local_key from rectification_item
    where resolved_at is null and body = %(body)s and standard = %(standard)s
      and table_code = %(table_code)s
), pushed as materialized (
    select i.id, n.version_id
    from unnest(%(versions)s::bigint[], %(record_keys)s::text[], %(local_keys)s::text[])
             as n (version_id, record_key, local_key)
    cross join lateral (
        select id, version_id from open_item where record_key = n.record_key
        union
        select id, version_id from open_item where local_key = n.local_key
    ) i
    where i.version_id <= n.version_id
)
select i.id, i.version_id, p.version_id as by_version
from pushed p join rectification_item i on i.id = p.id
where i.id = any(array(select id from pushed)) and coalesce(i.resolved_at, 'infinity') = 'infinity'
order by i.id, p.version_id
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
  and (n.resolution = 'withdrawn' or not exists (
      -- the row is mended, what its dossier lacks is not: see complete_items
      select from dossier_finding d
      where d.version_id = i.version_id and d.consequence = 'rectify' and d.closed_at is null
  ))
returning i.rectification_id

-- name: complete_items
-- Items of records whose dossiers no longer lack anything: the row in effect is confirmed upstream
-- and nothing else stands against it. Of each rule the finding that was closed last tells whether it
-- was mended or excused.
update rectification_item i
set resolved_by = e.id, resolved_at = %(now)s,
    resolution = case when exists (
        select from (
            select distinct on (d.rule) d.closed_why from dossier_finding d
            where d.version_id in (o.id, e.id, i.version_id) and d.consequence = 'rectify'
              and d.closed_at >= i.opened_at
            order by d.rule, d.closed_at desc, d.finding_id desc
        ) l
        where l.closed_why = %(excused)s
    ) then 'excused' else 'completed' end
from version o
join lateral (
    select v.id, v.state from version v
    where v.body = o.body and v.standard = o.standard and v.table_code = o.table_code
      and v.record_key = o.record_key and v.state <> 'superseded'
    order by v.id desc limit 1
) e on e.state = 'confirmed'
where o.id = any(%(versions)s)
  and i.resolved_at is null and i.body = o.body and i.standard = o.standard
  and i.table_code = o.table_code and i.record_key = o.record_key
  and not exists (
      select from dossier_finding d
      where d.version_id in (o.id, e.id, i.version_id) and d.consequence = 'rectify'
        and d.closed_at is null
  )
  and not exists (
      select from finding f
      where f.version_id = e.id and f.consequence in ('reject', 'rectify')
        and f.judgement_id = (select max(l.judgement_id) from finding l where l.version_id = e.id)
  )
returning i.rectification_id
