using System.Text;
using Npgsql;
using NpgsqlTypes;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>
/// Entries of many accounts as one statement, which is one transaction and one round trip. An account's row must have the epoch and the sequence that its entries go on from;
/// of an account that fails this nothing is written, of the others everything.
/// </summary>
/// <param name="days">Of the writer's thread.</param>
internal sealed class PostgresBatch(DaySums days)
{
    /// <summary>Whoever writes events holds it from before their positions are drawn until they are committed, so that their order is that of commits.</summary>
    private const long EventsLock = 0x746f6b656e_02; // "token", 2

    private const string Write = """
        WITH wanted AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5) AS w (account, epoch, before, last, opened)
        ),
        fenced AS MATERIALIZED ( -- in one order, so that two nodes never wait for each other
            SELECT a.account FROM charging.account a JOIN wanted w ON w.account = a.account AND w.epoch = a.epoch AND w.before = a.sequence
            ORDER BY a.account FOR UPDATE OF a
        ),
        moved AS (
            UPDATE charging.account a SET sequence = w.last, open = a.open + w.opened
            FROM wanted w JOIN fenced f ON f.account = w.account
            WHERE a.account = w.account AND a.epoch = w.epoch AND a.sequence = w.before
            RETURNING a.account
        ),
        placed AS MATERIALIZED (
            SELECT e.*, nextval('charging.position') AS position
            FROM (
                SELECT e.* FROM unnest($6, $7, $8, $9, $10) WITH ORDINALITY AS e (account, sequence, kind, charge, body, n)
                JOIN moved m ON m.account = e.account ORDER BY e.n
            ) e
        ),
        entries AS (
            INSERT INTO charging.journal (account, sequence, position, kind, charge, body) SELECT account, sequence, position, kind, charge, body FROM placed
        ),
        records AS (
            INSERT INTO charging.usage_record
                (charge, account, sequence, ended_at, model, vendor, whole_input, output, retail_nano, uncollected_nano, run, body)
            SELECT r.charge, r.account, r.sequence, r.ended_at, r.model, r.vendor, r.whole_input, r.output, r.retail, r.uncollected, r.run, r.body
            FROM unnest($11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
                AS r (charge, account, sequence, ended_at, model, vendor, whole_input, output, retail, uncollected, run, body)
            JOIN moved m ON m.account = r.account
        ),
        events AS (
            INSERT INTO charging.event (position, account, at, body)
            SELECT p.position, p.account, l.at, p.body FROM unnest($23, $24, $25) AS l (account, sequence, at) JOIN placed p USING (account, sequence)
        ),
        adjustments AS (
            INSERT INTO charging.adjustment (position, id, charge, account, at, retail_nano, body)
            SELECT p.position, l.id, l.of, p.account, l.at, l.retail, p.body
            FROM unnest($26, $27, $28, $29, $30, $31) AS l (account, sequence, at, id, of, retail) JOIN placed p USING (account, sequence)
        ),
        days AS (
            INSERT INTO charging.usage_day AS u
                (account, day, model, key, unit, currency, calls, whole_input, output, retail_nano, uncollected_nano, amount)
            SELECT d.* FROM unnest($32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43)
                AS d (account, day, model, key, unit, currency, calls, whole_input, output, retail, uncollected, amount)
            JOIN moved m ON m.account = d.account
            ON CONFLICT (account, day, model, key, unit, currency) DO UPDATE SET calls = u.calls + excluded.calls,
                whole_input = u.whole_input + excluded.whole_input, output = u.output + excluded.output, retail_nano = u.retail_nano + excluded.retail_nano,
                uncollected_nano = u.uncollected_nano + excluded.uncollected_nano, amount = u.amount + excluded.amount
        )
        SELECT account FROM moved
        """;

    private readonly List<long> accounts = [];
    private readonly List<long> epochs = [];
    private readonly List<long> before = [];
    private readonly List<long> last = [];
    private readonly List<int> opened = [];
    private readonly Dictionary<AccountId, int> places = [];
    private readonly List<EntryItem> items = [];
    private readonly List<int> openedBy = [];
    private bool hasEvents;

    public IReadOnlyList<EntryItem> Items => items;

    /// <param name="opens">1: it opens a charge; −1: it ends one; else 0.</param>
    public void Add(EntryItem item, int opens)
    {
        if (!places.TryGetValue(item.Account, out var place))
        {
            places[item.Account] = place = accounts.Count;
            accounts.Add(item.Account.Value);
            epochs.Add(item.Epoch);
            before.Add(item.Sequence - 1);
            last.Add(item.Sequence);
            opened.Add(0);
        }
        last[place] = item.Sequence;
        opened[place] += opens;
        items.Add(item);
        openedBy.Add(opens);
        hasEvents |= item.Listed is Raised;
    }

    /// <summary>Nothing of it was written: what it opened is not open, what it ended is.</summary>
    public void TakeBack(Func<AccountId, HashSet<ChargeId>?> openOf)
    {
        for (var i = items.Count - 1; i >= 0; i--)
        {
            if (openedBy[i] == 0 || openOf(items[i].Account) is not { } open || items[i].Charge is not { } charge)
                continue;
            _ = openedBy[i] > 0 ? open.Remove(charge) : open.Add(charge);
        }
    }

    /// <summary>The accounts whose entries are durable now.</summary>
    public HashSet<AccountId> Run(NpgsqlConnection connection, int timeoutSeconds)
    {
        using var batch = new NpgsqlBatch(connection) { Timeout = timeoutSeconds };
        if (hasEvents)
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({EventsLock})"));
        batch.BatchCommands.Add(Command());
        using var rows = batch.ExecuteReader();
        if (hasEvents)
            rows.NextResult();
        var moved = new HashSet<AccountId>(places.Count);
        while (rows.Read())
            moved.Add(new AccountId(rows.GetInt64(0)));
        while (rows.NextResult()) { } // whatever failed is told here
        return moved;
    }

    private NpgsqlBatchCommand Command()
    {
        var command = new NpgsqlBatchCommand(Write);
        Add(command, NpgsqlDbType.Bigint, accounts.ToArray());
        Add(command, NpgsqlDbType.Bigint, epochs.ToArray());
        Add(command, NpgsqlDbType.Bigint, before.ToArray());
        Add(command, NpgsqlDbType.Bigint, last.ToArray());
        Add(command, NpgsqlDbType.Integer, opened.ToArray());

        Longs(command, items, item => item.Account.Value);
        Longs(command, items, item => item.Sequence);
        Add(command, NpgsqlDbType.Smallint, items.ConvertAll(item => (short)item.Kind).ToArray());
        Add(command, NpgsqlDbType.Bigint, items.ConvertAll(item => item.Charge?.Value).ToArray());
        Add(command, NpgsqlDbType.Text, items.ConvertAll(item => Encoding.UTF8.GetString(item.Body)).ToArray());

        var settled = items.FindAll(item => item.Record is not null);
        Longs(command, settled, item => item.Record!.Charge.Value);
        Longs(command, settled, item => item.Account.Value);
        Longs(command, settled, item => item.Sequence);
        Longs(command, settled, item => item.Record!.EndedAt.ToUnixTimeMilliseconds());
        Texts(command, settled, item => item.Record!.Model);
        Texts(command, settled, item => item.Record!.Vendor);
        Longs(command, settled, item => item.Record!.Usage.WholeInput);
        Longs(command, settled, item => item.Record!.Usage[Meter.Output]);
        Longs(command, settled, item => item.Record!.RetailNano);
        Longs(command, settled, item => item.Record!.UncollectedNano);
        Texts(command, settled, item => item.Record!.Run);
        Texts(command, settled, item => Encoding.UTF8.GetString(item.RecordBody));

        var raised = items.FindAll(item => item.Listed is Raised);
        Longs(command, raised, item => item.Account.Value);
        Longs(command, raised, item => item.Sequence);
        Longs(command, raised, item => item.Listed!.At.ToUnixTimeMilliseconds());

        var refunds = items.FindAll(item => item.Listed is Refunded);
        Longs(command, refunds, item => item.Account.Value);
        Longs(command, refunds, item => item.Sequence);
        Longs(command, refunds, item => item.Listed!.At.ToUnixTimeMilliseconds());
        Longs(command, refunds, item => ((Refunded)item.Listed!).Command.Value);
        Longs(command, refunds, item => ((Refunded)item.Listed!).Charge.Value);
        Longs(command, refunds, item => ((Refunded)item.Listed!).RetailNano);

        days.Clear();
        foreach (var item in settled)
            days.Add(item.Record!);
        var lines = days.All.ToList();
        Longs(command, lines, line => line.Key.Account.Value);
        Longs(command, lines, line => line.Key.Day.DayNumber);
        Texts(command, lines, line => line.Key.Model);
        Longs(command, lines, line => line.Key.Key.Value);
        Texts(command, lines, line => line.Key.Unit);
        Texts(command, lines, line => line.Key.Currency.Code);
        Longs(command, lines, line => line.Value.Calls);
        Longs(command, lines, line => line.Value.Input);
        Longs(command, lines, line => line.Value.Output);
        Longs(command, lines, line => line.Value.RetailNano);
        Longs(command, lines, line => line.Value.UncollectedNano);
        Longs(command, lines, line => line.Value.Amount);
        return command;
    }

    private static void Longs<T>(NpgsqlBatchCommand command, List<T> of, Converter<T, long> value) =>
        Add(command, NpgsqlDbType.Bigint, of.ConvertAll(value).ToArray());

    private static void Texts<T>(NpgsqlBatchCommand command, List<T> of, Converter<T, string?> value) =>
        Add(command, NpgsqlDbType.Text, of.ConvertAll(value).ToArray());

    private static void Add(NpgsqlBatchCommand command, NpgsqlDbType type, Array values) =>
        command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
