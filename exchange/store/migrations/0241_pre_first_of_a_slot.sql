-- The end of a backlog was estimated from the beginning of a slot of ten seconds: wrong by a third
-- in the first seconds after an outage.
alter table throughput add column backlog_from timestamptz;
alter table throughput add column backlog_first integer not null default 0;
