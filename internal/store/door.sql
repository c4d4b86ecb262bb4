-- What guards the door: second factors, and the browsers that members came in
-- with before. Tables of keys.db; made when they are not there yet.
create table if not exists factor (
	holder blob not null,
	id     blob not null,
	box    blob not null,                 -- sealed by the member to themselves
	primary key (holder, id)
);

create table if not exists device (
	id     blob primary key,              -- keyed hash of a browser's token and a handle
	holder blob not null,
	place  integer not null default 0     -- larger than those of the browsers that came before
);
create index if not exists device_holder on device (holder);

-- Days on which people are to be woken for terms that end. A row has no code, kind or
-- name: a date and a term would tie a case to a letter that a state holds.
create table if not exists wake (
	day text not null
);

-- Source keys that were destroyed, for good: a wrap of one that somebody has read before
-- is not written again.
create table if not exists gone (
	mark blob primary key                 -- hash of the key's ID and its stream
) without rowid;
