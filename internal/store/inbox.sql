-- What arrives without a login, until somebody who takes in has read it. Tables of
-- truth.db, made when they are not there yet. Unlike entries, rows go: what tells
-- that they were there is the leaf that was appended with them. Days are counted
-- since 1970.
create table if not exists thread (
	id     blob    primary key,           -- what it is called inside seals
	look   blob    not null unique,       -- hash of what a receipt gives
	public blob    not null,              -- the key of the receipt, to which messages are sealed
	state  blob    not null,              -- what the source chose, sealed to that key
	wishes integer not null default 0,    -- how often the source changed what may be done
	held   integer not null default 0,    -- day since which nothing of it may be used, or 0
	due    integer not null default 0     -- day on which what is here of it is destroyed, or 0
) without rowid;
create index if not exists thread_due on thread (due) where due > 0;

create table if not exists inbox (
	id     blob    primary key,
	thread blob    not null,
	day    integer not null,
	urgent integer not null,
	opened integer not null default 0,    -- day on which a member first opened it, or 0
	filer  blob,                          -- keyed hash of who files or filed it as a statement, or null
	mark   blob,                          -- keyed hash of that statement's source key, or null
	desk   blob    not null,              -- holder it is sealed to
	key    blob    not null,              -- ID under which the table of keys has what opens it
	box    blob                           -- null once it was taken into a case or destroyed
) without rowid;
create index if not exists inbox_thread on inbox (thread);

create table if not exists heeded (
	letter blob not null,                 -- in which a source changed what may be done
	item   blob not null,                 -- what became a statement, of which that was recorded
	primary key (letter, item)
) without rowid;

create table if not exists blob (
	name  text primary key,               -- SHA-256 of the file's bytes
	owner blob not null                   -- the item of the inbox, or the source key, it goes with
) without rowid;
create index if not exists blob_owner on blob (owner);

create table if not exists message (
	id     blob    primary key,
	thread blob    not null,
	day    integer not null,
	read   integer not null default 0,    -- day on which the source first saw it, or 0
	box    blob    not null               -- sealed to the key of the receipt
) without rowid;
create index if not exists message_thread on message (thread);
