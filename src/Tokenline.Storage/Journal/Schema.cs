namespace Tokenline.Storage.Journal;

/// <summary>The tables of the journal, as the steps that lead from one version of the file to the next. A step that was released is never changed.</summary>
internal static class Schema
{
    /// <summary>Raised with every change of the tables; a file of a newer version is not opened.</summary>
    public const int Version = 4;

    /// <summary>From this version on usage records have a column for their run.</summary>
    public const int RunsVersion = 3;

    /// <summary>From this version on events and refunds have lists of their own.</summary>
    public const int ListsVersion = 3;

    /// <summary>From this version on the sums of days are kept beside the records.</summary>
    public const int DaysVersion = 4;

    /// <summary>The step to each version from the one before it. A new file takes them all.</summary>
    public static readonly string[] Steps = [First, NewImages, EventsAdjustmentsRuns, Days];

    private const string First = """
        CREATE TABLE accounts (
            account  INTEGER PRIMARY KEY,
            epoch    INTEGER NOT NULL,
            sequence INTEGER NOT NULL, -- of its newest entry
            head     INTEGER NOT NULL  -- the position of its newest entry; 0: it has none
        );
        CREATE TABLE journal (
            position INTEGER PRIMARY KEY,
            account  INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            kind     INTEGER NOT NULL,
            previous INTEGER NOT NULL, -- the position of the account's entry before; 0: this is its first
            charge   INTEGER,
            body     TEXT NOT NULL
        );
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
        CREATE TABLE images (
            account  INTEGER PRIMARY KEY,
            sequence INTEGER NOT NULL,
            body     TEXT NOT NULL
        );
        CREATE TABLE marks (
            name  TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        );
        INSERT INTO marks VALUES ('low_water', 0);
        """;

    /// <summary>The images of accounts have another form. They only shorten the reading of the journal, which gives them again.</summary>
    private const string NewImages = "DELETE FROM images;";

    /// <summary>
    /// What the journal of the version before holds is put where it is looked for from now on: kind 15 is <c>Raised</c>, 14 is <c>Refunded</c>;
    /// <c>id_value</c> is the number of an id's text. The indexes are on tables that calls do not write, or (of runs) hold only calls that name a run.
    /// </summary>
    private const string EventsAdjustmentsRuns = """
        CREATE TABLE events (
            position INTEGER PRIMARY KEY, -- of its entry in the journal
            account  INTEGER NOT NULL,
            at       INTEGER NOT NULL, -- Unix milliseconds
            body     TEXT NOT NULL     -- of the entry
        );
        CREATE INDEX events_of_account ON events (account);
        INSERT INTO events
            SELECT position, account, CAST(unixepoch(json_extract(body, '$.at'), 'subsec') * 1000 AS INTEGER), body FROM journal WHERE kind = 15;

        CREATE TABLE adjustments (
            position    INTEGER PRIMARY KEY, -- of its entry in the journal
            id          INTEGER NOT NULL,    -- of the command that asked for it
            charge      INTEGER NOT NULL,
            account     INTEGER NOT NULL,
            at          INTEGER NOT NULL,    -- Unix milliseconds
            retail_nano INTEGER NOT NULL,    -- taken back of the charge's retail value
            body        TEXT NOT NULL        -- of the entry
        );
        CREATE UNIQUE INDEX adjustments_of_command ON adjustments (account, id); -- the last line against giving back twice
        CREATE INDEX adjustments_of_charge ON adjustments (charge);
        CREATE INDEX adjustments_of_account ON adjustments (account);
        INSERT INTO adjustments
            SELECT position, id_value(json_extract(body, '$.command')), id_value(json_extract(body, '$.charge')), account,
                   CAST(unixepoch(json_extract(body, '$.at'), 'subsec') * 1000 AS INTEGER), json_extract(body, '$.retailNano'), body
            FROM journal WHERE kind = 14;

        ALTER TABLE usage_records ADD COLUMN run TEXT;
        UPDATE usage_records SET run = json_extract(body, '$.run') WHERE json_extract(body, '$.run') IS NOT NULL;
        CREATE INDEX usage_records_of_run ON usage_records (account, run) WHERE run IS NOT NULL;
        """;

    /// <summary>What the version before has settled is after the mark, and so is summed at the start.</summary>
    private const string Days = """
        CREATE TABLE usage_days (
            account          INTEGER NOT NULL,
            day              INTEGER NOT NULL, -- of the operator's calendar, as a number: 1 is 0001-01-02
            model            TEXT NOT NULL,
            key              INTEGER NOT NULL,
            unit             TEXT NOT NULL,    -- what was paid in; empty: nothing paid
            currency         TEXT NOT NULL,    -- of retail_nano and uncollected_nano
            calls            INTEGER NOT NULL,
            whole_input      INTEGER NOT NULL,
            output           INTEGER NOT NULL,
            retail_nano      INTEGER NOT NULL,
            uncollected_nano INTEGER NOT NULL,
            amount           INTEGER NOT NULL,
            PRIMARY KEY (account, day, model, key, unit, currency)
        ) WITHOUT ROWID;
        INSERT INTO marks VALUES ('days', 0); -- the records of entries up to here are in usage_days
        """;
}
