-- Maps ask for what changed: hung items are a layer of theirs.
alter table cases.hung_item add column xid xid8 not null default pg_current_xact_id();
create index hung_changed on cases.hung_item (xid);
