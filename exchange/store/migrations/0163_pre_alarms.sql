-- Alarms as they were raised and cleared: one open alarm for each kind and subject.
create table alarm (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    name text not null,
    text text not null,
    command text not null,
    seconds double precision not null,
    raised_at timestamptz not null,
    seen_at timestamptz not null,
    cleared_at timestamptz
);
create unique index alarm_open on alarm (kind, subject) where cleared_at is null;
create index alarm_raised on alarm (raised_at);
grant select, insert on alarm to exchange_app;
grant update (text, seconds, seen_at, cleared_at) on alarm to exchange_app;
