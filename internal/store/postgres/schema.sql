-- The tables of an office in PostgreSQL, and what the role habeas_app may do with
-- them. Names of tables and columns are those of truth.sql, inbox.sql, keys.sql and
-- door.sql. They belong to whoever runs this, which is not who the nodes log in as.
-- What is there is left as it is, so a later version is added by running it again: it
-- only ever adds tables, and columns with a default, which an older version passes by.
create table if not exists meta (
	name  text primary key,
	value text not null
);

create table if not exists entry (
	number    bigint primary key,         -- from 0, without gaps
	id        bytea  not null unique,
	stream    bytea  not null,
	key       bytea  not null,
	mode      bigint not null,
	payload   bytea,                      -- null once pruned
	digest    bytea  not null,            -- SHA-256 of the payload
	pruned_by bigint,                     -- number of the entry that explains why
	check ((payload is null) = (pruned_by is not null))
);
create index if not exists entry_stream on entry (stream, number);
create index if not exists entry_clear on entry (number) where mode = 2;

create table if not exists tree (
	pos  bigint primary key,              -- as golang.org/x/mod/sumdb/tlog numbers stored hashes
	hash bytea not null
);

create table if not exists checkpoint (
	size bigint primary key,
	note text not null                    -- signed note (C2SP tlog-checkpoint)
);

create table if not exists thread (
	id     bytea  primary key,
	look   bytea  not null unique,
	public bytea  not null,
	state  bytea  not null,
	wishes bigint not null default 0,
	held   bigint not null default 0,
	due    bigint not null default 0
);
create index if not exists thread_due on thread (due) where due > 0;

create table if not exists inbox (
	id     bytea  primary key,
	thread bytea  not null,
	day    bigint not null,
	urgent bigint not null,
	opened bigint not null default 0,
	filer  bytea,
	mark   bytea,
	desk   bytea  not null,
	key    bytea  not null,
	box    bytea
);
create index if not exists inbox_thread on inbox (thread);

create table if not exists heeded (
	letter bytea not null,
	item   bytea not null,
	primary key (letter, item)
);

create table if not exists blob (
	name  text  primary key,
	owner bytea not null
);
create index if not exists blob_owner on blob (owner);

create table if not exists message (
	id     bytea  primary key,
	thread bytea  not null,
	day    bigint not null,
	read   bigint not null default 0,
	box    bytea  not null
);
create index if not exists message_thread on message (thread);

create table if not exists wrap (
	key    bytea not null,
	stream bytea not null,
	holder bytea not null,
	box    bytea not null,
	primary key (key, holder)
);
create index if not exists wrap_holder on wrap (holder, stream, key);

create table if not exists login (
	mac    bytea primary key,
	holder bytea not null,
	record bytea not null
);
create index if not exists login_holder on login (holder);

create table if not exists draft (
	holder bytea not null,
	id     bytea not null,
	box    bytea not null,
	primary key (holder, id)
);

create table if not exists factor (
	holder bytea not null,
	id     bytea not null,
	box    bytea not null,
	primary key (holder, id)
);

create table if not exists device (
	id     bytea  primary key,
	holder bytea  not null,
	place  bigint not null default 0
);
create index if not exists device_holder on device (holder);

create table if not exists wake (
	day text not null
);

create table if not exists gone (
	mark bytea primary key
);

-- What was destroyed, in order, for nodes that have something of it: the list beside
-- each pepper, and files in the directory of each.
create table if not exists told (
	n    bigint primary key,              -- from 1, without gaps
	note bytea  not null                  -- what it was, signed by the node that tells
);

-- Whose turn it is: a row is locked while one node does what only one may do. It
-- holds nothing of the office, and SQLite, which has one writer, has no such table.
create table if not exists turn (
	name  text   primary key,
	n     bigint not null,
	until bigint not null default 0       -- milliseconds since 1970, by the clock of the database
);
insert into turn (name, n) values ('keys', 0), ('log', 0), ('told', 0) on conflict do nothing;

-- What a node may do. Entries, hashes and checkpoints are added and read; of an entry
-- only what pruning sets is ever changed, and nothing of them is deleted.
grant select, insert, delete on meta to habeas_app; -- the bucket the files are in
grant select, insert on entry, tree, checkpoint to habeas_app;
grant update (payload, pruned_by) on entry to habeas_app;
grant select, insert, update, delete on thread, inbox, heeded, blob, message to habeas_app;
grant select, insert, update, delete on wrap, login, draft, factor, device, wake to habeas_app;
grant select, insert on gone, told to habeas_app;
grant select, insert, update on turn to habeas_app;

insert into meta (name, value) values ('schema', '1') on conflict do nothing;
