-- What the platform says to a device, and what the device answered. A row lives through: queued, sent, and one of the ends.
create table sensing.command (
  id uuid primary key,
  device_id uuid not null references sensing.device,
  kind text not null,
  parameters jsonb not null default '{}',
  state text not null check (state in ('queued', 'sent', 'answered', 'refused', 'failed', 'expired', 'cancelled')),
  cause text not null check (cause in ('person', 'clock', 'gap', 'device')),
  reason text not null default '',
  asked_by text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > asked_at),
  -- The gateway that has it in hand, and the number under which it was said: QN, serial, or the row's own id.
  gateway text,
  ref text,
  tries int not null default 0,
  sent_at timestamptz,
  due_at timestamptz,
  -- The device said that it carries it out (HJ 212: 9011).
  accepted_at timestamptz,
  ended_at timestamptz,
  answer jsonb,
  xid xid8 not null default pg_current_xact_id(),
  check ((state = 'queued') or (state in ('expired', 'cancelled')) or (sent_at is not null and tries > 0)),
  check ((ended_at is null) = (state in ('queued', 'sent'))));
-- A device does one thing at a time, whichever gateways it is connected to: the database judges.
create unique index one_command_in_hand on sensing.command (device_id) where state = 'sent';
create index command_waiting on sensing.command (asked_at, id) where state in ('queued', 'sent');
create index command_device on sensing.command (device_id, asked_at desc);
create index command_changed on sensing.command (xid);
create trigger command_marked before update on sensing.command for each row execute function sensing.mark_change();

-- What came because we asked for it, and not by itself in its time.
alter table sensing.observation add column command_id uuid;
