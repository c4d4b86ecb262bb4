-- Keys: what can be destroyed. It is a file of its own so that a destroyed row
-- can be overwritten in every file it ever stood in.
create table wrap (
	key    blob not null,
	stream blob not null,
	holder blob not null,
	box    blob not null,
	primary key (key, holder)
);
create index wrap_holder on wrap (holder, stream, key);

create table login (
	mac    blob primary key,              -- of the handle, under the pepper
	holder blob not null,
	record blob not null
);
create index login_holder on login (holder);

create table draft (
	holder blob not null,
	id     blob not null,
	box    blob not null,
	primary key (holder, id)
);
