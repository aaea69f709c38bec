create schema evidence;

-- The original bytes lie in the blob store under their hash; what is shown is made from them.
create table evidence.photo (
  id uuid primary key,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text not null,
  bytes int not null check (bytes > 0),
  width_px int not null check (width_px > 0),
  height_px int not null check (height_px > 0),
  -- Tells the same picture again, even smaller or brighter: 64 bits as 16 hexadecimal digits.
  dhash text not null check (dhash ~ '^[0-9a-f]{16}$'),
  -- What the camera wrote; proposed, not proved.
  taken_at timestamptz,
  taken_lon float8,
  taken_lat float8,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  unique (sha256, uploaded_by));

create view evidence.api_photo as
  select id, sha256, width_px, height_px, dhash, taken_at, taken_lon, taken_lat, uploaded_by, uploaded_at from evidence.photo;
