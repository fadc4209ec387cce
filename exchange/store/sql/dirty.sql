-- name: count_judged
-- Adds to the window that began after ``since``, or begins a new one.
insert into dirty_breaker (body, window_from, judged, failed)
values (%(body)s, %(now)s, %(judged)s, %(failed)s)
on conflict (body) do update
set window_from = greatest(dirty_breaker.window_from, case
        when dirty_breaker.window_from <= %(since)s then excluded.window_from end),
    judged = excluded.judged
        + case when dirty_breaker.window_from > %(since)s then dirty_breaker.judged else 0 end,
    failed = excluded.failed
        + case when dirty_breaker.window_from > %(since)s then dirty_breaker.failed else 0 end
returning judged, failed, opened_at

-- name: open_dirty
update dirty_breaker
set opened_at = %(now)s, trial_at = %(trial_at)s, opened_times = opened_times + 1
where body = %(body)s and opened_at is null

-- name: due_trial
-- One body whose records may be tried; whoever gets the row tries.
select body from dirty_breaker
where opened_at is not null and trial_at <= %(now)s
  and (%(bodies)s::text[] is null or body = any(%(bodies)s))
order by trial_at
limit 1
for no key update skip locked

-- name: trial_failed
update dirty_breaker set trial_at = %(trial_at)s where body = %(body)s

-- name: close_dirty
update dirty_breaker
set opened_at = null, trial_at = null, window_from = %(now)s, judged = 0, failed = 0
where body = %(body)s

-- name: dirty_now
-- The bodies that are put aside, with how many of their records wait to be judged.
select d.body, b.name, d.opened_at, d.trial_at, d.judged, d.failed, w.waiting
from dirty_breaker d join body b on b.code = d.body
left join lateral (
    select count(*) as waiting from version v
    where v.body = d.body and v.judge_after <= %(now)s
) w on true
where d.opened_at is not null
order by d.body
