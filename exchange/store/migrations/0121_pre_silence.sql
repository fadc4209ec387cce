-- What is usual of a body is read from its batches by day.
create index batch_landed_at on batch using brin (landed_at);

-- A body that normally reports a table and went quiet: one row per silence, ended when rows come.
create table silence (
    id bigint generated always as identity primary key,
    body text not null references body,
    standard text not null,
    table_code text not null,
    since date not null,
    days integer not null,
    usual double precision not null,
    chance double precision not null,
    provisional boolean not null,
    found_at timestamptz not null,
    checked_at timestamptz not null,
    ended_at timestamptz
);
create unique index silence_open on silence (body, standard, table_code) where ended_at is null;
grant select, insert on silence to exchange_app;
grant update (days, chance, provisional, checked_at, ended_at) on silence to exchange_app;
