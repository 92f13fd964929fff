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
INSERT INTO "audit" VALUES(1,'2026-11-24T09:30:00.000000Z','sampled','{"text":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy","week":"2026-W47"}','171bb494468ad76092d8ca70b17e3cdb03fa3457020dcd7b9eaef84c05d4f016');
CREATE TABLE chain (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	table_name TEXT NOT NULL, 
	row_id INTEGER NOT NULL, 
	row_hash TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	UNIQUE (table_name, row_id)
);
INSERT INTO "chain" VALUES(1,'meta',1,'699f5350f94790dcef4c5cdcfaedec62256380bb2cce1b3186dc654d7b5cb5d4','','1a29279fdafc600299645b0d9116269e9ca385f8fda341e56dbb476a6ed29fc7');
INSERT INTO "chain" VALUES(2,'intakes',1,'18299faddb8cb46e570d652789d720fc692722eb1c11bb7995ebec40edcb3e9a','1a29279fdafc600299645b0d9116269e9ca385f8fda341e56dbb476a6ed29fc7','f81f2fe743e7c237bc8e348e6250c194d90a6fa18ae05642b913e790a438a9be');
INSERT INTO "chain" VALUES(3,'rubrics',1,'cb0254ec5426951ea09a4e704b4855233adec5684245165cfd19a5a55eb6aa2a','f81f2fe743e7c237bc8e348e6250c194d90a6fa18ae05642b913e790a438a9be','8efffc045f1c1b5a056c0ba5fb33ef69b21add784a1a856e6d18f713ffcdb99c');
INSERT INTO "chain" VALUES(4,'samples',1,'754039661d129132c002c76b772c568e6d65375265662239b0760306360a2eea','8efffc045f1c1b5a056c0ba5fb33ef69b21add784a1a856e6d18f713ffcdb99c','60562a98682a5c8e7e4a68e66dea4d04659aa2dc7595e6cd0033d5c87bb4d28c');
INSERT INTO "chain" VALUES(5,'sample_items',1,'4ddd2297721534a959ce1beba6e2394943f343f4b01c866b62e7a5e01cba933a','60562a98682a5c8e7e4a68e66dea4d04659aa2dc7595e6cd0033d5c87bb4d28c','80c6950c8bb3e4827da2199b964e73638913f1639af27244875cf8f1630050de');
INSERT INTO "chain" VALUES(6,'sample_items',2,'9040fbb62aeac2bd1f48a097a35cf1f83e2103f48b95f1d823d16249fc29f17f','80c6950c8bb3e4827da2199b964e73638913f1639af27244875cf8f1630050de','5b68b2aff2ae79df25c44ab96e7a54650ce3f216fc80145f8f797a6651439a05');
INSERT INTO "chain" VALUES(7,'changes',1,'d3ed547d7d1079fa8e8bedd33ee7df065e75073b94f308820d874606cb7cdee6','5b68b2aff2ae79df25c44ab96e7a54650ce3f216fc80145f8f797a6651439a05','da008555b35fa3f20f9f0ef57445bbf4826eae43c7716e7d5b37c2475adbdadd');
INSERT INTO "chain" VALUES(8,'grades',1,'4c461481783ded11e305c2733fe6786c3287003d53e80cd2df5d7d7bccd705f6','da008555b35fa3f20f9f0ef57445bbf4826eae43c7716e7d5b37c2475adbdadd','61caf2953fe5df5cdb2638ebab703d950c3bd8a90cf5dcbf9b7acd758f34acc5');
INSERT INTO "chain" VALUES(9,'grades',2,'7e63283d5902f647226abe4c7e268346b4245c956596796dfde45b278b539d3a','61caf2953fe5df5cdb2638ebab703d950c3bd8a90cf5dcbf9b7acd758f34acc5','f836a972a102634ac7d6e9e4b2897bb1bfeabae6f7df81a6e350921d293f8e36');
INSERT INTO "chain" VALUES(10,'grades',3,'fff30983acd014f854d187c22b55962ba404cabad77fd2f8ca551585500f3807','f836a972a102634ac7d6e9e4b2897bb1bfeabae6f7df81a6e350921d293f8e36','9e11dff9becd773b482362359eb29bee5967d1f3d11f6e22adfea4c4db77374c');
INSERT INTO "chain" VALUES(11,'exports',1,'7e05b8fda29ac69334f0a7090c8ebc3082ec683057b7bf3c76657bd3923100f4','9e11dff9becd773b482362359eb29bee5967d1f3d11f6e22adfea4c4db77374c','13c3a459576235f71ff611a2762b7a6869613b0191e19713c994d3392561888a');
INSERT INTO "chain" VALUES(12,'audit',1,'171bb494468ad76092d8ca70b17e3cdb03fa3457020dcd7b9eaef84c05d4f016','13c3a459576235f71ff611a2762b7a6869613b0191e19713c994d3392561888a','c796e1654a240293a87c7e0b31aac8d398a6b15511668a3a2e773e57035b3f7a');
CREATE TABLE changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at TEXT NOT NULL, 
	noted_for TEXT NOT NULL, 
	label TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	sha256 TEXT NOT NULL
);
INSERT INTO "changes" VALUES(1,'2026-11-24T09:30:00.000000Z','2026-11-16T09:00:00.000000Z','prompt 2','other','d3ed547d7d1079fa8e8bedd33ee7df065e75073b94f308820d874606cb7cdee6');
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
INSERT INTO "exports" VALUES(1,'2026-11-24T09:30:00.000000Z','sheets/2026-W47/Anna.xlsx','0000000000000000000000000000000000000000000000000000000000000000','sheet','2026-W47','{"sample":"x"}','7e05b8fda29ac69334f0a7090c8ebc3082ec683057b7bf3c76657bd3923100f4');
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
INSERT INTO "grades" VALUES(1,'2026-11-24T09:00:00.000000Z','2026-W47','demo','c1','correctness',NULL,'human','Anna Keller','blind','scored',NULL,'{"at":"2026-11-24T09:00:00Z","call_id":"c1","cost_usd":null,"criterion":"correctness","criterion_digest":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","evidence":[],"grader":{"kind":"human","name":"Anna Keller","prompt_digest":null,"version":null},"lane":"blind","manner":null,"measured_value":null,"rationale":"","seconds":null,"source":"demo","state":"scored","supersedes":null,"turn":null,"value":4,"week":"2026-W47"}','4c461481783ded11e305c2733fe6786c3287003d53e80cd2df5d7d7bccd705f6');
INSERT INTO "grades" VALUES(2,'2026-11-24T09:00:00.000000Z','2026-W47','demo','c1','greeted',NULL,'human','Anna Keller','blind','not_applicable',NULL,'{"at":"2026-11-24T09:00:00Z","call_id":"c1","cost_usd":null,"criterion":"greeted","criterion_digest":"6baaff6a48aaa08dbfaa973bf1261652d644c4d1422ee09cea54fbbdb632f511","evidence":[],"grader":{"kind":"human","name":"Anna Keller","prompt_digest":null,"version":null},"lane":"blind","manner":null,"rationale":"","seconds":null,"source":"demo","state":"not_applicable","supersedes":null,"turn":null,"week":"2026-W47"}','7e63283d5902f647226abe4c7e268346b4245c956596796dfde45b278b539d3a');
INSERT INTO "grades" VALUES(3,'2026-11-24T09:00:00.000000Z','2026-W47','demo','c1','correctness',NULL,'human','Anna Keller','blind','ungraded',NULL,'{"at":"2026-11-24T09:00:00Z","call_id":"c1","cost_usd":null,"criterion":"correctness","criterion_digest":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","evidence":[],"grader":{"kind":"human","name":"Anna Keller","prompt_digest":null,"version":null},"lane":"blind","manner":null,"rationale":"","reason":"skipped","seconds":null,"source":"demo","state":"ungraded","supersedes":null,"turn":null,"week":"2026-W47"}','fff30983acd014f854d187c22b55962ba404cabad77fd2f8ca551585500f3807');
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
INSERT INTO "intakes" VALUES(1,'2026-11-24T09:30:00.000000Z','inbox/calls.jsonl','0000000000000000000000000000000000000000000000000000000000000000','demo',2,2,0,0,0,0,'[]','{}','{}','18299faddb8cb46e570d652789d720fc692722eb1c11bb7995ebec40edcb3e9a');
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
INSERT INTO "meta" VALUES(1,'',1,'699f5350f94790dcef4c5cdcfaedec62256380bb2cce1b3186dc654d7b5cb5d4');
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
INSERT INTO "sample_items" VALUES(1,'2026-11-24T09:30:00.000000Z',1,1,'core','00000000000000000000000000000001',0.01,'demo','c1','{"agent":"front-desk","caller_key":null,"channel":null,"cost":null,"csat":null,"direction":null,"end_reason":null,"ended_at":null,"errors":[],"handoff":null,"id":"c1","inferred":[],"intent":null,"language":null,"metadata":{},"outcome":"resolved","recording_url":null,"source":"demo","started_at":"2026-11-16T09:00:00Z","status":"completed","turns":[{"end_ms":2000.0,"heard_filler":null,"index":0,"interrupted":null,"latency":null,"speaker":"agent","start_ms":400.0,"text":"Front desk, how can I help?","tool_calls":[]},{"end_ms":5000.0,"heard_filler":null,"index":1,"interrupted":null,"latency":null,"speaker":"caller","start_ms":2600.0,"text":"I need to move my appointment to Friday.","tool_calls":[]},{"end_ms":8000.0,"heard_filler":null,"index":2,"interrupted":null,"latency":null,"speaker":"agent","start_ms":5500.0,"text":"Friday at ten is free. Shall I book it?","tool_calls":[]},{"end_ms":9000.0,"heard_filler":null,"index":3,"interrupted":null,"latency":null,"speaker":"caller","start_ms":8400.0,"text":"Yes, please.","tool_calls":[]},{"end_ms":11000.0,"heard_filler":null,"index":4,"interrupted":null,"latency":null,"speaker":"agent","start_ms":9400.0,"text":"Done. See you on Friday at ten.","tool_calls":[]}],"version":null}','4ddd2297721534a959ce1beba6e2394943f343f4b01c866b62e7a5e01cba933a');
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
INSERT INTO "samples" VALUES(1,'2026-11-24T09:30:00.000000Z','2026-W47',0,NULL,'{"every_nth":null,"scope":null,"seed":"1","size":2,"strata":[{"drawn":2,"judged":200,"population":200,"stratum":{"name":"core","share":null,"when":null}}],"week":"2026-W47"}','c94d5923deea8c122680d600b96d25fdcaddd6a134037be2580ff5e086d726c7','{"correctness":"1a931de1f527c41ee539afff0346c634ee866f135ad46ea4c4b6b399a8c31ce0","greeted":"6baaff6a48aaa08dbfaa973bf1261652d644c4d1422ee09cea54fbbdb632f511","human_needed":"2ba4bb9c612a516ff4fa19a12d16f953b05fd34347a36d5b5507885060ac0ed8","latency":"e6757e2b624560058ce36439b49bc3dd81ff5dc317bd8cf0027a55b6decc4b25","outcome":"0f48211c368b15ae943140b14cbd389af574517dfd466a73dccfbf8b74b68719","unsafe_speech":"4d5321a6667c698e9aeb5fd75da0bd4b61f58ebe0b30df38148f9398040e1cfc","wrong_information":"33768a68275a04e9e393bfda456825cc3a5a1cf952ff2996b45d935aa98b4f00"}','5b709a5ce174da87375db4c62ac5bce21687364eae8d6b23cbf998a7adaec09f','754039661d129132c002c76b772c568e6d65375265662239b0760306360a2eea');
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
CREATE TRIGGER meta_no_update BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on meta'); END;
CREATE TRIGGER meta_no_delete BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on meta'); END;
CREATE TRIGGER intakes_no_update BEFORE UPDATE ON intakes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on intakes'); END;
CREATE TRIGGER intakes_no_delete BEFORE DELETE ON intakes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on intakes'); END;
CREATE TRIGGER rejects_no_update BEFORE UPDATE ON rejects BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on rejects'); END;
CREATE TRIGGER rejects_no_delete BEFORE DELETE ON rejects BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on rejects'); END;
CREATE TRIGGER parts_no_update BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on parts'); END;
CREATE TRIGGER parts_no_delete BEFORE DELETE ON parts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on parts'); END;
CREATE TRIGGER supplements_no_update BEFORE UPDATE ON supplements BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on supplements'); END;
CREATE TRIGGER supplements_no_delete BEFORE DELETE ON supplements BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on supplements'); END;
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on changes'); END;
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on changes'); END;
CREATE TRIGGER rubrics_no_update BEFORE UPDATE ON rubrics BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on rubrics'); END;
CREATE TRIGGER rubrics_no_delete BEFORE DELETE ON rubrics BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on rubrics'); END;
CREATE TRIGGER samples_no_update BEFORE UPDATE ON samples BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on samples'); END;
CREATE TRIGGER samples_no_delete BEFORE DELETE ON samples BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on samples'); END;
CREATE TRIGGER sample_items_no_update BEFORE UPDATE ON sample_items BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on sample_items'); END;
CREATE TRIGGER sample_items_no_delete BEFORE DELETE ON sample_items BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on sample_items'); END;
CREATE TRIGGER exports_no_update BEFORE UPDATE ON exports BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on exports'); END;
CREATE TRIGGER exports_no_delete BEFORE DELETE ON exports BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on exports'); END;
CREATE TRIGGER grades_no_update BEFORE UPDATE ON grades BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on grades'); END;
CREATE TRIGGER grades_no_delete BEFORE DELETE ON grades BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on grades'); END;
CREATE TRIGGER llm_calls_no_update BEFORE UPDATE ON llm_calls BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on llm_calls'); END;
CREATE TRIGGER llm_calls_no_delete BEFORE DELETE ON llm_calls BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on llm_calls'); END;
CREATE TRIGGER llm_events_no_update BEFORE UPDATE ON llm_events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on llm_events'); END;
CREATE TRIGGER llm_events_no_delete BEFORE DELETE ON llm_events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on llm_events'); END;
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on reviews'); END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on reviews'); END;
CREATE TRIGGER adjudications_no_update BEFORE UPDATE ON adjudications BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on adjudications'); END;
CREATE TRIGGER adjudications_no_delete BEFORE DELETE ON adjudications BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on adjudications'); END;
CREATE TRIGGER disputes_no_update BEFORE UPDATE ON disputes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on disputes'); END;
CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on disputes'); END;
CREATE TRIGGER signoffs_no_update BEFORE UPDATE ON signoffs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on signoffs'); END;
CREATE TRIGGER signoffs_no_delete BEFORE DELETE ON signoffs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on signoffs'); END;
CREATE TRIGGER actions_no_update BEFORE UPDATE ON actions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on actions'); END;
CREATE TRIGGER actions_no_delete BEFORE DELETE ON actions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on actions'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on audit'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on audit'); END;
CREATE TRIGGER chain_no_update BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE on chain'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE on chain'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('meta',1);
INSERT INTO "sqlite_sequence" VALUES('chain',12);
INSERT INTO "sqlite_sequence" VALUES('intakes',1);
INSERT INTO "sqlite_sequence" VALUES('rubrics',1);
INSERT INTO "sqlite_sequence" VALUES('samples',1);
INSERT INTO "sqlite_sequence" VALUES('sample_items',2);
INSERT INTO "sqlite_sequence" VALUES('changes',1);
INSERT INTO "sqlite_sequence" VALUES('grades',3);
INSERT INTO "sqlite_sequence" VALUES('exports',1);
INSERT INTO "sqlite_sequence" VALUES('audit',1);
COMMIT;
