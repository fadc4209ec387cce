-- name: kind_audit
select t.id as key, row(t.id, extract(epoch from t.at), t.who, t.did, t.object, t.detail)::text
       as line
from audit t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_batch
select t.id as key, row(t.id, t.body, t.standard, t.table_code, t.origin, t.detail, t.request_key,
       extract(epoch from t.landed_at), extract(epoch from t.source_clock), t.clock_offset_s,
       t.mark_before, t.mark_after, t.rows_read, t.rows_new, t.rows_replayed,
       encode(t.content_hash, 'hex'))::text as line
from batch t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_circular
select t.id as key, row(t.id, extract(epoch from t.drafted_at), t.period_to - date '2000-01-01',
       t.content)::text as line
from circular t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_circular_signed
select t.id as key, row(t.id, t.signed_by, extract(epoch from t.signed_at))::text as line
from circular t
where t.signed_in >= b.low and t.signed_in < b.high

-- name: kind_delivery
select t.id as key, row(t.id, t.version_id, t.step, t.kind, t.standard, t.table_code, t.payload,
       encode(t.content_hash, 'hex'))::text as line
from delivery t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_finding
select t.id as key, row(t.id, t.version_id, t.judgement_id, extract(epoch from t.at), t.rule,
       t.rule_version, t.consequence, t.dimension, t.clause, t.detail)::text as line
from finding t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_journey
select t.id as key, row(t.id, t.version_id, extract(epoch from t.at), t.from_state, t.to_state,
       t.by, t.why)::text as line
from journey t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_judgement
select t.id as key, row(t.id, extract(epoch from t.at), t.body, t.standard, t.table_code,
       t.stamp_id, t.records, t.passed, t.failed, t.held, t.outcomes, t.errors)::text as line
from judgement t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_notice
select t.id as key, row(t.id, t.rectification_id, t.kind, t.number, extract(epoch from t.created_at),
       t.channel, t.files)::text as line
from notice t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_notice_delivered
select t.id as key, row(t.id, extract(epoch from t.delivered_at), t.proof)::text as line
from notice t
where t.delivered_in >= b.low and t.delivered_in < b.high

-- name: kind_receipt
select t.id as key, row(t.id, t.number, t.kind, t.batch_id, t.version_id, t.content, t.signature,
       extract(epoch from t.issued_at))::text as line
from receipt t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_rejection
select t.id as key, row(t.id, extract(epoch from t.at), t.body, t.standard, t.table_code, t.origin,
       t.detail, t.message)::text as line
from rejection t
where t.written_in >= b.low and t.written_in < b.high

-- name: kind_version
-- What landed and does not change any more; a version belongs to the block of its batch.
select t.id as key, row(t.id, t.body, t.standard, t.table_code, t.table_order, t.record_key,
       t.revision, t.local_key, encode(t.content_hash, 'hex'), t.source_serial, t.valid,
       t.batch_id, t.place, t.raw, t.defects, extract(epoch from t.occurred_at),
       extract(epoch from t.committed_at), extract(epoch from t.pulled_at))::text as line
from batch s join version t on t.batch_id = s.id
where s.written_in >= b.low and s.written_in < b.high

-- name: insert_part
-- Seals the rows of one kind; the text of the kind is put where rows_of_kind stands.
insert into ledger_part (block, kind, rows, keys, marks, hash)
select %(block)s, %(kind)s, count(*), array_agg(key order by key),
       string_agg(substr(hash, 1, 8), ''::bytea order by key),
       sha256(string_agg(hash, ''::bytea order by key))
from (
    select key, sha256(convert_to(line, 'UTF8')) as hash
    from (values (%(low)s::bigint, %(high)s::bigint)) as b (low, high)
    cross join lateral (rows_of_kind) as lines
) as hashed
having count(*) > 0
returning rows, hash

-- name: parts_again
-- What the rows of some blocks come to now, and whether that is what was written down.
select b.number as block, %(kind)s as kind, coalesce(n.rows, 0) as rows, n.hash,
       coalesce(n.rows = p.rows and n.keys = p.keys and n.marks = p.marks and n.hash = p.hash,
                n.rows = 0 and p.rows is null) as same
from ledger_block b
left join ledger_part p on p.block = b.number and p.kind = %(kind)s
cross join lateral (
    select count(*)::int as rows, array_agg(key order by key) as keys,
           string_agg(substr(hash, 1, 8), ''::bytea order by key) as marks,
           sha256(string_agg(hash, ''::bytea order by key)) as hash
    from (
        select key, sha256(convert_to(line, 'UTF8')) as hash from (rows_of_kind) as lines
    ) as hashed
) as n
where b.number between %(first)s and %(last)s
order by b.number

-- name: lock_chain
select pg_try_advisory_xact_lock(hashtextextended('ledger chain', 0)) as ours

-- name: wait_for_chain
select pg_advisory_xact_lock(hashtextextended('ledger chain', 0))

-- name: head
select number, sealed_at, high, hash from ledger_block order by number desc limit 1

-- name: fence
select written_fence() as fence

-- name: anything
-- Whether there is a row of any kind to seal; the kinds are put where any_row stands.
select any_row as there
from (values (%(low)s::bigint, %(high)s::bigint)) as b (low, high)

-- name: end_of_block
-- Where a block of about so many moves ends, if there are that many before the fence.
select written_in from journey
where written_in >= %(low)s and written_in < %(high)s
order by written_in offset %(rows)s limit 1

-- name: insert_block
insert into ledger_block (number, sealed_at, low, high, rows, previous, hash)
values (%(number)s, %(sealed_at)s, %(low)s, %(high)s, %(rows)s, %(previous)s, %(hash)s)

-- name: blocks
select number, sealed_at, low, high, rows, previous, hash from ledger_block
where number between %(first)s and %(last)s
order by number

-- name: size
select coalesce(min(number), 1) as first, coalesce(max(number), 0) as last, count(*) as blocks,
       coalesce(sum(rows), 0)::bigint as rows
from ledger_block

-- name: stored_marks
select keys, marks from ledger_part where block = %(block)s and kind = %(kind)s

-- name: stray_parts
select p.block, p.kind from ledger_part p left join ledger_block b on b.number = p.block
where b.number is null
order by 1, 2 limit 100

-- name: marks_now
select key, substr(sha256(convert_to(line, 'UTF8')), 1, 8) as mark
from (select low, high from ledger_block where number = %(block)s) as b
cross join lateral (rows_of_kind) as lines

-- name: version_of_row
-- Whose row it is, for the kinds that belong to a version.
select v.id, v.body, v.table_code, v.record_key, v.revision
from version v
where v.id = case %(kind)s
    when 'version' then %(key)s
    when 'journey' then (select version_id from journey where id = %(key)s)
    when 'finding' then (select version_id from finding where id = %(key)s)
    when 'delivery' then (select version_id from delivery where id = %(key)s)
    when 'receipt' then (select version_id from receipt where id = %(key)s)
end

-- name: tail
-- What is not sealed yet, and since when the oldest of it waits.
select count(*) as rows, min(at) as oldest
from (
    select at from journey where written_in >= %(high)s
    union all select at from judgement where written_in >= %(high)s
    union all select at from finding where written_in >= %(high)s
    union all select at from audit where written_in >= %(high)s
    union all select at from rejection where written_in >= %(high)s
    union all select landed_at from batch where written_in >= %(high)s
    union all select issued_at from receipt where written_in >= %(high)s
    union all select created_at from notice where written_in >= %(high)s
    union all select sent_at from delivery where written_in >= %(high)s
) as unsealed

-- name: make_months
select make_months(%(first)s::date, %(last)s::date) as made

-- name: anchor_of
select content from ledger_anchor where day = %(day)s

-- name: anchors
select day, block, hash from ledger_anchor order by day

-- name: insert_anchor
insert into ledger_anchor (day, block, hash, issued_at, content)
values (%(day)s, %(block)s, %(hash)s, %(now)s, %(content)s)

-- name: blocks_of_day
select min(number) as first, max(number) as last, count(*) as blocks from ledger_block
where sealed_at >= %(begins)s and sealed_at < %(ends)s

-- name: head_before
select number, hash from ledger_block where sealed_at < %(at)s order by sealed_at desc, number desc
limit 1

-- name: rows_of_day
select p.kind, sum(p.rows)::bigint as rows
from ledger_block b join ledger_part p on p.block = b.number
where b.sealed_at >= %(begins)s and b.sealed_at < %(ends)s
group by p.kind order by p.kind

-- name: rows_of_blocks
select kind, sum(rows)::bigint as rows from ledger_part
where block between %(first)s and %(last)s
group by kind order by kind

-- name: parts_of_blocks
select block, kind, rows, hash from ledger_part
where block between %(first)s and %(last)s
order by block, kind

-- name: block_hash
select hash from ledger_block where number = %(number)s
