-- name: fired_by_rule
-- What every rule came to since a moment, over the stored runs on records and on dossiers, and how
-- often it fired on each day of the office; one statement, so that the numbers agree.
with run as (
    select at, body, outcomes from judgement where at >= %(since)s
    union all
    select at, null, outcomes from dossier_review where at >= %(since)s
), outcome as materialized (
    select rule, at, body, (told ->> 0)::bigint as passed, (told ->> 1)::bigint as failed,
        (told ->> 2)::bigint as not_applicable,
        (select coalesce(sum(number::bigint), 0) from jsonb_each_text(told -> 3) as e(why, number))
            as not_checked
    from run, jsonb_each(outcomes) as each(rule, told)
    where %(codes)s::text[] is null
        or exists (select from unnest(%(codes)s::text[]) as c(code) where starts_with(rule, c.code))
), body_of_dossiers as (
    select told ->> 0 as rule, count(distinct d.body) as bodies
    from dossier_judgement d, json_array_elements(d.found) as told
    where d.at >= %(since)s
    group by 1
), day as (
    select rule, (at at time zone %(zone)s)::date as day, sum(failed)::bigint as failed
    from outcome where failed > 0 group by 1, 2
)
select rule, sum(passed)::bigint as passed, sum(failed)::bigint as failed,
    sum(not_applicable)::bigint as not_applicable, sum(not_checked)::bigint as not_checked,
    coalesce((select b.bodies from body_of_dossiers b where b.rule = outcome.rule),
             count(distinct body) filter (where failed > 0)) as bodies,
    max(at) filter (where failed > 0) as last_at,
    (select jsonb_object_agg(day.day, day.failed) from day where day.rule = outcome.rule) as days
from outcome
group by rule
order by failed desc, rule
