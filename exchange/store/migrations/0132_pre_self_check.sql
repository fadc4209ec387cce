-- What a body said it had judged itself before it sent a batch, and whether that was this content.
create table self_check (
    batch_id bigint primary key references batch,
    code text not null,
    recognised boolean not null
);
grant select, insert on self_check to exchange_app;
