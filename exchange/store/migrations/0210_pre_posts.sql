-- Who works now, for work of which one round follows another without a gap.
create table post (
    name text primary key,
    holder text not null,
    taken_at timestamptz not null
);
grant select, insert on post to exchange_app;
grant update (holder, taken_at) on post to exchange_app;
