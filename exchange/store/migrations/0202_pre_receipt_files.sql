-- The receipts of a day as files for the body, each made once. What was sealed before this point is
-- not handed out by itself.
create table receipt_day (
    last_block bigint primary key,
    day date not null,
    receipts integer not null,
    made_at timestamptz not null
);
insert into receipt_day (last_block, day, receipts, made_at)
select max(number), (max(sealed_at) at time zone 'Asia/Shanghai')::date, 0, clock_timestamp()
from ledger_block having count(*) > 0;

create table receipt_file (
    id bigint generated always as identity primary key,
    body text not null references body,
    last_block bigint not null references receipt_day,
    part integer not null,
    name text not null unique,
    receipts integer not null,
    sha256 text not null,
    bytes bigint not null,
    delivered_at timestamptz,
    proof jsonb,
    last_error text,
    unique (body, last_block, part)
);
create index receipt_file_undelivered on receipt_file (id) where delivered_at is null;
grant select, insert on receipt_day, receipt_file to exchange_app;
grant update (delivered_at, proof, last_error) on receipt_file to exchange_app;
