-- Truth: sealed entries and the tree over them. Rows are only ever added;
-- the one change allowed is to drop the payload of an entry, saying which
-- entry explains it.
create table meta (
	name  text primary key,
	value text not null
) without rowid;

create table entry (
	number    integer primary key,        -- from 0, without gaps
	id        blob    not null unique,
	stream    blob    not null,
	key       blob    not null,
	mode      integer not null,
	payload   blob,                       -- null once pruned
	digest    blob    not null,           -- SHA-256 of the payload
	pruned_by integer                     -- number of the entry that explains why
);
create index entry_stream on entry (stream, number);
create index entry_clear on entry (number) where mode = 2;

create table tree (
	pos  integer primary key,             -- as golang.org/x/mod/sumdb/tlog numbers stored hashes
	hash blob not null
);

create table checkpoint (
	size integer primary key,
	note text not null                    -- signed note (C2SP tlog-checkpoint)
);

create trigger entry_delete before delete on entry begin
	select raise(abort, 'entries are never deleted');
end;
create trigger entry_update before update on entry
when not (old.payload is not null and new.payload is null
	and old.pruned_by is null and new.pruned_by is not null
	and new.number = old.number and new.id = old.id and new.stream = old.stream
	and new.key = old.key and new.mode = old.mode and new.digest = old.digest)
begin
	select raise(abort, 'entries never change');
end;
create trigger tree_delete before delete on tree begin
	select raise(abort, 'hashes are never deleted');
end;
create trigger tree_update before update on tree begin
	select raise(abort, 'hashes never change');
end;
create trigger checkpoint_delete before delete on checkpoint begin
	select raise(abort, 'checkpoints are never deleted');
end;
create trigger checkpoint_update before update on checkpoint begin
	select raise(abort, 'checkpoints never change');
end;

insert into meta (name, value) values ('schema', '1');
