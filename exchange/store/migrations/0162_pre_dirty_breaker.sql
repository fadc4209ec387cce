-- A flood of failing records from one body is put aside: shared by all workers, one row per body.
create table dirty_breaker (
    body text primary key references body,
    window_from timestamptz not null,
    judged integer not null,
    failed integer not null,
    opened_at timestamptz,
    trial_at timestamptz,
    opened_times integer not null default 0
);
grant select, insert, update on dirty_breaker to exchange_app;

-- Due records are looked for body by body, so that what is put aside is not even passed over.
drop index version_to_judge;
create index version_to_judge on version (body, judge_after) where judge_after is not null;
