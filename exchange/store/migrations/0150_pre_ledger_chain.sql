-- The chain over the ledger: which transaction wrote each row, blocks of sealed rows, and the days
-- that were anchored outside.
--
-- What is there already is given small transaction numbers, some thousand rows to each, so that the
-- first blocks stay small.

-- The number of the writing transaction. In a store that was restored into another server, whose
-- numbers begin again, continue_chain() lifts the base, so that what is new stays above what is old.
create function written_base() returns bigint
language sql stable parallel safe as $$ select 0::bigint $$;

create function written_now() returns bigint
language sql volatile parallel restricted as $$
    select written_base() + pg_current_xact_id()::text::bigint
$$;

-- Below this number no transaction runs any more and none will ever run.
create function written_fence() returns bigint
language sql stable parallel restricted as $$
    select written_base() + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$;

alter table batch add column written_in bigint;
update batch set written_in = 1 + id / 4096;
alter table batch alter column written_in set default written_now(),
    alter column written_in set not null;
create index batch_written_in on batch (written_in);

alter table rejection add column written_in bigint;
update rejection set written_in = 1 + id / 4096;
alter table rejection alter column written_in set default written_now(),
    alter column written_in set not null;
create index rejection_written_in on rejection (written_in);

alter table journey add column written_in bigint;
update journey set written_in = 1 + id / 4096;
alter table journey alter column written_in set default written_now(),
    alter column written_in set not null;
create index journey_written_in on journey (written_in);

alter table judgement add column written_in bigint;
update judgement set written_in = 1 + id / 4096;
alter table judgement alter column written_in set default written_now(),
    alter column written_in set not null;
create index judgement_written_in on judgement (written_in);

alter table finding add column written_in bigint;
update finding set written_in = 1 + id / 4096;
alter table finding alter column written_in set default written_now(),
    alter column written_in set not null;
create index finding_written_in on finding (written_in);

alter table delivery add column written_in bigint;
update delivery set written_in = 1 + id / 4096;
alter table delivery alter column written_in set default written_now(),
    alter column written_in set not null;
create index delivery_written_in on delivery (written_in);

alter table notice add column written_in bigint, add column delivered_in bigint;
update notice set written_in = 1 + id / 4096,
    delivered_in = case when delivered_at is not null then 1 + id / 4096 end;
alter table notice alter column written_in set default written_now(),
    alter column written_in set not null;
create index notice_written_in on notice (written_in);
create index notice_delivered_in on notice (delivered_in) where delivered_in is not null;

alter table circular add column written_in bigint, add column signed_in bigint;
update circular set written_in = 1 + id / 4096,
    signed_in = case when signed_at is not null then 1 + id / 4096 end;
alter table circular alter column written_in set default written_now(),
    alter column written_in set not null;
create index circular_written_in on circular (written_in);
create index circular_signed_in on circular (signed_in) where signed_in is not null;

alter table audit add column written_in bigint;
update audit set written_in = 1 + id / 4096;
alter table audit alter column written_in set default written_now(),
    alter column written_in set not null;
create index audit_written_in on audit (written_in);

-- The proof of a notice's delivery and the signature under a circular come later than the row, and
-- once: from then on they are sealed too.
create function seal_delivered_notice() returns trigger
language plpgsql as $$
begin
    if old.delivered_at is not null then
        raise exception 'notice % was delivered; its proof stays', old.number
            using errcode = 'check_violation';
    end if;
    if new.delivered_at is not null then
        new.delivered_in := written_now();
    end if;
    return new;
end $$;

create trigger notice_is_delivered before update on notice
    for each row execute function seal_delivered_notice();

create function seal_signed_circular() returns trigger
language plpgsql as $$
begin
    if old.signed_at is not null then
        raise exception 'circular % was signed; it stays as it is', old.id
            using errcode = 'check_violation';
    end if;
    if new.signed_at is not null then
        new.signed_in := written_now();
    end if;
    return new;
end $$;

create trigger circular_is_signed before update on circular
    for each row execute function seal_signed_circular();

-- A block seals all rows that the transactions from low (included) to high (excluded) wrote. None of
-- them runs any more when it is written, so the block is complete without locking any writer.
create table ledger_block (
    number bigint primary key check (number > 0),
    sealed_at timestamptz not null,
    low bigint not null,
    high bigint not null check (high > low),
    rows bigint not null check (rows > 0),
    previous bytea not null check (length(previous) = 32),
    hash bytea not null unique check (length(hash) = 32)
);
create index ledger_block_sealed_at on ledger_block (sealed_at);

-- What a block has of one kind of rows: their keys in order, the first eight bytes of each row's
-- hash, to name a row that was changed, and the hash over all their hashes.
create table ledger_part (
    block bigint not null references ledger_block deferrable initially deferred,
    kind text not null,
    rows integer not null check (rows > 0),
    keys bigint[] not null,
    marks bytea not null,
    hash bytea not null check (length(hash) = 32),
    primary key (block, kind)
);

-- The ends of days that were written into anchor files and left the house.
create table ledger_anchor (
    day date primary key,
    block bigint not null,
    hash bytea not null,
    issued_at timestamptz not null,
    content text not null
);

create function continue_chain() returns bigint
language plpgsql as $$
declare
    behind bigint := (select max(high) from ledger_block) - written_fence();
begin
    if behind > 0 then
        execute format(
            'create or replace function written_base() returns bigint'
            ' language sql stable parallel safe as $base$ select %s::bigint $base$',
            written_base() + behind);
    end if;
    return greatest(behind, 0);
end $$;

grant select, insert on ledger_block, ledger_part, ledger_anchor to exchange_app;
