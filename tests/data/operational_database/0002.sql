BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE label_change (
	change_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	action TEXT NOT NULL, 
	cluster_id TEXT NOT NULL, 
	details JSON NOT NULL
);
INSERT INTO "label_change" VALUES(1,'2026-06-01T12:00:00+00:00','anna@example.org','Their site says so; été','check','fr-a','{"checked_on": "2026-06-01", "award_ids": "x"}');
INSERT INTO "label_change" VALUES(2,'2026-06-01T12:00:00+00:00','anna@example.org','Their site says so; été','dissolve','fr-b','{"dissolved_on": "2025", "successor": "fr-a"}');
INSERT INTO "label_change" VALUES(3,'2026-06-01T12:00:00+00:00','ben@example.org','It goes on','undo','fr-b','{"change_id": "2"}');
CREATE TABLE pin (
	pin_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	address TEXT NOT NULL, 
	note TEXT NOT NULL
);
INSERT INTO "pin" VALUES(1,'2026-06-01T12:00:00+00:00','anna@example.org','comparison?by=country','For the board');
CREATE INDEX ix_label_change_cluster_id ON label_change (cluster_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('label_change',3);
INSERT INTO "sqlite_sequence" VALUES('pin',2);
COMMIT;
