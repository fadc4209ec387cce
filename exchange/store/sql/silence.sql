-- name: rows_by_day
-- New rows of every feed by day of arrival, as the office counts days.
select body, standard, table_code, (landed_at at time zone %(zone)s)::date as day,
       sum(rows_new)::bigint as rows
from batch
where landed_at >= %(since)s and landed_at < %(now)s and rows_new > 0
group by 1, 2, 3, 4

-- name: silent_now
insert into silence (body, standard, table_code, since, days, usual, chance, provisional, found_at,
                     checked_at)
values (%(body)s, %(standard)s, %(table_code)s, %(since)s, %(days)s, %(usual)s, %(chance)s,
        %(provisional)s, %(now)s, %(now)s)
on conflict (body, standard, table_code) where ended_at is null do update
set days = excluded.days, chance = excluded.chance, provisional = excluded.provisional,
    checked_at = excluded.checked_at

-- name: silence_over
update silence set ended_at = %(now)s, checked_at = %(now)s
where ended_at is null and checked_at < %(now)s

-- name: silences
select s.body, b.name, s.standard, s.table_code, s.since, s.days, s.usual, s.chance, s.provisional,
       s.found_at
from silence s join body b on b.code = s.body
where s.ended_at is null
order by s.chance, s.body, s.standard, s.table_code
