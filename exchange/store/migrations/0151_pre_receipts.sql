-- Receipts as they were issued first: the same for ever for the same content.
create table receipt (
    number text primary key,
    kind text not null check (kind in ('request', 'landed', 'judged', 'confirmed')),
    batch_id bigint references batch,
    version_id bigint references version,
    content text not null,
    signature jsonb not null,
    issued_at timestamptz not null default clock_timestamp(),
    written_in bigint not null default written_now(),
    id bigint generated always as identity unique,
    check ((kind = 'request') = (version_id is null)),
    check ((kind = 'request') = (batch_id is not null))
);
create index receipt_of_version on receipt (version_id) where version_id is not null;
create index receipt_written_in on receipt (written_in);

-- Where in the chain a row is.
create index ledger_block_high on ledger_block (high);

grant select, insert on receipt to exchange_app;
