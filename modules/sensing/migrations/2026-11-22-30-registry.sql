-- The registry: more kinds, more ways to speak, and what is known of a device beside its address.
alter table sensing.device drop constraint device_kind_check, drop constraint device_protocol_check;
alter table sensing.device
  add constraint device_kind_check check (kind in ('noise_monitor', 'vehicle', 'phone', 'radio', 'dust_monitor', 'weather', 'water',
    'pipe', 'meter', 'counter', 'rfid', 'sensor')),
  add constraint device_protocol_check check (protocol in ('hj212', 'jt808', 'app', 'trunk', 'mqtt', 'osmand', 'sta')),
  -- What it is, in words, and what foreign programs keep with it (SensorThings).
  add column description text not null default '',
  add column properties jsonb not null default '{}',
  -- Where it stands as that was delivered, before it became CGCS2000: {crs, x, y}.
  add column delivered jsonb;

-- Who carries it or where it is mounted, and when. One at a time: the database judges. Ranges are those of whole numbers and
-- instants, so that no extension is needed.
create table sensing.binding (
  id uuid primary key,
  device_id uuid not null references sensing.device,
  handle int not null,
  target_kind text not null check (target_kind in ('person', 'vehicle', 'site')),
  person_id uuid references identity.person,
  -- The plate of the vehicle, the name of the site.
  target text,
  valid_from timestamptz not null,
  valid_until timestamptz,
  bound_by text not null,
  bound_at timestamptz not null,
  check ((target_kind = 'person') = (person_id is not null)),
  check ((target_kind = 'person') = (target is null)),
  check (valid_until > valid_from),
  constraint one_bearer_at_a_time exclude using gist (int4range(handle, handle, '[]') with &&, tstzrange(valid_from, valid_until) with &&));
create index binding_device on sensing.binding (device_id, valid_from desc);
create index binding_person on sensing.binding (person_id) where person_id is not null;

create table sensing.calibration (
  id uuid primary key,
  device_id uuid not null references sensing.device,
  calibrated_on date not null,
  valid_until date not null,
  certificate text not null,
  laboratory text,
  recorded_by text not null,
  recorded_at timestamptz not null,
  check (valid_until >= calibrated_on),
  unique (device_id, certificate));

-- The name and the token by which a device (MQTT, OsmAnd, SensorThings) signs in. Of the token only its hash is kept.
create table sensing.account (
  device_id uuid primary key references sensing.device,
  login text not null unique check (login ~ '^[A-Za-z0-9._-]{1,64}$'),
  token_hash text not null,
  issued_by text not null,
  issued_at timestamptz not null);

-- What its latest data say against a device that does speak.
alter table sensing.device_state add column trouble text check (trouble in ('faulty', 'clock-off', 'out-of-range')),
  add column trouble_since timestamptz;
drop trigger state_marked on sensing.device_state;
create trigger state_marked before update on sensing.device_state for each row
  when (old.state is distinct from new.state or old.trouble is distinct from new.trouble) execute function sensing.mark_change();

-- A stranger that must not come back is barred: gateways refuse it without counting it as new.
alter table sensing.unknown_device add column barred_at timestamptz, add column barred_by text;
