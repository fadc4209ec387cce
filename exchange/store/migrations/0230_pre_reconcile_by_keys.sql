-- What reconciling asks of one feed is found by keys, whatever other feeds have.
drop index delivery_lsh;
create index delivery_serial on delivery (standard, table_code, lsh) where lsh is not null;
create index delivery_unnumbered on delivery (standard, table_code) where lsh is null;
create index key_range_due on key_range (body, standard, compared_at nulls first, id);
create index difference_of_record on difference (body, standard, table_code, record_key, kind);
