-- A finding of one rule on one body that a person has excused until a day: it rides along as advice.
create table waiver (
    id bigint generated always as identity primary key,
    body text not null references body,
    rule text not null,
    reason text not null check (reason <> ''),
    signer text not null check (signer <> ''),
    from_day date not null,
    until_day date not null,
    added_at timestamptz not null,
    added_by text not null,
    revoked_at timestamptz,
    revoked_by text,
    check (from_day <= until_day),
    check ((revoked_at is null) = (revoked_by is null))
);
create index waiver_of_body on waiver (body, until_day);
grant select, insert on waiver to exchange_app;
grant update (revoked_at, revoked_by) on waiver to exchange_app;
