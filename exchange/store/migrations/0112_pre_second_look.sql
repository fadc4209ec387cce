-- Records that were handed on before everything they are compared with had arrived: looked at once
-- more when the grace is over. Written by the verdict, taken away by the second look.
create table second_look (
    version_id bigint primary key references version,
    body text not null references body,
    due_at timestamptz not null
);
create index second_look_due on second_look (due_at);
grant select, insert, update, delete on second_look to exchange_app;
