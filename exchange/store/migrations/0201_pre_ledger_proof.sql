-- What the nightly proofs of the ledger came to.
create table ledger_proof (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('chain', 'balance')),
    at timestamptz not null,
    seconds double precision not null,
    facts jsonb not null,
    differences jsonb not null check (jsonb_typeof(differences) = 'array')
);
create index ledger_proof_of_kind on ledger_proof (kind, at);
grant select, insert on ledger_proof to exchange_app;
