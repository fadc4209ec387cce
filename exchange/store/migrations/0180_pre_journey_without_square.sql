-- Thousands of versions moved by one statement cost a time that grew with their square.

create or replace function journey_of_changed_versions() returns trigger
-- The plan is made at the first call, mostly for one row, and kept: without this it compares each
-- row with each when thousands move at once.
language plpgsql security definer set search_path = public, pg_temp set enable_nestloop = off as $$
declare
    wrong record;
begin
    select o.id, o.state as from_state, n.state as to_state into wrong
    from before o join after n using (id)
    where o.state <> n.state
      and not exists (
          select from transition t where t.from_state = o.state and t.to_state = n.state
      )
    limit 1;
    if found then
        raise exception 'version % may not go from % to %', wrong.id, wrong.from_state,
            wrong.to_state using errcode = 'check_violation';
    end if;
    insert into journey (version_id, from_state, to_state, by, why)
    select n.id, o.state, n.state,
           coalesce(nullif(current_setting('exchange.by', true), ''), current_user),
           n.state_reason
    from before o join after n using (id)
    where o.state <> n.state
    order by n.id;
    return null;
end $$;

create or replace function tally_changed_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, what, sum(change)
    from (
        select body, standard, table_code, state as what, -1 as change from before
        union all
        select body, standard, table_code, state, 1 from after
    ) as moved
    group by 1, 2, 3, 4
    having sum(change) <> 0;
    return null;
end $$;
