-- name: blind_spots
-- What we passed and they refused, by text: numbers in it are taken for the same, examples kept.
select s.shape, count(*) as refusals, count(distinct s.body) as bodies, min(s.at) as first_at,
    max(s.at) as last_at, (array_agg(s.reason order by s.id desc))[1] as example,
    (array_agg(s.version_id order by s.id desc))[1:%(examples)s] as versions,
    array_agg(distinct s.table_code) as tables
from (
    select b.id, b.at, b.reason, b.version_id, v.body, v.table_code,
        regexp_replace(b.reason, '[0-9]+', '#', 'g') as shape
    from blind_spot b join version v on v.id = b.version_id
    where b.at >= %(since)s
) s
group by s.shape
order by refusals desc, s.shape
limit %(limit)s
