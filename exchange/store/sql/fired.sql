-- name: fired_by_rule
-- What every rule came to since a moment, over the stored runs on records and on dossiers.
with run as (
    select at, body, outcomes from judgement where at >= %(since)s
    union all
    select at, null, outcomes from dossier_review where at >= %(since)s
)
select rule,
    sum((outcome ->> 0)::bigint)::bigint as passed,
    sum((outcome ->> 1)::bigint)::bigint as failed,
    sum((outcome ->> 2)::bigint)::bigint as not_applicable,
    sum((
        select coalesce(sum(number::bigint), 0) from jsonb_each_text(outcome -> 3) as e(why, number)
    ))::bigint as not_checked,
    count(distinct body) filter (where (outcome ->> 1)::bigint > 0) as bodies,
    max(at) filter (where (outcome ->> 1)::bigint > 0) as last_at
from run, jsonb_each(outcomes) as each(rule, outcome)
where %(codes)s::text[] is null
    or exists (select from unnest(%(codes)s::text[]) as c(code) where starts_with(rule, c.code))
group by rule
order by failed desc, rule

-- name: fired_by_day
-- How often rules fired on each day of the office, days without left out.
with run as (
    select at, outcomes from judgement where at >= %(since)s
    union all
    select at, outcomes from dossier_review where at >= %(since)s
)
select rule, (at at time zone %(zone)s)::date as day,
    sum((outcome ->> 1)::bigint)::bigint as failed
from run, jsonb_each(outcomes) as each(rule, outcome)
where rule = any (%(rules)s) and (outcome ->> 1)::bigint > 0
group by rule, day
order by rule, day
