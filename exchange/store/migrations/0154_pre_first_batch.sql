-- Since when a body is connected: its first batch, which is asked for with every look at the clocks.
create index batch_first on batch (body, id);
