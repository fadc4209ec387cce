-- One reconciliation of one body: source, ledger and upstream against each other.
create table reconciliation (
    id bigint generated always as identity primary key,
    body text not null references body,
    at timestamptz not null,
    seconds double precision not null,
    counts jsonb not null,
    open_differences integer not null,
    errors jsonb
);
create index reconciliation_of_body on reconciliation (body, at);
create index delivery_lsh on delivery (lsh) where lsh is not null;

grant select, insert on reconciliation to exchange_app;
