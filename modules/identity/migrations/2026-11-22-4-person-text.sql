-- Who did what is written as text, because the machine does things too; the names of people are found by it.
create index person_as_text on identity.person ((id::text));
