-- name: rows_to_look_at
-- Rows in effect of a body that came lately and were not looked at for a while, newest first; those
-- with something that did not open also when a waiver of the rule has begun or ended since.
select v.id, v.standard, v.table_code, v.raw, v.place
from version v
where v.body = %(body)s and v.valid and v.state in ('queued', 'sending', 'sent', 'confirmed')
  and v.table_code = any(%(tables)s) and v.pulled_at >= %(since)s
  and not exists (
      select from link_probe p
      where p.version_id = v.id and p.at > %(again)s
        and not (p.at < coalesce(%(turned)s::timestamptz, '-infinity') and exists (
            select from link_probe f
            where f.version_id = v.id and f.at = p.at and f.finding_id is not null
        ))
  )
order by v.id desc
limit %(limit)s

-- name: last_look
select p.outcome, p.finding_id, f.detail -> 'waived' as waived
from link_probe p left join finding f on f.id = p.finding_id
where p.version_id = %(version)s and p.field = %(field)s
order by p.id desc limit 1

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
-- How each address of rows in effect stood when it was last looked at, if it did not open.
select v.body, b.name, v.table_code, v.local_key, l.field, l.outcome, l.detail, l.at,
       nullif(f.detail -> 'waived', 'null') as waived
from (
    select distinct on (version_id, field) version_id, field, outcome, detail, at, finding_id
    from link_probe order by version_id, field, id desc
) l
join version v on v.id = l.version_id
join body b on b.code = v.body
join finding f on f.id = l.finding_id
where v.valid and v.state in ('queued', 'sending', 'sent', 'confirmed')
order by v.body, l.at desc, v.id
limit %(limit)s
