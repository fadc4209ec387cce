-- name: insert_proof
insert into ledger_proof (kind, at, seconds, facts, differences)
values (%(kind)s, %(at)s, %(seconds)s, %(facts)s::jsonb, %(differences)s::jsonb)

-- name: last_proofs
select k.kind, p.at, p.seconds, p.facts, p.differences
from unnest(%(kinds)s::text[]) as k (kind)
cross join lateral (
    select at, seconds, facts, differences from ledger_proof p
    where p.kind = k.kind order by p.at desc, p.id desc limit 1
) p
order by k.kind

-- name: first_landed
select landed_at from batch order by id limit 1
