-- One row: the identity of this data root, carried by every engine object it owns.
CREATE TABLE instance (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id TEXT NOT NULL CHECK (length(id) = 32)
) STRICT;

-- Times are nanoseconds since 1970 UTC.
CREATE TABLE chats (
  storage TEXT PRIMARY KEY CHECK (length(storage) = 32),
  tenant TEXT NOT NULL,
  chat TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  last_used_ns INTEGER NOT NULL,
  UNIQUE (tenant, chat)
) STRICT;
CREATE INDEX chats_by_last_use ON chats (last_used_ns);
