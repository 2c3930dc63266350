using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>The tables of the journal in PostgreSQL.</summary>
public static class PostgresJournalSchema
{
    public static readonly SchemaArea Area = new("charging", [Tables]);

    private const string Tables = """
        CREATE SCHEMA charging;
        CREATE SEQUENCE charging.position;

        CREATE TABLE charging.account (
            account  bigint PRIMARY KEY,
            epoch    bigint NOT NULL,  -- who may write: the newest claim
            sequence bigint NOT NULL,  -- of its newest entry
            owner    bigint NOT NULL,  -- the run that claimed it
            open     integer NOT NULL  -- charges that were dispatched and have not ended, as of its newest entry
        ) WITH (fillfactor = 60);      -- its rows are rewritten in place
        CREATE INDEX account_of_owner ON charging.account (owner);

        CREATE TABLE charging.journal (
            account  bigint NOT NULL,
            sequence bigint NOT NULL,
            position bigint NOT NULL,
            kind     smallint NOT NULL,
            charge   bigint,
            body     text NOT NULL,
            PRIMARY KEY (account, sequence)
        );
        CREATE UNIQUE INDEX journal_of_position ON charging.journal (position);
        CREATE INDEX journal_of_dispatch ON charging.journal (charge) WHERE kind = 10;

        CREATE TABLE charging.usage_record (
            charge           bigint NOT NULL,
            account          bigint NOT NULL,
            sequence         bigint NOT NULL, -- of its settle in the account's journal
            ended_at         bigint NOT NULL, -- Unix milliseconds
            model            text NOT NULL,
            vendor           text NOT NULL,
            whole_input      bigint NOT NULL,
            output           bigint NOT NULL,
            retail_nano      bigint NOT NULL,
            uncollected_nano bigint NOT NULL,
            run              text COLLATE "C",
            body             text NOT NULL,
            PRIMARY KEY (charge)
        ) PARTITION BY RANGE (charge); -- ids hold the time in their upper bits: a month is a range of them
        CREATE TABLE charging.usage_record_other PARTITION OF charging.usage_record DEFAULT;
        CREATE INDEX usage_record_of_account ON charging.usage_record (account, sequence);
        CREATE INDEX usage_record_of_run ON charging.usage_record (account, run, charge) WHERE run IS NOT NULL;

        CREATE TABLE charging.event (
            position bigint PRIMARY KEY,
            account  bigint NOT NULL,
            at       bigint NOT NULL, -- Unix milliseconds
            body     text NOT NULL
        );
        CREATE INDEX event_of_account ON charging.event (account, position);

        CREATE TABLE charging.adjustment (
            position    bigint PRIMARY KEY,
            id          bigint NOT NULL, -- of the command that asked for it
            charge      bigint NOT NULL,
            account     bigint NOT NULL,
            at          bigint NOT NULL,
            retail_nano bigint NOT NULL,
            body        text NOT NULL
        );
        CREATE UNIQUE INDEX adjustment_of_command ON charging.adjustment (account, id); -- the last line against giving back twice
        CREATE INDEX adjustment_of_charge ON charging.adjustment (charge);

        CREATE TABLE charging.usage_day (
            account          bigint NOT NULL,
            day              bigint NOT NULL, -- of the operator's calendar, as a number: 1 is 0001-01-02
            model            text COLLATE "C" NOT NULL,
            key              bigint NOT NULL,
            unit             text COLLATE "C" NOT NULL, -- what was paid in; empty: nothing paid
            currency         text COLLATE "C" NOT NULL, -- of retail_nano and uncollected_nano
            calls            bigint NOT NULL,
            whole_input      bigint NOT NULL,
            output           bigint NOT NULL,
            retail_nano      bigint NOT NULL,
            uncollected_nano bigint NOT NULL,
            amount           bigint NOT NULL,
            PRIMARY KEY (account, day, model, key, unit, currency)
        ) WITH (fillfactor = 80); -- the rows of today are rewritten in place

        CREATE TABLE charging.mark (name text PRIMARY KEY, value bigint NOT NULL);
        INSERT INTO charging.mark VALUES
            ('records_from', 0),  -- usage records of charges before this one are gone
            ('days_from', 0),     -- the first day of which all records are there
            ('days_charge', 0);   -- the lowest charge id of that day

        CREATE TABLE charging.image (account bigint PRIMARY KEY, sequence bigint NOT NULL, body text NOT NULL);
        """;
}
