-- What lay upstream when a range of what we sent was last found to agree: ``ours`` says what was sent
-- under which numbers, ``theirs`` is the sum of the platform's own digests of those rows.
create table upstream_sum (
    body text not null references body,
    standard text not null,
    table_code text not null,
    ours bytea not null,
    rows integer not null,
    theirs numeric not null,
    primary key (body, standard, table_code, ours)
);
grant select, insert, update, delete on upstream_sum to exchange_app;
