-- A password that an administrator gave: it opens only the door to a password of one's own.
alter table identity.person add column password_temporary boolean not null default false;
