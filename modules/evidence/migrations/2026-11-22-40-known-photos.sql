-- Tells a picture that was seen before among millions: two hashes of 64 bits that differ in at most 8 differ in at most 2 bits in one
-- of three bands of 21, 21 and 22 bits (8 < 3 · 3), so some 700 exact look-ups find all of them.
alter table evidence.photo
  add column band_a int generated always as (((('x' || dhash)::bit(64)::bigint >> 43) & 2097151)::int) stored,
  add column band_b int generated always as (((('x' || dhash)::bit(64)::bigint >> 22) & 2097151)::int) stored,
  add column band_c int generated always as ((('x' || dhash)::bit(64)::bigint & 4194303)::int) stored;
create index photo_band_a on evidence.photo (band_a);
create index photo_band_b on evidence.photo (band_b);
create index photo_band_c on evidence.photo (band_c);
