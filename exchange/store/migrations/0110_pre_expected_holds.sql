-- A held row may also wait for rows of its own case that should have come before it.
alter table hold drop constraint hold_parent_state_check;
alter table hold add constraint hold_parent_state_check
    check (parent_state in ('pending', 'failed', 'absent', 'expected'));
