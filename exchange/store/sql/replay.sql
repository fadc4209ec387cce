-- name: keep_inputs
with kept as (
    insert into judgement_input (judgement_id, context, inputs_hash)
    values (%(judgement)s, %(context)s::json, %(inputs_hash)s)
)
insert into judged (judgement_id, version_id, outcome)
select %(judgement)s, id, outcome
from unnest(%(versions)s::bigint[], %(outcomes)s::text[]) as n (id, outcome)

-- name: keep_dossier
with own as (
    insert into dossier_content (digest, versions, states)
    values (%(content)s, %(versions)s::bigint[], %(states)s)
    on conflict do nothing
), around as (
    insert into dossier_content (digest, versions, states)
    select %(area)s::bytea, %(area_versions)s::bigint[], %(area_states)s
    where %(area)s::bytea is not null
    on conflict do nothing
)
insert into dossier_judgement (dossier_id, at, stamp_id, body, content, area, context, inputs_hash,
                               found, answers_hash)
select d.id, %(now)s, d.stamp_id, %(body)s, %(content)s, %(area)s, %(context)s::json,
       %(inputs_hash)s, %(found)s::json, %(answers_hash)s
from dossier d
where d.standard = %(standard)s and d.kind = %(kind)s and d.key = %(key)s

-- name: keep_source
with kept as (
    insert into ruleset_source (digest, files) values (%(digest)s, %(files)s)
    on conflict do nothing
)
insert into stamp_source (stamp_id, source_digest) values (%(stamp)s, %(digest)s)
on conflict do nothing

-- name: judgements_between
-- Judgements that gave the last verdict on versions landed in this time, oldest first, with what
-- they saw. Judgements from before inputs were kept have none and are counted apart.
select j.id, j.at, j.body, j.standard, j.table_code, i.context, i.inputs_hash, l.landed
from judgement j
join judgement_input i on i.judgement_id = j.id
cross join lateral (
    select array_agg(d.version_id order by d.version_id) as landed
    from judged d join version v on v.id = d.version_id
    where d.judgement_id = j.id and v.pulled_at >= %(start)s and v.pulled_at < %(end)s
      and not exists (
          select from judged later
          where later.version_id = d.version_id and later.judgement_id > d.judgement_id
      )
) l
where j.at >= %(start)s and l.landed is not null
  and (%(bodies)s::text[] is null or j.body = any(%(bodies)s))
order by j.id

-- name: without_inputs
select count(*) as versions
from version v
where v.pulled_at >= %(start)s and v.pulled_at < %(end)s and v.judged_at is not null
  and (%(bodies)s::text[] is null or v.body = any(%(bodies)s))
  and not exists (select from judged d where d.version_id = v.id)

-- name: records_of
-- All versions that were judged together, as they were judged.
select v.id, v.place, v.raw, v.defects, v.record_key, v.revision, v.pulled_at, d.outcome,
       (select json_agg(json_build_object('rule', f.rule, 'consequence', f.consequence)
                        order by f.id)
        from finding f where f.version_id = v.id and f.judgement_id = d.judgement_id) as found
from judged d join version v on v.id = d.version_id
where d.judgement_id = %(judgement)s
order by v.id

-- name: last_judgement
select j.id, j.at, j.body, j.standard, j.table_code, i.context, i.inputs_hash, s.id as stamp_id,
       s.overlay, s.ruleset, s.codelists, s.engine
from judged d
join judgement j on j.id = d.judgement_id
join judgement_input i on i.judgement_id = j.id
join stamp s on s.id = j.stamp_id
where d.version_id = %(version)s
order by j.id desc limit 1

-- name: findings_by
select rule, detail from finding
where version_id = %(version)s and judgement_id = %(judgement)s order by id

-- name: source_of_ruleset
select r.digest, r.files
from stamp s join stamp_source t on t.stamp_id = s.id join ruleset_source r
    on r.digest = t.source_digest
where s.ruleset like %(ruleset)s || '%%'
order by s.id desc limit 1

-- name: dossier_judgements_between
-- The last verdict in this time on each dossier; those that share an area follow one another.
select j.id, j.body, j.context, j.inputs_hash, j.found, j.answers_hash, j.content, j.area,
       d.standard, d.kind, d.key, c.versions, c.states, a.versions as area_versions,
       a.states as area_states, to_json(s) as stamp
from (
    select distinct on (dossier_id) id
    from dossier_judgement
    where at >= %(start)s and at < %(end)s
      and (%(bodies)s::text[] is null or body = any(%(bodies)s))
    order by dossier_id, id desc
) l
join dossier_judgement j on j.id = l.id
join dossier d on d.id = j.dossier_id
join stamp s on s.id = j.stamp_id
join dossier_content c on c.digest = j.content
left join dossier_content a on a.digest = j.area
order by j.area, j.id

-- name: dossier_judgements_of
select j.id, j.body, j.context, j.inputs_hash, j.found, j.answers_hash, j.content, j.area,
       d.standard, d.kind, d.key, c.versions, c.states, a.versions as area_versions,
       a.states as area_states, to_json(s) as stamp
from dossier_row r
join dossier d on d.standard = r.standard and d.kind = r.kind and d.key = r.key
join dossier_judgement j on j.dossier_id = d.id
join stamp s on s.id = j.stamp_id
join dossier_content c on c.digest = j.content
left join dossier_content a on a.digest = j.area
where r.version_id = %(version)s
  and (%(every)s or not exists (
      select from dossier_judgement later where later.dossier_id = d.id and later.id > j.id
  ))
order by d.id, j.id

-- name: versions_of
select id, body, table_code, raw, place, pulled_at from version where id = any(%(ids)s)

-- name: dossiers_without_inputs
select count(*) as dossiers
from dossier d
where d.reviewed_at >= %(start)s and d.reviewed_at < %(end)s
  and not exists (select from dossier_judgement j where j.dossier_id = d.id)
