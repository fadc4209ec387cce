-- Cases, projects and flows are judged as a whole.
-- Whole dossiers, judged apart from the single row: which rows belong to which case file. A project
-- (GCDM), what hangs on a project code (XMDM), what a division has set up, a process of a province.
create table dossier_row (
    version_id bigint not null references version,
    standard text not null,
    kind text not null check (kind in ('project', 'plan', 'area', 'approval')),
    key text not null,
    primary key (version_id, kind)
);
create index dossier_row_of on dossier_row (standard, kind, key);

-- Dossiers of which a row was judged and that must be looked at when they have settled. Written by
-- every verdict, taken away by the review: no lock is shared between the two.
create table dossier_mark (
    id bigint generated always as identity primary key,
    standard text not null,
    kind text not null,
    key text not null,
    due_at timestamptz not null
);
create index dossier_mark_due on dossier_mark (due_at);
create index dossier_mark_of on dossier_mark (standard, kind, key);

-- Where the review of each dossier stands; again_at: time alone may change what is found.
create table dossier (
    id bigint generated always as identity primary key,
    standard text not null,
    kind text not null,
    key text not null,
    reviewed_at timestamptz not null,
    again_at timestamptz,
    stamp_id integer references stamp,
    unique (standard, kind, key)
);
create index dossier_again on dossier (again_at) where again_at is not null;

-- One run over some dossiers, with the outcome of every rule as in judgement; subjects are the
-- cases, projects, flows and so on that were judged.
create table dossier_review (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    standard text not null,
    dossiers integer not null,
    outcomes jsonb not null,
    errors jsonb
);
create index dossier_review_at on dossier_review (at);

-- A finding on a dossier stays open until the dossier no longer fails; then it is closed and says
-- why, never taken away.
create table dossier_finding (
    finding_id bigint primary key references finding,
    dossier_id bigint not null references dossier,
    version_id bigint not null references version,
    rule text not null,
    consequence text not null check (consequence in ('rectify', 'advice')),
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_why text,
    check ((closed_at is null) = (closed_why is null))
);
create unique index dossier_finding_open on dossier_finding (version_id, rule)
    where closed_at is null;
create index dossier_finding_of on dossier_finding (dossier_id) where closed_at is null;

alter table rectification_item drop constraint rectification_item_resolution_check;
alter table rectification_item add constraint rectification_item_resolution_check
    check (resolution in ('confirmed', 'withdrawn', 'completed'));

grant select on dossier_row, dossier_mark, dossier, dossier_review, dossier_finding to exchange_app;
grant insert on dossier_row, dossier_mark, dossier, dossier_review, dossier_finding to exchange_app;
grant update (reviewed_at, again_at, stamp_id) on dossier to exchange_app;
grant update (closed_at, closed_why) on dossier_finding to exchange_app;
grant delete on dossier_mark to exchange_app;

-- Rows that were judged before: a text that the database cannot read belongs to no dossier.
create function pg_temp.cell(raw json, name text) returns text language plpgsql as $$
begin
    return nullif(btrim(raw ->> name), '');
exception when others then
    return null;
end $$;
insert into dossier_row (version_id, standard, kind, key)
select id, standard, 'project', gcdm
from (select id, standard, pg_temp.cell(raw, 'GCDM') as gcdm from version
      where judged_at is not null) v
where gcdm is not null;
insert into dossier_row (version_id, standard, kind, key)
select id, standard, case when xmdm is not null then 'plan' else 'area' end, coalesce(xmdm, xzqh)
from (select id, standard, table_code, pg_temp.cell(raw, 'GCDM') as gcdm,
             pg_temp.cell(raw, 'XMDM') as xmdm, pg_temp.cell(raw, 'XZQHDM') as xzqh
      from version where judged_at is not null) v
where coalesce(xmdm, xzqh) is not null
  and (gcdm is null or (table_code = 'SPGL_XMJBXXB' and xmdm is not null));
