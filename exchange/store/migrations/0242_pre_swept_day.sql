-- A day's comparing beside what the pull itself brought on that day: from both comes the miss rate.
create view swept_day as
select d.*, (
        select coalesce(sum(b.rows_new), 0) from batch b
        where b.body = d.body and b.standard = d.standard and b.table_code = d.table_code
          and b.origin <> 'sweep'
          and b.landed_at >= d.day::timestamp at time zone 'Asia/Shanghai'
          and b.landed_at < (d.day + 1)::timestamp at time zone 'Asia/Shanghai'
    )::bigint as pulled
from sweep_day d;
grant select on swept_day to exchange_app;
