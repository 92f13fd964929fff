BEGIN TRANSACTION;
CREATE TABLE actions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT, 
	call_id TEXT, 
	criterion TEXT, 
	cause TEXT NOT NULL, 
	person TEXT NOT NULL, 
	due TEXT, 
	state TEXT NOT NULL, 
	details TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE adjudications (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	criterion TEXT NOT NULL, 
	turn INTEGER, 
	person TEXT NOT NULL, 
	value TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	action TEXT NOT NULL, 
	details TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-24T09:30:00.000000Z','purge','{"kind":"call"}','51a6e150f7fbcd005533986d197956f2d98c756189a0e3613e4cff1bb11c9129');
CREATE TABLE chain (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	table_name TEXT NOT NULL, 
	row_id INTEGER NOT NULL, 
	row_hash TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	UNIQUE (table_name, row_id)
);
INSERT INTO "chain" VALUES(1,'meta',1,'4ac8e0e15a5363767e5db755a9a746a2c99b884b292fa7920e2c3001edff0233','','66c0eaaa3859027f48d5853bbb2f96eea518e706a7f1ae818f195415cb277bea');
INSERT INTO "chain" VALUES(2,'rubrics',1,'cb0254ec5426951ea09a4e704b4855233adec5684245165cfd19a5a55eb6aa2a','66c0eaaa3859027f48d5853bbb2f96eea518e706a7f1ae818f195415cb277bea','a87575d7228f7298566776c0f20a86d33b00dcd9a223ec35dbbb2c6bdd537758');
INSERT INTO "chain" VALUES(3,'samples',1,'4fd5fbd873f7a755200d38d21e746be6257ccaef45ab5f228237a1dc3faa9100','a87575d7228f7298566776c0f20a86d33b00dcd9a223ec35dbbb2c6bdd537758','dc232872170eaaf689fdd4cae4745392140c4922e137e64bf3e075bbde0dda5c');
INSERT INTO "chain" VALUES(4,'sample_items',1,'4ddd2297721534a959ce1beba6e2394943f343f4b01c866b62e7a5e01cba933a','dc232872170eaaf689fdd4cae4745392140c4922e137e64bf3e075bbde0dda5c','626d6514b9dd3daa471386dd8cd6b43d342f3c3a9df9d864c72e377f96ca9a50');
INSERT INTO "chain" VALUES(5,'sample_items',2,'9040fbb62aeac2bd1f48a097a35cf1f83e2103f48b95f1d823d16249fc29f17f','626d6514b9dd3daa471386dd8cd6b43d342f3c3a9df9d864c72e377f96ca9a50','7f9e6d50ee11cc44d65cef4a483dc6ac1a56a5131af80ca909fa14d71b515576');
INSERT INTO "chain" VALUES(6,'grades',1,'384ed52357d2ff030cb1152350aa1c963ab532701c92071410e18a63c33414e9','7f9e6d50ee11cc44d65cef4a483dc6ac1a56a5131af80ca909fa14d71b515576','cfced4a5ffde1c4d4beff32b311473c63a5f10aeb4d52d039a30bdd3a850bba3');
INSERT INTO "chain" VALUES(7,'grades',2,'32015857bb80611830e42330fcd73359a267d31915848663332db5f1aefeb7ff','cfced4a5ffde1c4d4beff32b311473c63a5f10aeb4d52d039a30bdd3a850bba3','d7d2d70e498029da7c121517022ed8c05df979d6e5f9209f3e5004704fc3bd8c');
INSERT INTO "chain" VALUES(8,'audit',1,'51a6e150f7fbcd005533986d197956f2d98c756189a0e3613e4cff1bb11c9129','d7d2d70e498029da7c121517022ed8c05df979d6e5f9209f3e5004704fc3bd8c','fd0c63f6cac0fe5e50f76bcf3b18b816321617194c7cdf0a621fff45e03de067');
INSERT INTO "chain" VALUES(9,'tombstones',1,'70240304de831536b7f69faf54d9e1b0e68e61fa3580487c8a1024137ce383e6','fd0c63f6cac0fe5e50f76bcf3b18b816321617194c7cdf0a621fff45e03de067','8f78c08425e5480dc6f4512bb76071072a8ff47e42d9cb20d34a48fa5f953482');
INSERT INTO "chain" VALUES(10,'tombstones',2,'fa66f85be5c2823a682cbe2b714e51e724ad848d231bc799b17f180961c54c95','8f78c08425e5480dc6f4512bb76071072a8ff47e42d9cb20d34a48fa5f953482','464a4d9ab6018113df3ac86423808dd5dc92de0da46cd77999d8526a42fe1143');
CREATE TABLE changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	noted_for TEXT NOT NULL, 
	label TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE disputes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	criterion TEXT NOT NULL, 
	person TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	details TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE exports (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	path TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	week TEXT, 
	details TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE grades (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	criterion TEXT NOT NULL, 
	turn INTEGER, 
	grader_kind TEXT NOT NULL, 
	grader_name TEXT NOT NULL, 
	lane TEXT NOT NULL, 
	state TEXT NOT NULL, 
	supersedes INTEGER, 
	grade TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	FOREIGN KEY(supersedes) REFERENCES grades (id)
);
INSERT INTO "grades" VALUES(1,'2026-11-24T09:00:00.000000Z','2026-W47','demo','c1','correctness',NULL,'human','Anna Keller','blind','scored',NULL,'{"at":"2026-11-24T09:00:00Z","call_id":"c1","cost_usd":null,"criterion":"correctness","criterion_digest":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","evidence":[],"grader":{"kind":"human","name":"Anna Keller","prompt_digest":null,"version":null},"lane":"blind","manner":null,"measured_value":null,"rationale":"[text removed on 2026-11-24 on request]","seconds":null,"source":"demo","state":"scored","supersedes":null,"turn":null,"value":4,"week":"2026-W47"}','384ed52357d2ff030cb1152350aa1c963ab532701c92071410e18a63c33414e9');
INSERT INTO "grades" VALUES(2,'2026-11-24T09:00:00.000000Z','2026-W47','demo','c2','correctness',NULL,'human','Anna Keller','blind','scored',NULL,'{"at":"2026-11-24T09:00:00Z","call_id":"c2","cost_usd":null,"criterion":"correctness","criterion_digest":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","evidence":[],"grader":{"kind":"human","name":"Anna Keller","prompt_digest":null,"version":null},"lane":"blind","manner":null,"measured_value":null,"rationale":"Fine.","seconds":null,"source":"demo","state":"scored","supersedes":null,"turn":null,"value":2,"week":"2026-W47"}','32015857bb80611830e42330fcd73359a267d31915848663332db5f1aefeb7ff');
CREATE TABLE intakes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	file TEXT NOT NULL, 
	file_digest TEXT NOT NULL, 
	source TEXT NOT NULL, 
	rows INTEGER NOT NULL, 
	accepted INTEGER NOT NULL, 
	duplicate INTEGER NOT NULL, 
	"conflict" INTEGER NOT NULL, 
	other_agent INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	conflicts TEXT NOT NULL, 
	redactions TEXT NOT NULL, 
	fill TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE llm_calls (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	call_digest TEXT NOT NULL, 
	criteria_digest TEXT NOT NULL, 
	judge_digest TEXT NOT NULL, 
	repeat INTEGER NOT NULL, 
	request TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	UNIQUE (call_digest, criteria_digest, judge_digest, repeat)
);
CREATE TABLE llm_events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	llm_call_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	raw TEXT, 
	usage TEXT, 
	cost_usd REAL, 
	details TEXT, 
	sha256 TEXT NOT NULL, 
	FOREIGN KEY(llm_call_id) REFERENCES llm_calls (id)
);
CREATE TABLE meta (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	schema_version INTEGER NOT NULL, 
	sha256 TEXT NOT NULL
);
INSERT INTO "meta" VALUES(1,'',3,'4ac8e0e15a5363767e5db755a9a746a2c99b884b292fa7920e2c3001edff0233');
CREATE TABLE parts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	intake_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	week TEXT NOT NULL, 
	path TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	rows INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	FOREIGN KEY(intake_id) REFERENCES intakes (id)
);
CREATE TABLE picks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	person TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	call TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	UNIQUE (week, source, call_id, person)
);
CREATE TABLE rejects (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	intake_id INTEGER NOT NULL, 
	file TEXT NOT NULL, 
	line INTEGER, 
	field TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	FOREIGN KEY(intake_id) REFERENCES intakes (id)
);
CREATE TABLE reviews (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	person TEXT NOT NULL, 
	manner TEXT NOT NULL, 
	details TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE rubrics (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	rubric_id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	rubric TEXT NOT NULL, 
	criterion_digests TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	UNIQUE (digest)
);
INSERT INTO "rubrics" VALUES(1,'2026-11-24T09:30:00.000000Z','c94d5923deea8c122680d600b96d25fdcaddd6a134037be2580ff5e086d726c7','small',1,'{"checks":[{"bands":[],"evidence":"any","good":"no","graded_by":["human","llm"],"heard":false,"id":"wrong_information","levels":[],"measure":null,"question":"Was there wrong information?","scope":"call","turns":"mean","type":"yes_no","weight":null,"when":null},{"bands":[],"evidence":"any","good":"no","graded_by":["human","llm"],"heard":false,"id":"unsafe_speech","levels":[],"measure":null,"question":"Was there unsafe speech?","scope":"call","turns":"mean","type":"yes_no","weight":null,"when":null}],"id":"small","outcome":{"graded_by":["human","llm","measured"]},"policy":"A nurse is needed for anything clinical. Prices are never promised.","sections":[{"combine":"mean","criteria":[{"bands":[],"evidence":"agent","good":null,"graded_by":["human","llm"],"heard":false,"id":"correctness","levels":[{"fail":"call","text":"What level 1 looks like.","value":1},{"fail":null,"text":"What level 2 looks like.","value":2},{"fail":null,"text":"What level 3 looks like.","value":3},{"fail":null,"text":"What level 4 looks like.","value":4},{"fail":null,"text":"What level 5 looks like.","value":5}],"measure":null,"question":"Was it right?","scope":"call","turns":"mean","type":"ordinal","weight":60.0,"when":null}],"id":"correctness"},{"combine":"mean","criteria":[{"bands":[],"evidence":"any","good":"yes","graded_by":["human","llm"],"heard":false,"id":"greeted","levels":[],"measure":null,"question":"Did the agent say its name?","scope":"call","turns":"mean","type":"yes_no","weight":25.0,"when":null}],"id":"greeted"},{"combine":"mean","criteria":[{"bands":[],"evidence":"any","good":null,"graded_by":["human","llm"],"heard":false,"id":"human_needed","levels":[{"fail":null,"text":"The policy required a human.","value":"needed"},{"fail":null,"text":"It did not.","value":"not_needed"}],"measure":null,"question":"Did the policy require a human?","scope":"call","turns":"mean","type":"category","weight":null,"when":null}],"id":"human_needed"},{"combine":"mean","criteria":[{"bands":[{"bound":600.0,"level":5,"op":"<"},{"bound":900.0,"level":4,"op":"<"},{"bound":1200.0,"level":3,"op":"<"},{"bound":1500.0,"level":2,"op":"<"},{"bound":1500.0,"level":1,"op":">="}],"evidence":"any","good":null,"graded_by":["measured"],"heard":false,"id":"latency","levels":[],"measure":"p50_ms","question":"","scope":"call","turns":"mean","type":"measured","weight":15.0,"when":null}],"id":"latency"}],"version":1}','{"correctness":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","greeted":"6baaff6a48aaa08dbfaa973bf1261652d644c4d1422ee09cea54fbbdb632f511","human_needed":"2ba4bb9c612a516ff4fa19a12d16f953b05fd34347a36d5b5507885060ac0ed8","latency":"e6757e2b624560058ce36439b49bc3dd81ff5dc317bd8cf0027a55b6decc4b25","outcome":"0f48211c368b15ae943140b14cbd389af574517dfd466a73dccfbf8b74b68719","unsafe_speech":"4d5321a6667c698e9aeb5fd75da0bd4b61f58ebe0b30df38148f9398040e1cfc","wrong_information":"33768a68275a04e9e393bfda456825cc3a5a1cf952ff2996b45d935aa98b4f00"}','cb0254ec5426951ea09a4e704b4855233adec5684245165cfd19a5a55eb6aa2a');
CREATE TABLE sample_items (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	sample_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	stratum TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	probability REAL NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	call TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	UNIQUE (sample_id, position), 
	UNIQUE (sample_id, source, call_id), 
	FOREIGN KEY(sample_id) REFERENCES samples (id)
);
INSERT INTO "sample_items" VALUES(1,'2026-11-24T09:30:00.000000Z',1,1,'core','00000000000000000000000000000001',0.01,'demo','c1','{"agent":"front-desk","caller_key":null,"channel":null,"cost":null,"csat":null,"direction":null,"end_reason":null,"ended_at":null,"errors":[],"handoff":null,"id":"c1","inferred":[],"intent":null,"language":null,"metadata":{"text_removed":"[text removed on 2026-11-24 on request]"},"outcome":"resolved","recording_url":null,"source":"demo","started_at":"2026-11-16T09:00:00Z","status":"completed","turns":[{"end_ms":2000.0,"heard_filler":null,"index":0,"interrupted":null,"latency":null,"speaker":"agent","start_ms":400.0,"text":"[text removed on 2026-11-24 on request]","tool_calls":[]},{"end_ms":5000.0,"heard_filler":null,"index":1,"interrupted":null,"latency":null,"speaker":"caller","start_ms":2600.0,"text":"[text removed on 2026-11-24 on request]","tool_calls":[]},{"end_ms":8000.0,"heard_filler":null,"index":2,"interrupted":null,"latency":null,"speaker":"agent","start_ms":5500.0,"text":"[text removed on 2026-11-24 on request]","tool_calls":[]},{"end_ms":9000.0,"heard_filler":null,"index":3,"interrupted":null,"latency":null,"speaker":"caller","start_ms":8400.0,"text":"[text removed on 2026-11-24 on request]","tool_calls":[]},{"end_ms":11000.0,"heard_filler":null,"index":4,"interrupted":null,"latency":null,"speaker":"agent","start_ms":9400.0,"text":"[text removed on 2026-11-24 on request]","tool_calls":[]}],"version":null}','4ddd2297721534a959ce1beba6e2394943f343f4b01c866b62e7a5e01cba933a');
INSERT INTO "sample_items" VALUES(2,'2026-11-24T09:30:00.000000Z',1,2,'core','00000000000000000000000000000002',0.01,'demo','c2','{"agent":"front-desk","caller_key":null,"channel":null,"cost":null,"csat":null,"direction":null,"end_reason":null,"ended_at":null,"errors":[],"handoff":null,"id":"c2","inferred":[],"intent":null,"language":null,"metadata":{},"outcome":"resolved","recording_url":null,"source":"demo","started_at":"2026-11-16T10:00:00Z","status":"completed","turns":[{"end_ms":2000.0,"heard_filler":null,"index":0,"interrupted":null,"latency":null,"speaker":"agent","start_ms":400.0,"text":"Front desk, how can I help?","tool_calls":[]},{"end_ms":5000.0,"heard_filler":null,"index":1,"interrupted":null,"latency":null,"speaker":"caller","start_ms":2600.0,"text":"I need to move my appointment to Friday.","tool_calls":[]},{"end_ms":8000.0,"heard_filler":null,"index":2,"interrupted":null,"latency":null,"speaker":"agent","start_ms":5500.0,"text":"Friday at ten is free. Shall I book it?","tool_calls":[]},{"end_ms":9000.0,"heard_filler":null,"index":3,"interrupted":null,"latency":null,"speaker":"caller","start_ms":8400.0,"text":"Yes, please.","tool_calls":[]},{"end_ms":11000.0,"heard_filler":null,"index":4,"interrupted":null,"latency":null,"speaker":"agent","start_ms":9400.0,"text":"Done. See you on Friday at ten.","tool_calls":[]}],"version":null}','9040fbb62aeac2bd1f48a097a35cf1f83e2103f48b95f1d823d16249fc29f17f');
CREATE TABLE samples (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	redraw INTEGER NOT NULL, 
	reason TEXT, 
	design TEXT NOT NULL, 
	rubric_digest TEXT NOT NULL, 
	criterion_digests TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	UNIQUE (week, redraw)
);
INSERT INTO "samples" VALUES(1,'2026-11-24T09:30:00.000000Z','2026-W47',0,NULL,'{"asked":{},"every_nth":null,"scope":null,"seed":"1","size":2,"strata":[{"drawn":2,"judged":200,"population":200,"stratum":{"name":"core","share":null,"when":null}}],"week":"2026-W47"}','c94d5923deea8c122680d600b96d25fdcaddd6a134037be2580ff5e086d726c7','{"correctness":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","greeted":"6baaff6a48aaa08dbfaa973bf1261652d644c4d1422ee09cea54fbbdb632f511","human_needed":"2ba4bb9c612a516ff4fa19a12d16f953b05fd34347a36d5b5507885060ac0ed8","latency":"e6757e2b624560058ce36439b49bc3dd81ff5dc317bd8cf0027a55b6decc4b25","outcome":"0f48211c368b15ae943140b14cbd389af574517dfd466a73dccfbf8b74b68719","unsafe_speech":"4d5321a6667c698e9aeb5fd75da0bd4b61f58ebe0b30df38148f9398040e1cfc","wrong_information":"33768a68275a04e9e393bfda456825cc3a5a1cf952ff2996b45d935aa98b4f00"}','5b709a5ce174da87375db4c62ac5bce21687364eae8d6b23cbf998a7adaec09f','4fd5fbd873f7a755200d38d21e746be6257ccaef45ab5f228237a1dc3faa9100');
CREATE TABLE signoffs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	week TEXT NOT NULL, 
	person TEXT NOT NULL, 
	sample_digest TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	details TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE supplements (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	source TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT, 
	known_at TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
CREATE TABLE tombstones (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	purge_id INTEGER NOT NULL, 
	table_name TEXT NOT NULL, 
	row_id INTEGER NOT NULL, 
	fields TEXT NOT NULL, 
	row_hash TEXT NOT NULL, 
	replacement TEXT, 
	sha256 TEXT NOT NULL, 
	UNIQUE (table_name, row_id, purge_id), 
	FOREIGN KEY(purge_id) REFERENCES audit (id)
);
INSERT INTO "tombstones" VALUES(1,'2026-11-24T09:30:00.000000Z',1,'sample_items',1,'["call"]','3c7f44b405057d5d4ba90b9b76a322c65848a73e395430909b0117589e36cd68',NULL,'70240304de831536b7f69faf54d9e1b0e68e61fa3580487c8a1024137ce383e6');
INSERT INTO "tombstones" VALUES(2,'2026-11-24T09:30:00.000000Z',1,'grades',1,'["grade"]','ec4771d128e2e8dcf48e2f5d363dbe679a78002d8782449d7794496660cd9ea2',NULL,'fa66f85be5c2823a682cbe2b714e51e724ad848d231bc799b17f180961c54c95');
CREATE TRIGGER meta_no_update BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on meta'); END;
CREATE TRIGGER meta_no_delete BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on meta'); END;
CREATE TRIGGER intakes_no_update BEFORE UPDATE ON intakes WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'intakes' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on intakes'); END;
CREATE TRIGGER intakes_no_delete BEFORE DELETE ON intakes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on intakes'); END;
CREATE TRIGGER rejects_no_update BEFORE UPDATE ON rejects WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'rejects' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on rejects'); END;
CREATE TRIGGER rejects_no_delete BEFORE DELETE ON rejects BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on rejects'); END;
CREATE TRIGGER parts_no_update BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on parts'); END;
CREATE TRIGGER parts_no_delete BEFORE DELETE ON parts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on parts'); END;
CREATE TRIGGER supplements_no_update BEFORE UPDATE ON supplements WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'supplements' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on supplements'); END;
CREATE TRIGGER supplements_no_delete BEFORE DELETE ON supplements BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on supplements'); END;
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'changes' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on changes'); END;
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on changes'); END;
CREATE TRIGGER rubrics_no_update BEFORE UPDATE ON rubrics BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on rubrics'); END;
CREATE TRIGGER rubrics_no_delete BEFORE DELETE ON rubrics BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on rubrics'); END;
CREATE TRIGGER samples_no_update BEFORE UPDATE ON samples BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on samples'); END;
CREATE TRIGGER samples_no_delete BEFORE DELETE ON samples BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on samples'); END;
CREATE TRIGGER sample_items_no_update BEFORE UPDATE ON sample_items WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'sample_items' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on sample_items'); END;
CREATE TRIGGER sample_items_no_delete BEFORE DELETE ON sample_items BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on sample_items'); END;
CREATE TRIGGER picks_no_update BEFORE UPDATE ON picks WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'picks' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on picks'); END;
CREATE TRIGGER picks_no_delete BEFORE DELETE ON picks BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on picks'); END;
CREATE TRIGGER exports_no_update BEFORE UPDATE ON exports WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'exports' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on exports'); END;
CREATE TRIGGER exports_no_delete BEFORE DELETE ON exports BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on exports'); END;
CREATE TRIGGER grades_no_update BEFORE UPDATE ON grades WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'grades' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on grades'); END;
CREATE TRIGGER grades_no_delete BEFORE DELETE ON grades BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on grades'); END;
CREATE TRIGGER llm_calls_no_update BEFORE UPDATE ON llm_calls WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'llm_calls' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on llm_calls'); END;
CREATE TRIGGER llm_calls_no_delete BEFORE DELETE ON llm_calls BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on llm_calls'); END;
CREATE TRIGGER llm_events_no_update BEFORE UPDATE ON llm_events WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'llm_events' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on llm_events'); END;
CREATE TRIGGER llm_events_no_delete BEFORE DELETE ON llm_events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on llm_events'); END;
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'reviews' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on reviews'); END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on reviews'); END;
CREATE TRIGGER adjudications_no_update BEFORE UPDATE ON adjudications WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'adjudications' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on adjudications'); END;
CREATE TRIGGER adjudications_no_delete BEFORE DELETE ON adjudications BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on adjudications'); END;
CREATE TRIGGER disputes_no_update BEFORE UPDATE ON disputes WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'disputes' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on disputes'); END;
CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on disputes'); END;
CREATE TRIGGER signoffs_no_update BEFORE UPDATE ON signoffs WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'signoffs' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on signoffs'); END;
CREATE TRIGGER signoffs_no_delete BEFORE DELETE ON signoffs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on signoffs'); END;
CREATE TRIGGER actions_no_update BEFORE UPDATE ON actions WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'actions' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on actions'); END;
CREATE TRIGGER actions_no_delete BEFORE DELETE ON actions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on actions'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS (SELECT 1 FROM tombstones WHERE table_name = 'audit' AND row_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on audit'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on audit'); END;
CREATE TRIGGER tombstones_no_update BEFORE UPDATE ON tombstones BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on tombstones'); END;
CREATE TRIGGER tombstones_no_delete BEFORE DELETE ON tombstones BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on tombstones'); END;
CREATE TRIGGER chain_no_update BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on chain'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on chain'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('meta',1);
INSERT INTO "sqlite_sequence" VALUES('chain',10);
INSERT INTO "sqlite_sequence" VALUES('rubrics',1);
INSERT INTO "sqlite_sequence" VALUES('samples',1);
INSERT INTO "sqlite_sequence" VALUES('sample_items',2);
INSERT INTO "sqlite_sequence" VALUES('grades',2);
INSERT INTO "sqlite_sequence" VALUES('audit',1);
INSERT INTO "sqlite_sequence" VALUES('tombstones',2);
COMMIT;
