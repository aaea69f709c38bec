-- The map follows components by what changed, however many there are.
alter table geography.component add column xid xid8 not null default pg_current_xact_id();
create index component_changed on geography.component (xid);
create function geography.mark_change() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  return new;
end $$;
create trigger component_marked before update on geography.component for each row execute function geography.mark_change();
