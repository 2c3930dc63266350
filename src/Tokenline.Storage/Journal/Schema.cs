namespace Tokenline.Storage.Journal;

internal static class Schema
{
    /// <summary>Raised with every change of the tables; a file of a newer version is not opened.</summary>
    public const int Version = 2;

    /// <summary>From version 1: the images of accounts have another form. They only shorten the reading of the journal, which gives them again.</summary>
    public const string From1 = "DELETE FROM images;";

    public const string Tables = """
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
}
