-- An item that ended because the body was excused was not mended, and the closing letter says so.
alter table rectification_item drop constraint rectification_item_resolution_check;
alter table rectification_item add constraint rectification_item_resolution_check
    check (resolution in ('confirmed', 'withdrawn', 'completed', 'excused'));
-- What was closed on a version decides how its item ended.
create index dossier_finding_of_version on dossier_finding (version_id);
