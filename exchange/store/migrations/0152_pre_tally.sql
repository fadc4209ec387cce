-- Counts kept while the ledger grows, so that a balance costs the same whatever is stored.

-- How many versions are in each state, per body and table; also how many were acknowledged
-- ('acknowledged', by the batches) and how many judgements passed ('passed'). Writers only append
-- changes and so never wait for each other; fold_tally() adds them up from time to time.
create table tally (
    body text not null references body,
    standard text not null,
    table_code text not null,
    what text not null,
    count bigint not null,
    primary key (body, standard, table_code, what)
);

create table tally_change (
    body text not null,
    standard text not null,
    table_code text not null,
    what text not null,
    change bigint not null
);

create view tally_now as
select body, standard, table_code, what, sum(count)::bigint as count
from (
    select body, standard, table_code, what, count from tally
    union all
    select body, standard, table_code, what, change from tally_change
) as both_parts
group by body, standard, table_code, what;

create function fold_tally() returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    folded integer;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('fold tally', 0)) then
        return 0;
    end if;
    with gone as (
        delete from tally_change returning *
    ), summed as (
        select body, standard, table_code, what, sum(change) as change, count(*) as changes
        from gone group by 1, 2, 3, 4
    ), added as (
        insert into tally (body, standard, table_code, what, count)
        select body, standard, table_code, what, change from summed
        on conflict (body, standard, table_code, what) do update
        set count = tally.count + excluded.count
    )
    select coalesce(sum(changes), 0) into folded from summed;
    return folded;
end $$;

create function tally_new_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, state, count(*) from fresh group by 1, 2, 3, 4;
    return null;
end $$;

create function tally_changed_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, what, sum(change)
    from (
        select o.body, o.standard, o.table_code, m.what, m.change
        from before o join after n using (id)
        cross join lateral (values (o.state, -1), (n.state, 1)) as m (what, change)
        where o.state <> n.state
    ) as moved
    group by 1, 2, 3, 4
    having sum(change) <> 0;
    return null;
end $$;

create function tally_gone_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, state, -count(*) from gone group by 1, 2, 3, 4;
    return null;
end $$;

create function tally_new_batches() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, 'acknowledged', sum(rows_new) from fresh
    group by 1, 2, 3
    having sum(rows_new) <> 0;
    return null;
end $$;

create function tally_new_judgements() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, 'passed', sum(passed) from fresh
    group by 1, 2, 3
    having sum(passed) <> 0;
    return null;
end $$;

create trigger version_counts after insert on version
    referencing new table as fresh
    for each statement execute function tally_new_versions();
create trigger version_counts_on after update on version
    referencing old table as before new table as after
    for each statement execute function tally_changed_versions();
create trigger version_counts_off after delete on version
    referencing old table as gone
    for each statement execute function tally_gone_versions();
create trigger batch_counts after insert on batch
    referencing new table as fresh
    for each statement execute function tally_new_batches();
create trigger judgement_counts after insert on judgement
    referencing new table as fresh
    for each statement execute function tally_new_judgements();

-- The oldest that is not accepted yet, per body, without a look at the others.
create index version_waiting on version (body, (coalesce(committed_at, pulled_at)))
    where state in ('landed', 'queued', 'sending', 'unknown', 'sent', 'dead');

-- What was held since the last look at the holds.
create index hold_since on hold (standard, since);
create table hold_look (
    standard text primary key,
    looked_at timestamptz not null
);

insert into tally (body, standard, table_code, what, count)
select body, standard, table_code, state, count(*) from version group by 1, 2, 3, 4
union all
select body, standard, table_code, 'acknowledged', sum(rows_new) from batch group by 1, 2, 3
union all
select body, standard, table_code, 'passed', sum(passed) from judgement group by 1, 2, 3;

grant select on tally, tally_change, tally_now, hold_look to exchange_app;
grant insert, update on hold_look to exchange_app;
grant execute on function fold_tally() to exchange_app;
