-- name: body
select code from body where code = %(body)s

-- name: add_waiver
insert into waiver (body, rule, reason, signer, from_day, until_day, added_at, added_by)
values (%(body)s, %(rule)s, %(reason)s, %(signer)s, %(from_day)s, %(until_day)s, %(now)s, %(who)s)
returning id

-- name: judge_again
-- Records of the body that its own judgement sent back, this rule among the reasons.
update version v
set state = 'landed', state_reason = '规则已豁免，重新校验', state_at = clock_timestamp(),
    judge_after = %(now)s
where v.body = %(body)s and v.state = 'returned'
  and exists (
      select from finding f
      where f.version_id = v.id and f.rule = %(rule)s and f.consequence = 'reject'
        and f.judgement_id = (select max(l.judgement_id) from finding l where l.version_id = v.id)
  )

-- name: mark_dossiers
-- Dossiers in which the waiver's rule stands against a row of its body, waived or not.
insert into dossier_mark (standard, kind, key, due_at)
select distinct d.standard, d.kind, d.key, %(now)s::timestamptz
from waiver w
join dossier_finding f on f.rule = w.rule and f.closed_at is null
join version v on v.id = f.version_id and v.body = w.body
join dossier d on d.id = f.dossier_id
where w.id = %(waiver)s

-- name: revoke_waiver
update waiver set revoked_at = %(now)s, revoked_by = %(who)s
where id = %(number)s and revoked_at is null

-- name: waivers
select w.id, w.body, b.name as body_name, w.rule, w.reason, w.signer, w.from_day, w.until_day,
       w.added_at, w.added_by, w.revoked_at, w.revoked_by,
       case
           when w.revoked_at is not null then 'revoked'
           when w.until_day < %(today)s then 'expired'
           when w.from_day > %(today)s then 'future'
           else 'in_force'
       end as state
from waiver w join body b on b.code = w.body
where (%(body)s::text is null or w.body = %(body)s)
  and (%(everything)s or (w.revoked_at is null and w.until_day >= %(today)s))
order by w.body, w.rule, w.id

-- name: audit
insert into audit (who, did, object, detail)
values (%(who)s, %(did)s, %(object)s, %(detail)s::jsonb)
