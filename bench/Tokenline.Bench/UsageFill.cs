using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Settled = Tokenline.Charging.Journal.Settled;

namespace Tokenline.Bench;

/// <summary>
/// Puts a month of calls into the journal of a server that does not run: half of them one company's, which has done nothing before, half those of many others, in turns.
/// Rows are written as the journal's own writer writes them, the sums of days too; not for books that are to be audited.
/// </summary>
internal static class UsageFill
{
    private const int Others = 2_000;
    private const int RareEvery = 400_000; // of the company's calls one in so many is of a model that it hardly uses
    private const int Days = 30;
    private static readonly string[] models = ["glm-5", "qwen3-max", "deepseek-v4-flash"];
    private static readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(new CommerceOptions().TimeZone);

    public static void Run(string journal, AccountId company, KeyId[] keys, int records)
    {
        using var connection = new SqliteConnection($"Data Source={journal}");
        connection.Open();
        Do(connection, null, "PRAGMA synchronous = OFF");
        using var transaction = connection.BeginTransaction();
        using var entry = Statement("INSERT INTO journal VALUES ($1, $2, $3, $4, $5, $6, $7)");
        using var record = Statement("INSERT INTO usage_records VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, NULL)");
        var position = One("SELECT coalesce(max(position), 0) FROM journal");
        if (One($"SELECT count(*) FROM journal WHERE account = {company.Value}") > 0)
            throw new InvalidOperationException("the company has called before");
        var heads = new Dictionary<long, (long Position, long Sequence)>();
        var sums =
            new Dictionary<
                (long Account, int Day, string Model, long Key),
                (long Calls, long Input, long Output, long Nano, long Amount)
            >();
        var until = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        var (from, every) = (until.AddDays(-Days), TimeSpan.FromDays(Days) / records);
        for (var i = 0; i < records; i++)
        {
            var at = from + (every * i);
            var isCompany = i % 2 == 0;
            var account = isCompany ? company.Value : 1_000_000 + (i / 2 % Others);
            var key = isCompany ? keys[i / 2 % 10 == 0 ? 1 : 0].Value : account;
            if (isCompany && i / 2 % RareEvery == RareEvery / 2)
                key = keys[2].Value;
            var model = isCompany && i / 2 % RareEvery == RareEvery / 3 ? "kimi-k2.6" : models[i / 2 % models.Length];
            var charge = IdSource.Lowest<ChargeKind>(at).Value | (uint)(i & 0x3FFFFF);
            var usage = RecordOf(new ChargeId(charge), new AccountId(account), new KeyId(key), model, at, i);
            var (before, sequence) = heads.GetValueOrDefault(account);
            heads[account] = (++position, sequence + 1);
            var settled = new Settled(at, usage.Charge, [], usage.RetailNano, 0, UsageBasis.Vendor);
            Put(entry, position, account, sequence + 1, (int)EntryKind.Settled, before, charge, Body(settled));
            Put(
                record,
                charge,
                account,
                position,
                at.AddSeconds(2).ToUnixTimeMilliseconds(),
                model,
                usage.Vendor,
                usage.Usage.WholeInput,
                usage.Usage[Meter.Output],
                usage.RetailNano,
                JsonSerializer.Serialize(usage, ChargingJson.Default.UsageRecord)
            );
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime).DayNumber;
            var sum = sums.GetValueOrDefault((account, day, model, key));
            sums[(account, day, model, key)] = (
                sum.Calls + 1,
                sum.Input + usage.Usage.WholeInput,
                sum.Output + usage.Usage[Meter.Output],
                sum.Nano + usage.RetailNano,
                sum.Amount + usage.Payments[0].Amount
            );
        }
        using var head = Statement("INSERT INTO accounts VALUES ($1, 0, $2, $3)");
        foreach (var (account, at) in heads)
            Put(head, account, at.Sequence, at.Position);
        using var dayLine = Statement("INSERT INTO usage_days VALUES ($1, $2, $3, $4, 'general-token', 'CNY', $5, $6, $7, $8, 0, $9)");
        foreach (var ((account, day, model, key), sum) in sums)
            Put(dayLine, account, day, model, key, sum.Calls, sum.Input, sum.Output, sum.Nano, sum.Amount);
        var image = new AccountImage(heads[company.Value].Sequence, false, 0, null, [], [], [], [], [], [], [], [], null, null, null, []);
        using var saved = Statement("INSERT INTO images VALUES ($1, $2, $3)");
        Put(saved, company.Value, image.Sequence, JsonSerializer.Serialize(image, ChargingJson.Default.AccountImage));
        Do(connection, transaction, $"UPDATE marks SET value = {position} WHERE name IN ('days', 'low_water')");
        transaction.Commit();

        SqliteCommand Statement(string sql)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return command;
        }

        long One(string sql)
        {
            using var command = Statement(sql);
            return (long)command.ExecuteScalar()!;
        }
    }

    private static void Put(SqliteCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (command.Parameters.Count == i)
                command.Parameters.Add(new SqliteParameter($"${i + 1}", values[i]));
            command.Parameters[i].Value = values[i];
        }
        command.ExecuteNonQuery();
    }

    private static void Do(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        command.ExecuteNonQuery();
    }

    private static UsageRecord RecordOf(ChargeId charge, AccountId account, KeyId key, string model, DateTimeOffset at, int number) =>
        new()
        {
            Charge = charge,
            Account = account,
            Key = key,
            Model = model,
            Vendor = "zhipu",
            Deployment = $"{model}@zhipu",
            TariffVersion = 1,
            StartedAt = at,
            EndedAt = at.AddSeconds(2),
            Usage = Usage.Of(900 + (number % 200), 100 + (number % 50)),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
            Payments =
            [
                new Payment(
                    new BucketId(account.Value),
                    "Pool",
                    "general-token",
                    false,
                    (1_000L + (number % 250)) * QuotaUnit.Micro,
                    1_234_567
                ),
            ],
            RetailNano = 1_000_000 + (number % 500_000),
            UncollectedNano = 0,
            Currency = Currency.Cny,
            Wholesale = new WholesaleCost(1, Currency.Cny, 654_321 + (number % 1_000)),
        };

    private static string Body(JournalEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            ChargingJson.WriteEntry(writer, entry);
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
