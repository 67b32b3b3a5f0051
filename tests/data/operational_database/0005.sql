BEGIN TRANSACTION;
CREATE TABLE access_grant (
	grant_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	email TEXT NOT NULL, 
	role TEXT NOT NULL, 
	cluster_id TEXT NOT NULL, 
	valid_from TEXT NOT NULL, 
	valid_until TEXT NOT NULL
);
INSERT INTO "access_grant" VALUES(1,'anna@a.example','manager','fr-a','','');
INSERT INTO "access_grant" VALUES(2,'staff@a.example','staff','','2026-01-01','');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE audit_record (
	record_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	action TEXT NOT NULL, 
	object TEXT NOT NULL
);
INSERT INTO "audit_record" VALUES(1,'2026-06-01T12:00:00+00:00','anna@a.example','look','fr-a');
CREATE TABLE edition_file (
	edition_id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	added_at TEXT NOT NULL, 
	added_by TEXT NOT NULL, 
	PRIMARY KEY (edition_id)
);
INSERT INTO "edition_file" VALUES('2026-06-01-abc','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',12,'2026-06-01T12:00:00+00:00','staff@a.example');
CREATE TABLE former_file (
	name TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "former_file" VALUES('journal.jsonl','2026-06-01T12:00:00+00:00');
CREATE TABLE job (
	job_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	visitor TEXT NOT NULL, 
	server TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	heartbeat_at TEXT NOT NULL, 
	ended_at TEXT, 
	state TEXT NOT NULL, 
	progress_key TEXT NOT NULL, 
	share FLOAT NOT NULL, 
	cancelled_by TEXT, 
	edition TEXT NOT NULL, 
	problems JSON NOT NULL, 
	dismissed_at TEXT
);
INSERT INTO "job" VALUES(1,'check','staff@a.example','','one:1','2026-06-01T12:00:00+00:00','2026-06-01T12:00:00.000+00:00','2026-06-01T12:00:00+00:00','done','jobs.starts',1.0,NULL,'2026-06-01-abc','[]',NULL);
CREATE TABLE job_log (
	line_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	job_id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	details JSON NOT NULL, 
	FOREIGN KEY(job_id) REFERENCES job (job_id) ON DELETE CASCADE
);
INSERT INTO "job_log" VALUES(1,1,'2026-06-01T12:00:00+00:00','data.building','{"n": 3}');
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
CREATE TABLE publication (
	publication_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	action TEXT NOT NULL
);
INSERT INTO "publication" VALUES(1,'2026-06-01T12:00:00+00:00','2026-06-01-abc','staff@a.example','publish');
CREATE TABLE sign_out (
	person TEXT NOT NULL, 
	at TEXT, 
	latest_sign_in TEXT, 
	PRIMARY KEY (person)
);
INSERT INTO "sign_out" VALUES('abababababababababababababababababababababababababababababababab','2026-06-01T12:00:00+00:00',NULL);
CREATE INDEX ix_label_change_cluster_id ON label_change (cluster_id);
CREATE INDEX ix_access_grant_email ON access_grant (email);
CREATE INDEX ix_audit_record_at ON audit_record (at);
CREATE INDEX ix_job_started_at ON job (started_at);
CREATE INDEX ix_job_log_job_id ON job_log (job_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('label_change',3);
INSERT INTO "sqlite_sequence" VALUES('pin',2);
INSERT INTO "sqlite_sequence" VALUES('access_grant',2);
INSERT INTO "sqlite_sequence" VALUES('audit_record',1);
INSERT INTO "sqlite_sequence" VALUES('publication',1);
INSERT INTO "sqlite_sequence" VALUES('job',1);
INSERT INTO "sqlite_sequence" VALUES('job_log',1);
COMMIT;
