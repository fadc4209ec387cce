-- Comparing the sources' tables with what we hold, range by range.

-- A stretch of rows of a source table in the order of its key, and what we hold of it: how many
-- rows and the sum of their digests. Bounds are keys as JSON arrays, null is no bound.
create table key_range (
    id bigint generated always as identity primary key,
    body text not null references body,
    standard text not null,
    table_code text not null,
    after_key jsonb,
    upto_key jsonb,
    rows bigint not null default 0,
    digest numeric not null default 0,
    compared_at timestamptz
);
create index key_range_of_feed on key_range (body, standard, table_code);
create unique index key_range_first on key_range (body, standard, table_code)
    where after_key is null;

-- The rows of a source as last compared, each known to be in the ledger: by the source's key, with
-- the source's own digest of all columns, and the record and content that it is to us.
create table source_row (
    range_id bigint not null references key_range,
    row_key text not null,
    digest bigint not null,
    record_key text not null,
    content_hash bytea not null,
    missing_since timestamptz,
    primary key (range_id, row_key)
);
create index source_row_of_record on source_row (record_key);
create index source_row_missing on source_row (range_id) where missing_since is not null;

-- What the comparing of one day came to: rows that the sweep found and the pull had not brought.
create table sweep_day (
    body text not null references body,
    standard text not null,
    table_code text not null,
    day date not null,
    ranges integer not null default 0,
    rows_compared bigint not null default 0,
    rows_differing bigint not null default 0,
    missed integer not null default 0,
    missed_at timestamptz,
    vanished integer not null default 0,
    seconds double precision not null default 0,
    primary key (body, standard, table_code, day)
);

-- What does not agree between source, ledger and upstream, until it agrees again or a person
-- accepts it. Nothing is withdrawn or sent because of it.
create table difference (
    id bigint generated always as identity primary key,
    body text not null references body,
    standard text not null,
    table_code text not null,
    record_key text not null,
    kind text not null,
    owner text not null check (owner in ('county', 'city', 'upstream')),
    version_id bigint,
    detail jsonb not null default '{}',
    found_at timestamptz not null,
    seen_at timestamptz not null,
    resolved_at timestamptz,
    resolution text,
    check ((resolved_at is null) = (resolution is null))
);
create unique index difference_open on difference (body, standard, table_code, record_key, kind)
    where resolved_at is null;

grant select, insert on key_range, source_row, sweep_day, difference to exchange_app;
grant update on key_range, source_row, sweep_day to exchange_app;
grant update (seen_at, detail, resolved_at, resolution) on difference to exchange_app;
