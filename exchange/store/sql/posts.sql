-- name: take
insert into post (name, holder, taken_at)
values (%(name)s, %(holder)s, clock_timestamp())
on conflict (name) do update set holder = excluded.holder, taken_at = excluded.taken_at

-- name: newer
select holder from post where name = %(name)s and holder <> %(holder)s
