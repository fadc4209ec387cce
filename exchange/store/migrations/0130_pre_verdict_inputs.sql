-- What a verdict rested on, so that it can be reached again: which versions were judged together and
-- how each fared, the context as it was seen, and the rules themselves.
create table judged (
    judgement_id bigint not null references judgement,
    version_id bigint not null references version,
    outcome text not null check (outcome in ('pass', 'fail', 'hold')),
    primary key (judgement_id, version_id)
);
create index judged_of_version on judged (version_id);

create table judgement_input (
    judgement_id bigint primary key references judgement,
    context json not null,
    inputs_hash bytea not null
);

create table ruleset_source (
    digest text primary key,
    files bytea not null,
    kept_at timestamptz not null default clock_timestamp()
);

create table stamp_source (
    stamp_id integer primary key references stamp,
    source_digest text not null references ruleset_source
);

grant select, insert on judged, judgement_input, ruleset_source, stamp_source to exchange_app;
