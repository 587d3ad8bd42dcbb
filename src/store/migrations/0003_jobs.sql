-- Jobs go with their chat: nobody could ask for them afterwards.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  storage TEXT NOT NULL REFERENCES chats (storage) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('running', 'ended', 'interrupted')),
  started_ns INTEGER NOT NULL,
  end_json TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_storage ON jobs (storage);
CREATE INDEX jobs_by_state ON jobs (state, started_ns);
