-- The store of the exchange. Migrations must lead to exactly this; a test compares the two.
--
-- Who may do what: exchange_owner owns everything and runs migrations; exchange_app is the role of
-- the running program. It cannot change what has landed, nor write the journey by hand: the journey
-- is written by a trigger whenever the state of a version changes, and only along `transition`.

-- States of a version, and the bucket of the balance each belongs to.
create table state (
    name text primary key,
    bucket text not null check (
        bucket in ('waiting', 'held', 'returned', 'confirmed', 'withdrawn', 'superseded')
    ),
    name_zh text not null
);

insert into state (name, bucket, name_zh) values
    ('landed', 'waiting', '已收讫待校验'),
    ('queued', 'waiting', '校验通过待上报'),
    ('sending', 'waiting', '上报中'),
    ('unknown', 'waiting', '上报结果待核实'),
    ('sent', 'waiting', '已上报待省级校验'),
    ('dead', 'waiting', '无法投递待处理'),
    ('held', 'held', '等待上级记录'),
    ('returned', 'returned', '已退回整改'),
    ('confirmed', 'confirmed', '已入库'),
    ('withdrawn', 'withdrawn', '已撤回'),
    ('superseded', 'superseded', '已被新版本取代');

-- The state machine, declared once. Nothing else is possible.
create table transition (
    from_state text not null references state,
    to_state text not null references state,
    primary key (from_state, to_state)
);

insert into transition (from_state, to_state) values
    ('landed', 'queued'), ('landed', 'held'), ('landed', 'returned'),
    ('landed', 'superseded'), ('landed', 'withdrawn'),
    ('held', 'queued'), ('held', 'returned'), ('held', 'superseded'), ('held', 'withdrawn'),
    ('queued', 'sending'), ('queued', 'held'), ('queued', 'superseded'), ('queued', 'withdrawn'),
    ('sending', 'sent'), ('sending', 'unknown'), ('sending', 'queued'), ('sending', 'returned'),
    ('unknown', 'sent'), ('unknown', 'queued'), ('unknown', 'returned'),
    ('sent', 'confirmed'), ('sent', 'returned'), ('sent', 'queued'), ('sent', 'held'),
    ('returned', 'superseded'), ('returned', 'withdrawn'), ('returned', 'landed'),
    ('confirmed', 'superseded'), ('confirmed', 'withdrawn'),
    ('queued', 'dead'), ('sending', 'dead'), ('unknown', 'dead'), ('sent', 'dead'),
    ('dead', 'queued'), ('dead', 'returned'), ('dead', 'superseded'), ('dead', 'withdrawn');

-- The number of the writing transaction. In a store that was restored into another server, whose
-- numbers begin again, continue_chain() lifts the base, so that what is new stays above what is old.
create function written_base() returns bigint
language sql stable parallel safe as $$ select 0::bigint $$;

create function written_now() returns bigint
language sql volatile parallel restricted as $$
    select written_base() + pg_current_xact_id()::text::bigint
$$;

-- Below this number no transaction runs any more and none will ever run.
create function written_fence() returns bigint
language sql stable parallel restricted as $$
    select written_base() + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$;

-- What a verdict was made with: enough to reproduce it.
create table stamp (
    id integer generated always as identity primary key,
    standard text not null,
    overlay text not null,
    ruleset text not null,
    codelists text not null,
    engine text not null,
    unique (standard, overlay, ruleset, codelists, engine)
);

-- The bodies as the county files name them, for joins and for names on pages.
create table body (
    code text primary key,
    name text not null,
    divisions text[] not null,
    connector text not null
);

-- Where the reading of one table of one body stands, and how it went last.
create table feed (
    body text not null references body,
    standard text not null,
    table_code text not null,
    mark jsonb,
    clock_offset_s double precision,
    pulled_at timestamptz,
    landed_at timestamptz,
    failing_since timestamptz,
    last_error text,
    primary key (body, standard, table_code)
);

-- What one pull, one file or one request brought. Written with its rows in one transaction: the
-- moment of acknowledgement.
create table batch (
    id bigint generated always as identity primary key,
    body text not null references body,
    standard text not null,
    table_code text not null,
    origin text not null,
    detail text,
    request_key text,
    landed_at timestamptz not null default clock_timestamp(),
    source_clock timestamptz,
    clock_offset_s double precision,
    mark_before jsonb,
    mark_after jsonb,
    rows_read integer not null,
    rows_new integer not null,
    rows_replayed integer not null,
    content_hash bytea not null,
    written_in bigint not null default written_now(),
    check (rows_read = rows_new + rows_replayed)
);
create index batch_written_in on batch (written_in);
create index batch_of_body on batch (body, standard, table_code, id);
create index batch_landed_at on batch using brin (landed_at);
create index batch_first on batch (body, id);
create unique index batch_request on batch (body, request_key) where request_key is not null;

-- What could not be read at all (a file that is no table, an unknown table): never silent.
create table rejection (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    body text not null references body,
    standard text,
    table_code text,
    origin text not null,
    detail text,
    message text not null,
    written_in bigint not null default written_now()
);
create index rejection_written_in on rejection (written_in);
create index rejection_of_body on rejection (body, at);

-- A row of a body by its business key; each different content is a version.
create table version (
    id bigint primary key generated by default as identity,
    body text not null references body,
    standard text not null,
    table_code text not null,
    table_order smallint not null,
    record_key text not null,
    revision integer not null,
    local_key text,
    content_hash bytea not null,
    source_serial bigint,
    valid boolean not null,
    batch_id bigint not null references batch,
    place text not null,
    raw json not null,
    defects json,
    state text not null references state,
    state_reason text not null,
    state_at timestamptz not null default clock_timestamp(),
    judge_after timestamptz,
    next_try_at timestamptz,
    attempt integer not null default 0,
    stamp_id integer references stamp,
    occurred_at timestamptz,
    committed_at timestamptz,
    pulled_at timestamptz not null,
    judged_at timestamptz,
    sent_at timestamptz,
    confirmed_at timestamptz,
    unique (body, standard, table_code, record_key, revision)
);
create index version_of_batch on version (batch_id);
create index version_local_key on version (body, standard, table_code, local_key)
    where local_key is not null;
create index version_to_judge on version (body, judge_after) where judge_after is not null;
create index version_queued on version (standard, body, pulled_at, id) where state = 'queued';
create index version_held on version (standard, body, pulled_at, id) where state = 'held';
create index version_in_flight on version (standard, state, next_try_at)
    where state in ('sending', 'unknown', 'sent');
create index version_not_final on version (body, state)
    where state in ('landed', 'held', 'queued', 'sending', 'unknown', 'sent', 'returned');
create index version_dead on version (body, id) where state = 'dead';
-- Corrections that are stuck.
create index version_stuck on version (body, id)
    where state in ('returned', 'held', 'dead') and revision > 1;
create index version_confirmed_at on version (confirmed_at) where confirmed_at is not null;
create index version_pulled_at on version (pulled_at);
-- The oldest that is not accepted yet, per body, without a look at the others.
create index version_waiting on version (body, (coalesce(committed_at, pulled_at)))
    where state in ('landed', 'queued', 'sending', 'unknown', 'sent', 'dead');

-- The ways in which others point to a version: one row for each set of fields that some table of
-- the standard uses as a reference to this table.
create table anchor (
    version_id bigint not null references version,
    standard text not null,
    table_code text not null,
    fields text not null,
    field_values text not null,
    primary key (version_id, fields)
);
create index anchor_lookup on anchor (standard, table_code, fields, field_values);

-- What a held version waits for.
create table hold (
    version_id bigint not null references version,
    standard text not null,
    table_code text not null,
    fields text not null,
    field_values text not null,
    parent_state text not null check (
        parent_state in ('pending', 'failed', 'absent', 'expected')
    ),
    since timestamptz not null default clock_timestamp(),
    primary key (version_id, table_code, fields)
);
create index hold_lookup on hold (standard, table_code, fields, field_values);
-- What was held since the last look at the holds.
create index hold_since on hold (standard, since);
create table hold_look (
    standard text primary key,
    looked_at timestamptz not null
);

-- The journey of every version: append-only, written by the triggers below and by nobody else. It is
-- divided by months of its time, as it is the one table that only grows by several rows a version.
--
-- The others are not: a unique constraint of a divided table must contain the time it is divided by,
-- and so could not say any more what they rest on. version: one row for a record's revision, for
-- ever. delivery: one row for a version's step. batch: one for a request's key. judgement, finding:
-- others point to their rows by number alone.
create sequence journey_id_seq;
create table journey (
    id bigint not null default nextval('journey_id_seq'),
    version_id bigint not null,
    at timestamptz not null default clock_timestamp(),
    from_state text,
    to_state text not null,
    by text not null,
    why text not null,
    written_in bigint not null default written_now(),
    primary key (id, at)
) partition by range (at);
alter sequence journey_id_seq owned by journey.id;
create index journey_written_in on journey (written_in);
create index journey_of_version on journey (version_id, id);
-- A day of it: a few pages of index for millions of rows.
create index journey_at on journey using brin (at);

-- What no month takes, so that landing never fails for want of one.
create table journey_other partition of journey default;

create function make_months(first date, last date) returns integer
language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '2s' set timezone = 'UTC' as $$
declare
    month date;
    name text;
    made integer := 0;
begin
    for month in
        select generate_series(date_trunc('month', first), date_trunc('month', last), '1 month')
    loop
        name := 'journey_' || to_char(month, 'YYYY_MM');
        continue when to_regclass(name) is not null;
        execute format(
            'create table %I (like journey including defaults including constraints)', name);
        execute format(
            'with moved as (delete from journey_other where at >= %L and at < %L returning *)'
            ' insert into %I select * from moved', month, month + interval '1 month', name);
        execute format(
            'alter table journey attach partition %I for values from (%L) to (%L)',
            name, month, month + interval '1 month');
        made := made + 1;
    end loop;
    return made;
end $$;

create function journey_of_new_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from fresh where state <> 'landed') then
        raise exception 'a version begins its journey as landed';
    end if;
    insert into journey (version_id, from_state, to_state, by, why)
    select id, null, state, coalesce(nullif(current_setting('exchange.by', true), ''), current_user),
           state_reason
    from fresh;
    return null;
end $$;

create function journey_of_changed_versions() returns trigger
-- The plan is made at the first call, mostly for one row, and kept: without this it compares each
-- row with each when thousands move at once.
language plpgsql security definer set search_path = public, pg_temp set enable_nestloop = off as $$
declare
    wrong record;
begin
    select o.id, o.state as from_state, n.state as to_state into wrong
    from before o join after n using (id)
    where o.state <> n.state
      and not exists (
          select from transition t where t.from_state = o.state and t.to_state = n.state
      )
    limit 1;
    if found then
        raise exception 'version % may not go from % to %', wrong.id, wrong.from_state,
            wrong.to_state using errcode = 'check_violation';
    end if;
    insert into journey (version_id, from_state, to_state, by, why)
    select n.id, o.state, n.state,
           coalesce(nullif(current_setting('exchange.by', true), ''), current_user),
           n.state_reason
    from before o join after n using (id)
    where o.state <> n.state
    order by n.id;
    return null;
end $$;

create trigger version_begins after insert on version
    referencing new table as fresh
    for each statement execute function journey_of_new_versions();
create trigger version_moves after update on version
    referencing old table as before new table as after
    for each statement execute function journey_of_changed_versions();

-- One run of the judgement over some records of one table of one body, with the outcome of every
-- rule: {"rule": [passed, failed, not applicable, {"reason": not checked}]}.
create table judgement (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    body text not null references body,
    standard text not null,
    table_code text not null,
    stamp_id integer not null references stamp,
    records integer not null,
    passed integer not null,
    failed integer not null,
    held integer not null,
    outcomes jsonb not null,
    errors jsonb,
    written_in bigint not null default written_now(),
    check (records = passed + failed + held)
);
create index judgement_written_in on judgement (written_in);
create index judgement_of_body on judgement (body, at);

create table finding (
    id bigint generated always as identity primary key,
    version_id bigint not null references version,
    judgement_id bigint references judgement,
    at timestamptz not null,
    rule text not null,
    rule_version integer not null,
    consequence text not null check (consequence in ('reject', 'rectify', 'advice')),
    dimension text not null,
    clause text not null,
    detail jsonb not null,
    written_in bigint not null default written_now()
);
create index finding_written_in on finding (written_in);
create index finding_of_version on finding (version_id);
create index finding_at on finding (at);

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

-- A finding of one rule on one body that a person has excused until a day: it rides along as advice.
create table waiver (
    id bigint generated always as identity primary key,
    body text not null references body,
    rule text not null,
    reason text not null check (reason <> ''),
    signer text not null check (signer <> ''),
    from_day date not null,
    until_day date not null,
    added_at timestamptz not null,
    added_by text not null,
    revoked_at timestamptz,
    revoked_by text,
    check (from_day <= until_day),
    check ((revoked_at is null) = (revoked_by is null))
);
create index waiver_of_body on waiver (body, until_day);

-- What a body said it had judged itself before it sent a batch, and whether that was this content.
create table self_check (
    batch_id bigint primary key references batch,
    code text not null,
    recognised boolean not null
);

-- A write to the higher platform: the invalidation of what is in effect there, then the new row.
create table delivery (
    id bigint generated always as identity primary key,
    version_id bigint not null references version,
    step smallint not null,
    kind text not null check (kind in ('invalidate', 'insert')),
    standard text not null,
    table_code text not null,
    payload json not null,
    content_hash bytea not null,
    outcome text check (outcome in ('sent', 'passed', 'confirmed', 'refused', 'lost')),
    tried boolean not null default false,
    lsh text,
    reason text,
    sent_at timestamptz,
    answered_at timestamptz,
    written_in bigint not null default written_now(),
    next_ask_at timestamptz,
    unique (version_id, step)
);
create index delivery_written_in on delivery (written_in);
-- Invalidations that are up and not finally answered.
create index delivery_to_ask on delivery (standard, next_ask_at) where next_ask_at is not null;
create index delivery_content on delivery (standard, table_code, content_hash)
    where outcome is not null;

-- Alarms as they were raised and cleared: one open alarm for each kind and subject.
create table alarm (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    name text not null,
    text text not null,
    command text not null,
    seconds double precision not null,
    raised_at timestamptz not null,
    seen_at timestamptz not null,
    cleared_at timestamptz
);
create unique index alarm_open on alarm (kind, subject) where cleared_at is null;
create index alarm_raised on alarm (raised_at);

-- A flood of failing records from one body is put aside: shared by all workers, one row per body.
-- Open while ``opened_at`` is set; a few records are tried at ``trial_at``.
create table dirty_breaker (
    body text primary key references body,
    window_from timestamptz not null,
    judged integer not null,
    failed integer not null,
    opened_at timestamptz,
    trial_at timestamptz,
    opened_times integer not null default 0
);

-- Deliveries that cannot go on by themselves: they wait for a person, without an end.
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

-- The breaker of each upstream, shared by all workers.
create table upstream (
    name text primary key,
    failures integer not null default 0,
    open_until timestamptz,
    last_error text,
    last_error_at timestamptz,
    last_success_at timestamptz
);

-- How many versions went up in each ten seconds of the last hour, fresh ones and backlog: a ring of
-- slots, from which the end of a backlog is estimated: of each slot it is known when its first
-- backlog went up, and how many those were.
create table throughput (
    upstream text not null references upstream,
    slot integer not null,
    at timestamptz not null,
    fresh integer not null,
    backlog integer not null,
    backlog_from timestamptz,
    backlog_first integer not null default 0,
    primary key (upstream, slot)
);

-- Refusal texts of the higher platform for records that passed here: our blind spots.
create table blind_spot (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    version_id bigint not null references version,
    reason text not null,
    rule text
);

-- A case (整改单): what one body has to mend, by when. It collects findings for a while, then its
-- notice goes out; it closes when every item is confirmed upstream or withdrawn.
create table rectification (
    id bigint generated always as identity primary key,
    body text not null references body,
    state text not null check (state in ('collecting', 'notified', 'closed')),
    opened_at timestamptz not null,
    collect_until timestamptz not null,
    number text unique,
    notified_at timestamptz,
    deadline date,
    deadline_provisional boolean,
    deadline_basis text,
    overdue_since timestamptz,
    closed_at timestamptz
);
create unique index rectification_collecting on rectification (body) where state = 'collecting';
create index rectification_open on rectification (body, deadline) where state <> 'closed';

create table rectification_item (
    id bigint generated always as identity primary key,
    rectification_id bigint not null references rectification,
    body text not null references body,
    standard text not null,
    table_code text not null,
    record_key text not null,
    local_key text,
    version_id bigint not null references version,
    opened_at timestamptz not null,
    pushes integer not null default 1,
    resolved_by bigint references version,
    resolved_at timestamptz,
    resolution text check (resolution in ('confirmed', 'withdrawn', 'completed', 'excused'))
);
create index rectification_item_of_case on rectification_item (rectification_id);
create unique index rectification_item_open
    on rectification_item (body, standard, table_code, record_key) where resolved_at is null;
create index rectification_item_local
    on rectification_item (body, standard, table_code, local_key)
    where resolved_at is null and local_key is not null;

create table notice (
    id bigint generated always as identity primary key,
    rectification_id bigint not null references rectification,
    kind text not null check (kind in ('rectification', 'reminder', 'closing')),
    number text not null unique,
    created_at timestamptz not null,
    channel text not null,
    files jsonb not null,
    delivered_at timestamptz,
    proof jsonb,
    last_error text,
    written_in bigint not null default written_now(),
    delivered_in bigint
);
create index notice_written_in on notice (written_in);
create index notice_delivered_in on notice (delivered_in) where delivered_in is not null;
create index notice_undelivered on notice (id) where delivered_at is null;

create table notice_number (
    issuer text not null,
    year integer not null,
    last integer not null,
    primary key (issuer, year)
);

-- A drafted circular (通报) on overdue bodies: signed by a person, never by the program.
create table circular (
    id bigint generated always as identity primary key,
    drafted_at timestamptz not null,
    period_to date not null unique,
    content jsonb not null,
    signed_by text,
    signed_at timestamptz,
    written_in bigint not null default written_now(),
    signed_in bigint
);
create index circular_written_in on circular (written_in);
create index circular_signed_in on circular (signed_in) where signed_in is not null;

-- What people did. Append-only.
create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    who text not null,
    did text not null,
    object text not null,
    detail jsonb,
    written_in bigint not null default written_now()
);
create index audit_written_in on audit (written_in);

-- The proof of a notice's delivery and the signature under a circular come later than the row, and
-- once: from then on they are sealed too.
create function seal_delivered_notice() returns trigger
language plpgsql as $$
begin
    if old.delivered_at is not null then
        raise exception 'notice % was delivered; its proof stays', old.number
            using errcode = 'check_violation';
    end if;
    if new.delivered_at is not null then
        new.delivered_in := written_now();
    end if;
    return new;
end $$;

create trigger notice_is_delivered before update on notice
    for each row execute function seal_delivered_notice();

create function seal_signed_circular() returns trigger
language plpgsql as $$
begin
    if old.signed_at is not null then
        raise exception 'circular % was signed; it stays as it is', old.id
            using errcode = 'check_violation';
    end if;
    if new.signed_at is not null then
        new.signed_in := written_now();
    end if;
    return new;
end $$;

create trigger circular_is_signed before update on circular
    for each row execute function seal_signed_circular();

-- A block seals all rows that the transactions from low (included) to high (excluded) wrote. None of
-- them runs any more when it is written, so the block is complete without locking any writer.
create table ledger_block (
    number bigint primary key check (number > 0),
    sealed_at timestamptz not null,
    low bigint not null,
    high bigint not null check (high > low),
    rows bigint not null check (rows > 0),
    previous bytea not null check (length(previous) = 32),
    hash bytea not null unique check (length(hash) = 32)
);
create index ledger_block_sealed_at on ledger_block (sealed_at);
-- Where in the chain a row is.
create index ledger_block_high on ledger_block (high);

-- What a block has of one kind of rows: their keys in order, the first eight bytes of each row's
-- hash, to name a row that was changed, and the hash over all their hashes.
create table ledger_part (
    block bigint not null references ledger_block deferrable initially deferred,
    kind text not null,
    rows integer not null check (rows > 0),
    keys bigint[] not null,
    marks bytea not null,
    hash bytea not null check (length(hash) = 32),
    primary key (block, kind)
);

-- Receipts as they were issued first: the same for ever for the same content.
create table receipt (
    number text primary key,
    kind text not null check (kind in ('request', 'landed', 'judged', 'confirmed')),
    batch_id bigint references batch,
    version_id bigint references version,
    content text not null,
    signature jsonb not null,
    issued_at timestamptz not null default clock_timestamp(),
    written_in bigint not null default written_now(),
    id bigint generated always as identity unique,
    check ((kind = 'request') = (version_id is null)),
    check ((kind = 'request') = (batch_id is not null))
);
create index receipt_of_version on receipt (version_id) where version_id is not null;
create index receipt_written_in on receipt (written_in);

-- The receipts of a day as files for the body, each made once: of all blocks after the day before's.
create table receipt_day (
    last_block bigint primary key,
    day date not null,
    receipts integer not null,
    made_at timestamptz not null
);
create table receipt_file (
    id bigint generated always as identity primary key,
    body text not null references body,
    last_block bigint not null references receipt_day,
    part integer not null,
    name text not null unique,
    receipts integer not null,
    sha256 text not null,
    bytes bigint not null,
    delivered_at timestamptz,
    proof jsonb,
    last_error text,
    unique (body, last_block, part)
);
create index receipt_file_undelivered on receipt_file (id) where delivered_at is null;

-- The ends of days that were written into anchor files and left the house.
create table ledger_anchor (
    day date primary key,
    block bigint not null,
    hash bytea not null,
    issued_at timestamptz not null,
    content text not null
);

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

create function continue_chain() returns bigint
language plpgsql as $$
declare
    behind bigint := (select max(high) from ledger_block) - written_fence();
begin
    if behind > 0 then
        execute format(
            'create or replace function written_base() returns bigint'
            ' language sql stable parallel safe as $base$ select %s::bigint $base$',
            written_base() + behind);
    end if;
    return greatest(behind, 0);
end $$;

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
create index key_range_due on key_range (body, standard, compared_at nulls first, id);
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

-- A day's comparing beside what the pull itself brought on that day: from both comes the miss rate.
create view swept_day as
select d.*, (
        select coalesce(sum(b.rows_new), 0) from batch b
        where b.body = d.body and b.standard = d.standard and b.table_code = d.table_code
          and b.origin <> 'sweep'
          and b.landed_at >= d.day::timestamp at time zone 'Asia/Shanghai'
          and b.landed_at < (d.day + 1)::timestamp at time zone 'Asia/Shanghai'
    )::bigint as pulled
from sweep_day d;

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
create index difference_of_record on difference (body, standard, table_code, record_key, kind);

-- What lay upstream when a range of what we sent was last found to agree: ``ours`` says what was sent
-- under which numbers, ``theirs`` is the sum of the platform's own digests of those rows.
create table upstream_sum (
    body text not null references body,
    standard text not null,
    table_code text not null,
    ours bytea not null,
    rows integer not null,
    theirs numeric not null,
    primary key (body, standard, table_code, ours)
);

-- Records that were handed on before everything they are compared with had arrived: looked at once
-- more when the grace is over. Written by the verdict, taken away by the second look.
create table second_look (
    version_id bigint primary key references version,
    body text not null references body,
    due_at timestamptz not null
);
create index second_look_due on second_look (due_at);

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
create index dossier_finding_of_version on dossier_finding (version_id);

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

-- How many versions are in each state, per body and table; also how many were acknowledged
-- ('acknowledged', by the batches) and how many judgements passed ('passed'). Writers only append
-- changes and so never wait for each other; fold_tally() adds them up from time to time.
create table tally (
    body text not null references body,
    standard text not null,
    table_code text not null,
    what text not null,
    count bigint not null,
    primary key (body, standard, table_code, what)
);

create table tally_change (
    body text not null,
    standard text not null,
    table_code text not null,
    what text not null,
    change bigint not null
);

create view tally_now as
select body, standard, table_code, what, sum(count)::bigint as count
from (
    select body, standard, table_code, what, count from tally
    union all
    select body, standard, table_code, what, change from tally_change
) as both_parts
group by body, standard, table_code, what;

create function fold_tally() returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    folded integer;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('fold tally', 0)) then
        return 0;
    end if;
    with gone as (
        delete from tally_change returning *
    ), summed as (
        select body, standard, table_code, what, sum(change) as change, count(*) as changes
        from gone group by 1, 2, 3, 4
    ), added as (
        insert into tally (body, standard, table_code, what, count)
        select body, standard, table_code, what, change from summed
        on conflict (body, standard, table_code, what) do update
        set count = tally.count + excluded.count
    )
    select coalesce(sum(changes), 0) into folded from summed;
    return folded;
end $$;

create function tally_new_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, state, count(*) from fresh group by 1, 2, 3, 4;
    return null;
end $$;

create function tally_changed_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, what, sum(change)
    from (
        select body, standard, table_code, state as what, -1 as change from before
        union all
        select body, standard, table_code, state, 1 from after
    ) as moved
    group by 1, 2, 3, 4
    having sum(change) <> 0;
    return null;
end $$;

create function tally_gone_versions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, state, -count(*) from gone group by 1, 2, 3, 4;
    return null;
end $$;

create function tally_new_batches() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, 'acknowledged', sum(rows_new) from fresh
    group by 1, 2, 3
    having sum(rows_new) <> 0;
    return null;
end $$;

create function tally_new_judgements() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into tally_change (body, standard, table_code, what, change)
    select body, standard, table_code, 'passed', sum(passed) from fresh
    group by 1, 2, 3
    having sum(passed) <> 0;
    return null;
end $$;

create trigger version_counts after insert on version
    referencing new table as fresh
    for each statement execute function tally_new_versions();
create trigger version_counts_on after update on version
    referencing old table as before new table as after
    for each statement execute function tally_changed_versions();
create trigger version_counts_off after delete on version
    referencing old table as gone
    for each statement execute function tally_gone_versions();
create trigger batch_counts after insert on batch
    referencing new table as fresh
    for each statement execute function tally_new_batches();
create trigger judgement_counts after insert on judgement
    referencing new table as fresh
    for each statement execute function tally_new_judgements();

-- A body that normally reports a table and went quiet: one row per silence, ended when rows come.
create table silence (
    id bigint generated always as identity primary key,
    body text not null references body,
    standard text not null,
    table_code text not null,
    since date not null,
    days integer not null,
    usual double precision not null,
    chance double precision not null,
    provisional boolean not null,
    found_at timestamptz not null,
    checked_at timestamptz not null,
    ended_at timestamptz
);
create unique index silence_open on silence (body, standard, table_code) where ended_at is null;
-- One reconciliation of one body: source, ledger and upstream against each other.
create table reconciliation (
    id bigint generated always as identity primary key,
    body text not null references body,
    at timestamptz not null,
    seconds double precision not null,
    counts jsonb not null,
    open_differences integer not null,
    errors jsonb
);
create index reconciliation_of_body on reconciliation (body, at);
create index delivery_serial on delivery (standard, table_code, lsh) where lsh is not null;
create index delivery_unnumbered on delivery (standard, table_code) where lsh is null;

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

-- Who works now, for work of which one round follows another without a gap.
create table post (
    name text primary key,
    holder text not null,
    taken_at timestamptz not null
);

-- Rights of the running program: no update of what landed, no hand on the journey, no deletes but
-- of holds and marks.
grant usage on schema public to exchange_app;
grant select on all tables in schema public to exchange_app;
grant insert on stamp, body, feed, batch, rejection, version, anchor, hold, judgement, finding,
    delivery, upstream, blind_spot, rectification, rectification_item, notice, notice_number,
    circular, audit, judged, judgement_input, ruleset_source, stamp_source, waiver,
    self_check to exchange_app;
grant update on body, feed, upstream, rectification, rectification_item, notice, notice_number
    to exchange_app;
grant update (state, state_reason, state_at, judge_after, next_try_at, attempt, stamp_id,
    judged_at, sent_at, confirmed_at) on version to exchange_app;
grant update (parent_state) on hold to exchange_app;
grant update (outcome, tried, lsh, reason, sent_at, answered_at, next_ask_at) on delivery
    to exchange_app;
grant update (signed_by, signed_at) on circular to exchange_app;
grant update (revoked_at, revoked_by) on waiver to exchange_app;
grant delete on hold to exchange_app;
grant select, insert, update, delete on second_look to exchange_app;
grant insert, update on throughput to exchange_app;
grant insert, update on dirty_breaker to exchange_app;
grant insert on alarm to exchange_app;
grant update (text, seconds, seen_at, cleared_at) on alarm to exchange_app;
grant insert on dead_letter to exchange_app;
grant update (decision, decided_at, decided_by) on dead_letter to exchange_app;
grant usage on sequence version_id_seq to exchange_app;
grant insert, update on hold_look to exchange_app;
grant execute on function fold_tally() to exchange_app;
grant insert on ledger_block, ledger_part, ledger_anchor, ledger_proof, receipt, receipt_day,
    receipt_file to exchange_app;
grant update (delivered_at, proof, last_error) on receipt_file to exchange_app;
grant select, insert on key_range, source_row, sweep_day, difference to exchange_app;
grant update on key_range, source_row, sweep_day to exchange_app;
grant update (seen_at, detail, resolved_at, resolution) on difference to exchange_app;

grant insert on dossier_row, dossier_mark, dossier, dossier_review, dossier_finding,
    dossier_content, dossier_judgement to exchange_app;
grant update (reviewed_at, again_at, stamp_id) on dossier to exchange_app;
grant update (closed_at, closed_why) on dossier_finding to exchange_app;
grant delete on dossier_mark to exchange_app;
grant insert on silence to exchange_app;
grant update (days, chance, provisional, checked_at, ended_at) on silence to exchange_app;
grant select, insert on reconciliation to exchange_app;
grant select, insert, update, delete on upstream_sum to exchange_app;
grant insert on link_probe to exchange_app;
grant select, insert on post to exchange_app;
grant update (holder, taken_at) on post to exchange_app;
