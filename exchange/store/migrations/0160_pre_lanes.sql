-- Two lanes on the way up, bodies in turn in each; what went through, for an estimate of the rest.
drop index version_queued;
create index version_queued on version (standard, body, pulled_at, id) where state = 'queued';
create index version_held on version (standard, body, pulled_at, id) where state = 'held';

create table throughput (
    upstream text not null references upstream,
    slot integer not null,
    at timestamptz not null,
    fresh integer not null,
    backlog integer not null,
    primary key (upstream, slot)
);
grant select, insert, update on throughput to exchange_app;
