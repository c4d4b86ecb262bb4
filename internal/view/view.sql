pragma user_version = 4; -- of these tables: a view of another is emptied when it is opened
create table mark (
	one    integer primary key check (one = 1),
	number integer not null,
	size   integer not null,
	root   blob not null
);
create table entry (
	number integer primary key,   -- as in this installation's log
	id     blob not null,
	stream blob not null,
	key    blob not null,
	kind   text not null,
	author blob not null,
	time   integer not null,      -- milliseconds since 1970
	after  blob not null,         -- IDs, one after the other
	body   blob not null
);
create index entry_stream on entry (stream, number);

create table stream (
	stream  blob primary key,
	last    integer not null,     -- number of its newest entry
	changed integer not null      -- 1 if what follows has not caught up, 2 if it has nothing of it
) without rowid;
create index stream_changed on stream (stream, changed) where changed > 0;

-- What follows is made from the entries, stream by stream.
create table head (
	stream blob not null,
	id     blob not null,
	primary key (stream, id)
) without rowid;
create table caserow (
	stream     blob primary key,
	title      text not null,
	about      text not null,
	affected   text not null,
	cover      text not null,     -- of the affected person
	persons    integer not null,
	statements integer not null,
	claims     integer not null,  -- that count
	contested  integer not null,  -- findings
	unread     integer not null,  -- statements that have no working text yet
	waiting    integer not null,  -- dossiers proposed and not released
	opened     integer not null,  -- when its first entry was written
	review     text not null,     -- the day it is looked at again, if the case says
	until      text not null,     -- the last day it is kept, if the case says
	time       integer not null,  -- of the newest entry
	last       integer not null   -- its number
) without rowid;
create index caserow_time on caserow (time desc, stream);
create index caserow_contested on caserow (time desc, stream) where contested > 0;
create index caserow_unread on caserow (time desc, stream, unread) where unread > 0;
create index caserow_waiting on caserow (time desc, stream) where waiting > 0;
create index caserow_dated on caserow (time desc, stream) where (review != '' or until != '');
create table person (
	stream blob not null,
	ref    text not null,
	cover  text not null,
	body   blob not null,
	primary key (stream, ref)
) without rowid;
create index person_cover on person (cover);
create table thing (              -- places and units
	stream blob not null,
	ref    text not null,
	label  text not null,
	body   blob not null,
	primary key (stream, ref)
) without rowid;
create table placed (             -- which cases speak of a place
	place    text not null,
	stream   blob not null,
	accounts integer not null,    -- statements that do
	origins  integer not null,    -- independent ones among them
	people   text not null,       -- whom they put there, with spaces between
	persons  integer not null,    -- how many
	first    text not null,       -- of the days on which they say something was there, as a key, or ''
	latest   text not null,
	time     integer not null,    -- of the newest entry of the case
	primary key (place, stream)
) without rowid;
create index placed_stream on placed (stream);
create index placed_time on placed (place, time desc, stream, first, latest);
create table placesum (           -- the same over all cases, kept in step
	place    text primary key,
	accounts integer not null,
	origins  integer not null,
	persons  integer not null
) without rowid;
create table unread (             -- statements that have no working text yet
	stream blob not null,
	at     integer not null,      -- place among them
	body   blob not null,
	primary key (stream, at)
) without rowid;
create table forms (
	stream blob not null,
	entry  blob not null,             -- nothing takes a form back: each entry adds its own
	person text not null,
	circle blob not null,
	detail blob not null,
	hashes blob not null,
	primary key (stream, entry)
) without rowid;
create table doc (                -- what can be searched
	doc    integer primary key,
	stream blob not null,
	kind   text not null,
	at     text not null,         -- with stream and kind, what it is of
	ref    text not null,
	text   text not null
);
create unique index doc_at on doc (stream, kind, at);
create virtual table search using fts5 (text, content='', contentless_delete=1, tokenize='habeas');
create virtual table searchterm using fts5vocab (search, row);
