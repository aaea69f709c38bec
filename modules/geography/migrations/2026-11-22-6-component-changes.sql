-- What changed since the map last looked: the transaction of a component's last change.
alter table geography.component add column xid xid8 not null default pg_current_xact_id();
create index component_changed on geography.component (xid);
-- By which it is set whoever writes; a rule of the table, since several statements do.
create function geography.mark_component() returns trigger language plpgsql as $$
begin new.xid := pg_current_xact_id(); return new; end $$;
create trigger component_marked before update on geography.component for each row execute function geography.mark_component();
