-- Maps follow alarms and states of devices by what changed, as they follow devices and positions.
alter table sensing.alarm add column xid xid8 not null default pg_current_xact_id();
create index alarm_changed on sensing.alarm (xid);
alter table sensing.device_state add column xid xid8 not null default pg_current_xact_id();
create function sensing.mark_change() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  return new;
end $$;
create trigger alarm_marked before update on sensing.alarm for each row execute function sensing.mark_change();
-- Every word of a device touches its row; only another state is a change.
create trigger state_marked before update on sensing.device_state for each row
  when (old.state is distinct from new.state) execute function sensing.mark_change();
