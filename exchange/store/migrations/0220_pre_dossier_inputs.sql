-- What a verdict on a dossier rested on and what it said, so that it can be reached again: the rows
-- in effect then, each with its state (a: arrived, c: confirmed, r: returned), kept once however
-- often they were judged; those that the division has set up apart, since its projects share them.
create table dossier_content (
    digest bytea primary key,
    versions bigint[] not null,
    states text not null,
    check (length(states) = cardinality(versions))
);

create table dossier_judgement (
    id bigint generated always as identity primary key,
    dossier_id bigint not null references dossier,
    at timestamptz not null,
    stamp_id integer not null references stamp,
    body text not null references body,
    content bytea not null references dossier_content,
    area bytea references dossier_content,
    context json not null,
    inputs_hash bytea not null,
    found json not null,
    answers_hash bytea not null
);
create index dossier_judgement_of on dossier_judgement (dossier_id, id);
create index dossier_judgement_at on dossier_judgement (at);
grant select, insert on dossier_content, dossier_judgement to exchange_app;

-- Findings that were waived before the end of a waiver was a day to look again.
insert into dossier_mark (standard, kind, key, due_at)
select distinct d.standard, d.kind, d.key, clock_timestamp()
from dossier_finding o
join finding f on f.id = o.finding_id
join dossier d on d.id = o.dossier_id
where o.closed_at is null and f.detail ->> 'waived' is not null;
