-- Deliveries that cannot go on: they wait for a person, without an end, in the balance as waiting.
insert into state (name, bucket, name_zh) values ('dead', 'waiting', '无法投递待处理');

insert into transition (from_state, to_state) values
    ('queued', 'dead'), ('sending', 'dead'), ('unknown', 'dead'), ('sent', 'dead'),
    ('dead', 'queued'), ('dead', 'returned'), ('dead', 'superseded'), ('dead', 'withdrawn');

create table dead_letter (
    id bigint generated always as identity primary key,
    version_id bigint not null references version,
    at timestamptz not null,
    kind text not null check (kind in ('refused', 'exhausted', 'unreadable')),
    reason text not null,
    decision text check (decision in ('replay', 'return')),
    decided_at timestamptz,
    decided_by text
);
create index dead_letter_of_version on dead_letter (version_id, id);
create index version_dead on version (body, id) where state = 'dead';
grant select, insert on dead_letter to exchange_app;
grant update (decision, decided_at, decided_by) on dead_letter to exchange_app;
