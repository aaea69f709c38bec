-- What of an entry is searched: its title and the words without personal fields.
create view inspection.api_entry_words as
  select id, ledger_id, no, title, words, area_code, keeper_unit, created_by, lon, lat, place_zh, place_en, retired_at, xid from inspection.entry;
