-- A journal as version 1 left it, with an event, a refund and calls of a run that its tables did not list yet.
CREATE TABLE accounts (
    account  INTEGER PRIMARY KEY,
    epoch    INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- of its newest entry
    head     INTEGER NOT NULL  -- the position of its newest entry; 0: it has none
);
INSERT INTO accounts VALUES(42,1,6,6);
CREATE TABLE journal (
    position INTEGER PRIMARY KEY,
    account  INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    previous INTEGER NOT NULL, -- the position of the account's entry before; 0: this is its first
    charge   INTEGER,
    body     TEXT NOT NULL
);
INSERT INTO journal VALUES(1,42,1,1,0,NULL,'{"grant":{"bucket":"bkt_0000000000001","name":"套餐","type":"Plan","unit":"general-token","amount":1000,"priority":1,"validFrom":"2026-01-10T00:00:00.1234567+00:00","isBlocker":false},"at":"2026-01-10T00:00:00.1234567+00:00"}');
INSERT INTO journal VALUES(2,42,2,12,1,100,'{"charge":"chg_0000000000034","parts":[{"bucket":"bkt_0000000000001","held":5,"used":3}],"retailNano":30,"uncollectedNano":0,"basis":"Vendor","at":"2026-01-10T00:00:00.1234567+00:00"}');
INSERT INTO journal VALUES(3,42,3,12,2,101,'{"charge":"chg_0000000000035","parts":[{"bucket":"bkt_0000000000001","held":5,"used":3}],"retailNano":30,"uncollectedNano":0,"basis":"Vendor","at":"2026-01-10T00:01:00.1234567+00:00"}');
INSERT INTO journal VALUES(4,42,4,12,3,102,'{"charge":"chg_0000000000036","parts":[{"bucket":"bkt_0000000000001","held":5,"used":3}],"retailNano":30,"uncollectedNano":0,"basis":"Vendor","at":"2026-01-10T00:02:00.1234567+00:00"}');
INSERT INTO journal VALUES(5,42,5,15,4,NULL,'{"event":{"type":"threshold.reached","subject":"bkt_0000000000001","name":"套餐","percent":50,"amount":500,"limit":1000,"unit":"general-token","until":"2026-01-13T00:00:00.1234567+00:00"},"at":"2026-01-10T00:03:00.1234567+00:00"}');
INSERT INTO journal VALUES(6,42,6,14,5,NULL,'{"charge":"chg_0000000000034","startedAt":"2026-01-10T00:00:00.1234567+00:00","model":"m","run":"night shift","millionths":500000,"parts":[{"bucket":"bkt_0000000000001","amount":2,"isWhole":false}],"retailNano":15,"command":"cmd_0000000000007","content":99,"reason":"slow answer","at":"2026-01-10T00:04:00.1234567+00:00"}');
CREATE TABLE usage_records (
    charge           INTEGER PRIMARY KEY,
    account          INTEGER NOT NULL,
    position         INTEGER NOT NULL, -- of its settle in the journal: where the account's chain of entries is entered
    ended_at         INTEGER NOT NULL, -- Unix milliseconds
    model            TEXT NOT NULL,
    vendor           TEXT NOT NULL,
    whole_input      INTEGER NOT NULL,
    output           INTEGER NOT NULL,
    retail_nano      INTEGER NOT NULL,
    uncollected_nano INTEGER NOT NULL,
    body             TEXT NOT NULL
);
INSERT INTO usage_records VALUES(100,42,2,1768003201123,'m','v',4,2,30,0,'{"charge":"chg_0000000000034","account":"acc_000000000001a","key":"key_0000000000001","model":"m","vendor":"v","deployment":"d","tariffVersion":1,"startedAt":"2026-01-10T00:00:00.1234567+00:00","endedAt":"2026-01-10T00:00:01.1234567+00:00","stream":false,"usage":{"input":1,"cached_input":3,"output":2,"reasoning":1},"basis":"Vendor","ending":"Completed","payments":[{"bucket":"bkt_0000000000001","name":"Light","unit":"general-token","isMoney":false,"amount":3,"worthNano":0}],"retailNano":30,"uncollectedNano":0,"currency":"CNY","freeNano":0,"volumeBefore":0,"run":"night shift"}');
INSERT INTO usage_records VALUES(101,42,3,1768003261123,'m','v',4,2,30,0,'{"charge":"chg_0000000000035","account":"acc_000000000001a","key":"key_0000000000001","model":"m","vendor":"v","deployment":"d","tariffVersion":1,"startedAt":"2026-01-10T00:01:00.1234567+00:00","endedAt":"2026-01-10T00:01:01.1234567+00:00","stream":false,"usage":{"input":1,"cached_input":3,"output":2,"reasoning":1},"basis":"Vendor","ending":"Completed","payments":[{"bucket":"bkt_0000000000001","name":"Light","unit":"general-token","isMoney":false,"amount":3,"worthNano":0}],"retailNano":30,"uncollectedNano":0,"currency":"CNY","freeNano":0,"volumeBefore":0}');
INSERT INTO usage_records VALUES(102,42,4,1768003321123,'m','v',4,2,30,0,'{"charge":"chg_0000000000036","account":"acc_000000000001a","key":"key_0000000000001","model":"m","vendor":"v","deployment":"d","tariffVersion":1,"startedAt":"2026-01-10T00:02:00.1234567+00:00","endedAt":"2026-01-10T00:02:01.1234567+00:00","stream":false,"usage":{"input":1,"cached_input":3,"output":2,"reasoning":1},"basis":"Vendor","ending":"Completed","payments":[{"bucket":"bkt_0000000000001","name":"Light","unit":"general-token","isMoney":false,"amount":3,"worthNano":0}],"retailNano":30,"uncollectedNano":0,"currency":"CNY","freeNano":0,"volumeBefore":0,"run":"night shift"}');
CREATE TABLE images (
    account  INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    body     TEXT NOT NULL
);
INSERT INTO images VALUES(42,1,'{"sequence":1,"suspended":false,"buckets":[]}');
CREATE TABLE marks (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);
INSERT INTO marks VALUES('low_water',0);
PRAGMA user_version = 1;
