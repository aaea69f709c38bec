-- Who is told of what, by which channel: rules that staff edit, in editions; 0 comes with the program.
create table cases.notice_rules (
  version int primary key check (version > 0),
  rules jsonb not null,
  note text not null,
  created_by text not null,
  created_at timestamptz not null);
-- What a person is told inside Pentad. `key` names the piece of news and the rule's channel: told once, however often it is heard.
create table cases.message (
  id uuid primary key,
  person_id text not null,
  key text not null,
  event text not null,
  case_id uuid references cases.case_file,
  said jsonb not null,
  at timestamptz not null,
  read_at timestamptz,
  unique (person_id, key));
create index message_of on cases.message (person_id, at desc);
create index message_unread on cases.message (person_id) where read_at is null;
-- What should go out by SMS or e-mail. Without a gateway it stays here and says so. The address is looked up when it is sent, not kept.
create table cases.outbox (
  id uuid primary key,
  channel text not null check (channel in ('sms', 'email')),
  person_id text,
  report_id uuid references cases.report,
  key text not null,
  event text not null,
  case_id uuid references cases.case_file,
  said jsonb not null,
  at timestamptz not null,
  state text not null check (state in ('no_gateway', 'sent', 'failed')),
  check ((person_id is null) <> (report_id is null)));
create unique index outbox_once on cases.outbox (channel, key, coalesce(person_id, report_id::text));
create index outbox_at on cases.outbox (at desc);
