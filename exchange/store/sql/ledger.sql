-- name: balance
-- Acknowledged rows by the batches, and where their versions are now, as counted by the store with
-- every change; recount counts anew.
select t.body, t.standard, t.table_code,
    coalesce(sum(t.count) filter (where t.what = 'acknowledged'), 0)::bigint as acknowledged,
    coalesce(sum(t.count) filter (where s.bucket = 'confirmed'), 0)::bigint as confirmed,
    coalesce(sum(t.count) filter (where s.bucket = 'waiting'), 0)::bigint as waiting,
    coalesce(sum(t.count) filter (where s.bucket = 'held'), 0)::bigint as held,
    coalesce(sum(t.count) filter (where s.bucket = 'returned'), 0)::bigint as returned,
    coalesce(sum(t.count) filter (where s.bucket = 'withdrawn'), 0)::bigint as withdrawn,
    coalesce(sum(t.count) filter (where s.bucket = 'superseded'), 0)::bigint as superseded,
    (coalesce(sum(t.count) filter (where t.what = 'acknowledged'), 0)
        - coalesce(sum(t.count) filter (where s.name is not null), 0))::bigint as unaccounted
from tally_now t left join state s on s.name = t.what
where t.what <> 'passed'
group by 1, 2, 3
order by 1, 2, 3

-- name: recount
-- The same, counted anew over everything that is stored.
with acknowledged as (
    select body, standard, table_code, sum(rows_new) as acknowledged
    from batch group by 1, 2, 3
), there as (
    select v.body, v.standard, v.table_code,
        count(*) filter (where s.bucket = 'confirmed') as confirmed,
        count(*) filter (where s.bucket = 'waiting') as waiting,
        count(*) filter (where s.bucket = 'held') as held,
        count(*) filter (where s.bucket = 'returned') as returned,
        count(*) filter (where s.bucket = 'withdrawn') as withdrawn,
        count(*) filter (where s.bucket = 'superseded') as superseded,
        count(*) as versions
    from version v join state s on s.name = v.state
    group by 1, 2, 3
)
select body, standard, table_code,
    coalesce(a.acknowledged, 0)::bigint as acknowledged,
    coalesce(t.confirmed, 0) as confirmed, coalesce(t.waiting, 0) as waiting,
    coalesce(t.held, 0) as held, coalesce(t.returned, 0) as returned,
    coalesce(t.withdrawn, 0) as withdrawn, coalesce(t.superseded, 0) as superseded,
    coalesce(a.acknowledged, 0)::bigint - coalesce(t.versions, 0) as unaccounted
from acknowledged a full join there t using (body, standard, table_code)
order by 1, 2, 3

-- name: broken_journeys
-- Versions whose journey has a gap, does not begin with landing, or does not end where they are.
with steps as (
    select version_id, from_state, to_state,
        lag(to_state) over w as before, lead(id) over w is null as last
    from journey window w as (partition by version_id order by id)
), broken as (
    select version_id from steps where from_state is distinct from before
    union
    select v.id from version v
    left join steps s on s.version_id = v.id and s.last
    where s.to_state is distinct from v.state
)
select b.version_id, v.body, v.table_code, v.record_key
from broken b left join version v on v.id = b.version_id
order by 1 limit 100

-- name: fold
select fold_tally()

-- name: find_versions
select v.*, s.name_zh, s.bucket, b.origin, b.detail, b.landed_at, b.clock_offset_s,
       c.code as self_check, c.recognised as self_check_recognised
from version v join state s on s.name = v.state join batch b on b.id = v.batch_id
left join self_check c on c.batch_id = b.id
where v.id = any(%(ids)s) or v.record_key = %(key)s or v.local_key = %(key)s
   or (%(part)s::text is not null and v.record_key like %(part)s)
order by v.body, v.table_code, v.record_key, v.revision
limit %(limit)s

-- name: journey_of
-- Each move with its block in the chain; none while it is not sealed.
select j.id, j.version_id, j.at, j.from_state, j.to_state, j.by, j.why, b.number as block
from version v
join batch a on a.id = v.batch_id
join journey j on j.version_id = v.id and j.at >= a.landed_at - interval '1 day'
left join lateral (
    select number from ledger_block where high > j.written_in order by high limit 1
) b on true
where v.id = any(%(ids)s)
order by j.version_id, j.id

-- name: findings_of
-- A finding on a dossier may be over since; what a judgement of the version found stays with it.
select f.version_id, f.at, f.rule, f.consequence, f.detail, d.closed_at, d.closed_why
from finding f left join dossier_finding d on d.finding_id = f.id
where f.version_id = any(%(ids)s) order by f.version_id, f.id

-- name: deliveries_of
select version_id, step, kind, outcome, lsh, reason, sent_at, answered_at from delivery
where version_id = any(%(ids)s) order by version_id, step

-- name: latency
-- Seconds from the commit at the source, by its clock set right by the offset seen, to confirmation.
select v.body, count(*) as confirmed,
    percentile_cont(array[0.5, 0.95, 0.99]) within group (
        order by extract(epoch from v.confirmed_at - coalesce(
            v.committed_at - make_interval(secs => coalesce(b.clock_offset_s, 0)), v.pulled_at))
    ) as seconds
from version v join batch b on b.id = v.batch_id
where v.confirmed_at is not null and v.confirmed_at >= %(since)s
group by grouping sets ((v.body), ())

-- name: bodies_now
select b.code, b.name,
    coalesce(v.received, 0) as received, coalesce(v.confirmed, 0) as confirmed,
    coalesce(v.waiting, 0) as waiting, coalesce(v.held, 0) as held,
    coalesce(v.returned, 0) as returned, coalesce(v.withdrawn, 0) as withdrawn,
    coalesce(v.superseded, 0) as superseded, o.oldest_open,
    coalesce(v.passed, 0) as passed,
    coalesce(c.opened, 0) as cases_opened, coalesce(c.closed, 0) as cases_closed,
    f.failing, f.last_error, f.pulled_at
from body b
left join lateral (
    select sum(t.count) filter (where s.name is not null)::bigint as received,
        sum(t.count) filter (where s.bucket = 'confirmed')::bigint as confirmed,
        sum(t.count) filter (where s.bucket = 'waiting')::bigint as waiting,
        sum(t.count) filter (where s.bucket = 'held')::bigint as held,
        sum(t.count) filter (where s.bucket = 'returned')::bigint as returned,
        sum(t.count) filter (where s.bucket = 'withdrawn')::bigint as withdrawn,
        sum(t.count) filter (where s.bucket = 'superseded')::bigint as superseded,
        sum(t.count) filter (where t.what = 'passed')::bigint as passed
    from tally_now t left join state s on s.name = t.what where t.body = b.code
) v on true
left join lateral (
    select coalesce(committed_at, pulled_at) as oldest_open from version
    where body = b.code
      and state in ('landed', 'queued', 'sending', 'unknown', 'sent', 'dead')
    order by coalesce(committed_at, pulled_at) limit 1
) o on true
left join lateral (
    select count(*) as opened, count(*) filter (where state = 'closed') as closed
    from rectification where body = b.code
) c on true
left join lateral (
    select count(*) filter (where failing_since is not null) as failing,
        max(last_error) as last_error, max(pulled_at) as pulled_at
    from feed where body = b.code
) f on true
order by b.code

-- name: slow_versions
-- The versions that wait longest for their acceptance above, with the hop they are in; of one body
-- or of all.
select v.id, v.body, v.table_code, v.record_key, v.state, v.state_reason,
    extract(epoch from %(now)s::timestamptz - coalesce(v.committed_at, v.pulled_at)) as age_s
from body b
join lateral (
    select * from version
    where body = b.code
      and state in ('landed', 'queued', 'sending', 'unknown', 'sent', 'dead')
    order by coalesce(committed_at, pulled_at) limit %(limit)s
) v on true
where %(body)s::text is null or b.code = %(body)s
order by coalesce(v.committed_at, v.pulled_at)
limit %(limit)s

-- name: upstreams_now
select name, failures, open_until, last_error, last_error_at, last_success_at
from upstream order by name
