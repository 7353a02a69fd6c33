--- Every bound of the bridge: its default, the range it may be set to, and what happens when it is turned.
return {
  -- Peers that have shown who they are. More cost a system call each a poll.
  max_peers = { default = 32, low = 1, high = 1024, whole = true },
  -- Connections that have not shown it yet, beside those; when they are this many, the oldest makes room for the next.
  -- More give a distant client more time in a flood of strangers, and cost a system call each a poll.
  max_handshakes = { default = 32, low = 1, high = 1024, whole = true },
  -- A peer that has not shown who it is by then is closed: lower it where strangers can reach the port.
  handshake_s = { default = 2, low = 0.05, high = 60 },
  -- A wrong token is answered this late: a guesser learns max_handshakes answers in that time, at most. Keep it below a
  -- second, or libzmq's clients take a refusal for silence.
  refusal_delay_s = { default = 0.5, low = 0, high = 10 },
  -- A larger frame closes its peer; clients send small ones.
  frame_bytes = { default = 65536, low = 512, high = 16777216, whole = true },
  -- One payload, and the empty delimiter that REQ sends before it.
  message_parts = { default = 2, low = 2, high = 16, whole = true },
  -- What may wait for a slow reader before it is closed: a few full snapshots.
  pending_bytes = { default = 1048576, low = 4096, high = 268435456, whole = true },
  -- Past this a slow reader's perceptions wait and collapse: lower means fresher, higher fills the connection better.
  backlog_bytes = { default = 65536, low = 1024, high = 16777216, whole = true },
  -- Frames of one peer handled in one poll: more favours a busy peer over the others.
  messages_per_poll = { default = 32, low = 1, high = 10000, whole = true },
  -- Bytes read from one peer in one poll.
  read_bytes_per_poll = { default = 16384, low = 64, high = 1048576, whole = true },
  -- Past this much work a poll puts off the rest to the next: more answers sooner, at the game's expense.
  poll_budget_ms = { default = 0.5, low = 0.05, high = 100 },
  -- How often we ask a peer whether it is there.
  heartbeat_interval_s = { default = 2, low = 0.05, high = 3600 },
  -- A peer that is silent this long is closed; keep it above two intervals.
  heartbeat_timeout_s = { default = 6, low = 0.1, high = 86400 },
  -- How long a command's result is kept for a repeat of it: a client never repeats an older one.
  remember_s = { default = 600, low = 1, high = 86400 },
  -- Results kept, all clients' together; when all are younger than remember_s, commands are answered `overloaded`. One
  -- client may fill seven eighths: the default takes 145 commands a second for good. A usual result takes 230 bytes.
  remembered = { default = 100000, low = 1, high = 10000000, whole = true },
  -- The same in bytes, for results that are long.
  remembered_bytes = { default = 33554432, low = 65536, high = 1073741824, whole = true },
  -- The timer while somebody is connected: it bounds the round trip.
  poll_ms = { default = 1, low = 1, high = 1000, whole = true },
  -- The timer while nobody is: it bounds how late a connection is noticed.
  idle_poll_ms = { default = 10, low = 1, high = 1000, whole = true },
}
