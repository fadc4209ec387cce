-- Every look at an address that a row names, of bodies that allow it. The newest of a row and field
-- tells how it stands; field is empty for a row that names no address.
create table link_probe (
    id bigint generated always as identity primary key,
    version_id bigint not null references version,
    field text not null,
    at timestamptz not null,
    outcome text not null,
    detail text not null default '',
    finding_id bigint references finding
);
create index link_probe_of on link_probe (version_id, at);
grant select, insert on link_probe to exchange_app;
