-- name: volumes
with per_day as (
    select body, standard, table_code, (pulled_at at time zone %(zone)s)::date as day, count(*) as n
    from version
    where pulled_at >= %(history)s and pulled_at < %(end)s
    group by 1, 2, 3, 4
), before as (
    select body, standard, table_code, avg(n) as mean, coalesce(stddev_samp(n), 0) as sd
    from per_day where day < %(day)s
    group by 1, 2, 3
    having count(*) >= 5
)
select b.body, n.name as body_name, b.standard, b.table_code, coalesce(d.n, 0)::int as versions,
       b.mean::float8 as mean, b.sd::float8 as sd,
       ((coalesce(d.n, 0) - b.mean) / greatest(b.sd, sqrt(b.mean), 1))::float8 as deviation
from before b
join body n on n.code = b.body
left join per_day d on d.body = b.body and d.standard = b.standard and d.table_code = b.table_code
    and d.day = %(day)s
order by 1, 3, 4

-- name: freshness
select b.code as body, b.name as body_name, count(f.table_code)::int as tables,
       (extract(epoch from least(%(end)s::timestamptz, %(now)s) - min(least(f.pulled_at, %(end)s)))
           / 3600)::float8 as hours,
       count(f.failing_since)::int as failing, max(f.last_error) as last_error
from body b left join feed f on f.body = b.code
group by 1, 2
order by 1

-- name: uniqueness
with valid_now as (
    select standard, table_code, record_key, body, count(*) as n
    from version where state = 'confirmed' and valid
    group by 1, 2, 3, 4
), by_key as (
    select standard, table_code, record_key, sum(n) as n, count(*) as bodies, max(n) as most
    from valid_now group by 1, 2, 3
)
select standard, table_code, sum(n)::int as records,
       count(*) filter (where most > 1)::int as doubled,
       count(*) filter (where bodies > 1)::int as shared
from by_key
group by 1, 2
order by 1, 2

-- name: coverage
with pair as (
    select * from unnest(%(parents)s::text[], %(children)s::text[], %(fields)s::text[])
        as p (parent, child, field)
), readable as (
    -- a text that PostgreSQL cannot read a cell of holds the character NUL somewhere
    select body, standard, table_code, raw from version
    where state = 'confirmed' and valid and table_code in (
        select parent from pair union select child from pair)
      and position('\u0000' in raw::text) = 0
), below as (
    select distinct p.parent, p.child, r.body, r.standard, r.raw ->> p.field as value
    from pair p join readable r on r.table_code = p.child
), above as (
    select p.parent, p.child, r.body, r.standard, r.raw ->> p.field as value
    from pair p join readable r on r.table_code = p.parent
)
select a.body, n.name as body_name, a.standard, a.parent, a.child, count(*)::int as records,
       count(b.value)::int as covered, (count(b.value)::float8 / count(*)) as share
from above a
join body n on n.code = a.body
left join below b using (parent, child, body, standard, value)
group by 1, 2, 3, 4, 5
having count(*) >= 20
order by 1, 3, 4, 5

-- name: drift
with watched as (
    select * from unnest(%(tables)s::text[], %(watched)s::text[]) as w (table_code, field)
), counted as (
    select v.body, v.standard, v.table_code, w.field, coalesce(v.raw ->> w.field, '') as value,
           count(*) filter (where v.pulled_at >= %(start)s) as n,
           count(*) filter (where v.pulled_at < %(start)s) as h
    from version v join watched w using (table_code)
    where v.pulled_at >= %(history)s and v.pulled_at < %(end)s and v.valid
      and v.state <> 'returned' and position('\u0000' in v.raw::text) = 0
    group by 1, 2, 3, 4, 5
), shares as (
    select body, standard, table_code, field, sum(n) over w as records, sum(h) over w as before,
           (n + 0.5) / (sum(n) over w + 0.5 * count(*) over w) as p,
           (h + 0.5) / (sum(h) over w + 0.5 * count(*) over w) as q
    from counted
    window w as (partition by body, standard, table_code, field)
)
select s.body, b.name as body_name, s.standard, s.table_code, s.field,
       s.records::int as records, s.before::int as before,
       sum((s.p - s.q) * ln(s.p / s.q))::float8 as psi
from shares s join body b on b.code = s.body
where s.records >= 30 and s.before >= 100
group by 1, 2, 3, 4, 5, 6, 7
order by 1, 3, 4, 5
