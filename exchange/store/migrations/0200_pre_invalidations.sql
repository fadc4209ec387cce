-- An invalidation that is upstream while its new row stayed behind is asked for by itself.
alter table delivery add column next_ask_at timestamptz;
update delivery set next_ask_at = clock_timestamp()
where kind = 'invalidate' and outcome in ('sent', 'passed');
create index delivery_to_ask on delivery (standard, next_ask_at) where next_ask_at is not null;
create index version_stuck on version (body, id)
    where state in ('returned', 'held', 'dead') and revision > 1;
grant update (next_ask_at) on delivery to exchange_app;
