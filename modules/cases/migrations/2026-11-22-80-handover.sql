-- Shift handover (交接班): what a shift got, did and leaves, with the words of whoever leaves it; read and signed by the next. Never changed afterwards.
create table cases.handover (
  id uuid primary key,
  -- The centre whose shift it is.
  unit_id text not null,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  -- As counted when it was signed.
  figures jsonb not null,
  note text not null check (note <> ''),
  left_by uuid not null,
  read_by uuid,
  read_at timestamptz,
  check ((read_by is null) = (read_at is null)),
  check (read_by is distinct from left_by));
create index handover_unit on cases.handover (unit_id, to_at desc);
-- What a shift did, among millions of entries in the order of time.
create index event_recorded on cases.event using brin (recorded);
create function cases.keep_handover() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.read_by is null
    and (new.id, new.unit_id, new.from_at, new.to_at, new.figures, new.note, new.left_by) = (old.id, old.unit_id, old.from_at, old.to_at, old.figures, old.note, old.left_by)
  then return new; end if;
  raise exception 'a handover stands as it was signed';
end $$;
create trigger handover_stands before update or delete on cases.handover for each row execute function cases.keep_handover();
