-- A mapping of a few hundred types is longer than an index entry may be: its digest tells it apart.
alter table operations.import drop constraint import_kind_sha256_mapping_key;
create unique index import_once on operations.import (kind, sha256, md5(mapping::text));
