-- The journey by months: the one table that only grows, several rows for each version. Its months
-- can be read, kept and moved apart by the owner; what is asked about a time touches its months only.

create table journey_undivided as select * from journey;
drop table journey;

create sequence journey_id_seq;
create table journey (
    id bigint not null default nextval('journey_id_seq'),
    version_id bigint not null,
    at timestamptz not null default clock_timestamp(),
    from_state text,
    to_state text not null,
    by text not null,
    why text not null,
    written_in bigint not null default written_now(),
    primary key (id, at)
) partition by range (at);
alter sequence journey_id_seq owned by journey.id;
create index journey_written_in on journey (written_in);
create index journey_of_version on journey (version_id, id);
create index journey_at on journey using brin (at);

-- What no month takes, so that landing never fails for want of one.
create table journey_other partition of journey default;

create function make_months(first date, last date) returns integer
language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '2s' set timezone = 'UTC' as $$
declare
    month date;
    name text;
    made integer := 0;
begin
    for month in
        select generate_series(date_trunc('month', first), date_trunc('month', last), '1 month')
    loop
        name := 'journey_' || to_char(month, 'YYYY_MM');
        continue when to_regclass(name) is not null;
        execute format(
            'create table %I (like journey including defaults including constraints)', name);
        execute format(
            'with moved as (delete from journey_other where at >= %L and at < %L returning *)'
            ' insert into %I select * from moved', month, month + interval '1 month', name);
        execute format(
            'alter table journey attach partition %I for values from (%L) to (%L)',
            name, month, month + interval '1 month');
        made := made + 1;
    end loop;
    return made;
end $$;

select make_months(min(at)::date, max(at)::date) from journey_undivided having count(*) > 0;
insert into journey (id, version_id, at, from_state, to_state, by, why, written_in)
select id, version_id, at, from_state, to_state, by, why, written_in from journey_undivided;
select setval('journey_id_seq', coalesce((select max(id) from journey_undivided), 0) + 1, false);
drop table journey_undivided;

grant select on journey, journey_other to exchange_app;
