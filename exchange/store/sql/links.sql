-- name: rows_to_look_at
-- Rows in effect of a body that came lately and were not looked at for a while, newest first.
select v.id, v.standard, v.table_code, v.raw, v.place
from version v
where v.body = %(body)s and v.valid and v.state in ('queued', 'sending', 'sent', 'confirmed')
  and v.table_code = any(%(tables)s) and v.pulled_at >= %(since)s
  and not exists (
      select from link_probe p where p.version_id = v.id and p.at > %(again)s
  )
order by v.id desc
limit %(limit)s

-- name: last_look
select outcome, finding_id from link_probe
where version_id = %(version)s and field = %(field)s
order by id desc limit 1

-- name: note_look
insert into link_probe (version_id, field, at, outcome, detail, finding_id)
values (%(version)s, %(field)s, %(now)s, %(outcome)s, %(detail)s, %(finding)s)

-- name: open_finding
insert into finding (version_id, judgement_id, at, rule, rule_version, consequence, dimension,
                     clause, detail)
values (%(version)s, null, %(now)s, %(rule)s, %(rule_version)s, %(consequence)s, %(dimension)s,
        %(clause)s, %(detail)s::jsonb)
returning id

-- name: failing_links
-- How each address stood when it was last looked at, if it did not open.
select v.body, b.name, v.table_code, v.local_key, l.field, l.outcome, l.detail, l.at
from (
    select distinct on (version_id, field) version_id, field, outcome, detail, at, finding_id
    from link_probe order by version_id, field, id desc
) l
join version v on v.id = l.version_id
join body b on b.code = v.body
where l.finding_id is not null
order by v.body, l.at desc, v.id
limit %(limit)s
