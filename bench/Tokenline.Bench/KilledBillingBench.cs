using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Settlement;
using Tokenline.Charging.Journal;
using Tokenline.Commerce;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Journal;

namespace Tokenline.Bench;

/// <summary>
/// The month of <see cref="BillingBench"/>, twice over one journal: once undisturbed, and once with the process killed (SIGKILL) again and again at random instants and started anew, as an operator would.
/// Then both books are compared, row by row.
/// </summary>
internal static class KilledBillingBench
{
    private const string Facts = "facts";
    private const string Accounts = "accounts";
    private const string Settled = "settled";

    /// <summary>The random instants: so many while the journal is read, and while bills are made.</summary>
    private const int KillsOfFacts = 3;
    private const int KillsOfAccounts = 5;

    public static async Task RunAsync(int subscribers, int records, int seed)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-bench-").FullName;
        try
        {
            var journal = Path.Combine(folder, "charges.db");
            await using (new SqliteChargeJournal(journal, BillingBench.Zone)) { }
            BillingBench.Fill(journal, subscribers, records);
            Report.Machine();
            Report.Line($"{subscribers:N0} subscribers, {records:N0} usage records; seed {seed}");
            var (whole, killed) = (
                Directory.CreateDirectory(Path.Combine(folder, "whole")),
                Directory.CreateDirectory(Path.Combine(folder, "killed"))
            );
            var watch = Stopwatch.StartNew();
            await UndisturbedAsync(whole.FullName, journal, subscribers);
            Report.Line($"undisturbed: billed and settled in {watch.Elapsed.TotalSeconds:0} s");
            watch.Restart();
            await DisturbedAsync(killed.FullName, journal, subscribers, new Random(seed));
            Report.Line($"with kills: billed and settled in {watch.Elapsed.TotalSeconds:0} s");
            Compare(whole.FullName, killed.FullName, subscribers);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A process that bills and settles the month, from wherever it is, and says how far it is.</summary>
    public static async Task ChildAsync(string folder, string journal, int subscribers)
    {
        await using var services = BillingBench.Open(folder, journal, subscribers);
        await services.OpenBillingStorageAsync(CancellationToken.None);
        var run = services.GetRequiredService<BillRun>();
        var ends = services.GetRequiredService<BillingCalendar>().To(BillingBench.Period);
        while (true)
        {
            var step = (await run.StepAsync(BillingBench.Period, ends, () => true, CancellationToken.None)).Required();
            if (step.IsDone)
                break;
            // Accounts are numbered from 1 on: the last one says how many are done, by whichever process.
            Report.Line(step.Phase == BillRunPhase.Facts ? $"{Facts} {step.At} {step.Of}" : $"{Accounts} {step.After.Value} {subscribers}");
        }
        var settlement = services.GetRequiredService<SettlementRun>();
        var settled = (
            await settlement.RunAsync(BillingBench.Period, new Dictionary<Currency, decimal>(), isDry: false, CancellationToken.None)
        ).Required();
        if (!settled.AddsUp)
            throw new InvalidOperationException("the settlement does not add up");
        Report.Line(Settled);
    }

    private static async Task UndisturbedAsync(string folder, string journal, int subscribers)
    {
        using var child = Start(folder, journal, subscribers);
        while (await child.StandardOutput.ReadLineAsync() is not null) { }
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new InvalidOperationException($"the undisturbed run ended with {child.ExitCode}");
    }

    private static async Task DisturbedAsync(string folder, string journal, int subscribers, Random random)
    {
        var points = Points(random);
        var killed = new List<string>();
        while (true)
        {
            using var child = Start(folder, journal, subscribers);
            var isKilled = false;
            while (await child.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.Split(' ') is not [var phase, var at, var of] || points.Count == 0)
                    continue;
                var share = double.Parse(at, CultureInfo.InvariantCulture) / double.Parse(of, CultureInfo.InvariantCulture);
                var (wanted, from) = points.Peek();
                // A phase that is over while its kills are left goes on with those of the next.
                while (wanted == Facts && phase == Accounts && points.Count > 0)
                {
                    points.Dequeue();
                    (wanted, from) = points.Count > 0 ? points.Peek() : ("", 0);
                }
                if (wanted != phase || share < from)
                    continue;
                points.Dequeue();
                // Somewhere within the next write, or the reading before it.
                await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * (phase == Facts ? 8 : 0.4)));
                child.Kill();
                killed.Add(string.Create(CultureInfo.InvariantCulture, $"{phase} {share * 100:0} %"));
                isKilled = true;
                break;
            }
            await child.WaitForExitAsync();
            if (isKilled)
                continue;
            if (child.ExitCode != 0)
                throw new InvalidOperationException($"a run that went on ended with {child.ExitCode}");
            break;
        }
        Report.Line($"killed {killed.Count} times, after {string.Join(", ", killed)}");
        if (killed.Count < KillsOfAccounts)
            throw new InvalidOperationException("too few kills to say anything");
    }

    /// <summary>Of the journal its first part is left out: nothing is written before a page of it is.</summary>
    private static Queue<(string Phase, double From)> Points(Random random) =>
        new([
            .. Enumerable.Range(0, KillsOfFacts).Select(_ => random.NextDouble() * 0.8).Order().Select(from => (Facts, from)),
            .. Enumerable.Range(0, KillsOfAccounts).Select(_ => random.NextDouble() * 0.9).Order().Select(from => (Accounts, from)),
        ]);

    private static Process Start(string folder, string journal, int subscribers)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (
            var argument in new[]
            {
                typeof(KilledBillingBench).Assembly.Location,
                "billing-run",
                folder,
                journal,
                subscribers.ToString(CultureInfo.InvariantCulture),
            }
        )
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static void Compare(string whole, string killed, int subscribers)
    {
        var (expected, found) = (Read(whole), Read(killed));
        foreach (var (table, of) in expected)
        {
            if (!found.TryGetValue(table, out var other) || other != of)
                throw new InvalidOperationException(
                    $"the table {table} differs: {of.Rows:N0} rows, and {found.GetValueOrDefault(table).Rows:N0} after kills"
                );
        }
        var bills = expected["document"];
        Report.Line(
            $"the same bytes: {expected.Count} tables, {expected.Values.Sum(table => table.Rows):N0} rows ({bills.Rows:N0} documents for {subscribers:N0} subscribers), SHA-256 {expected["transfer"].Hash[..16]}… of transfers, {bills.Hash[..16]}… of bills and statements"
        );
    }

    /// <summary>Each table of the books: its rows in the order of what they say, and their hash.</summary>
    private static Dictionary<string, (long Rows, string Hash)> Read(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "billing.db")};Mode=ReadOnly");
        connection.Open();
        var tables = new Dictionary<string, (long, string)>();
        foreach (
            var name in Texts(
                connection,
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\' ORDER BY name"
            )
        )
        {
            var columns = Texts(connection, $"SELECT name FROM pragma_table_info('{name}') ORDER BY pk = 0, pk, name")
                .Select(column => $"\"{column}\"");
            var list = string.Join(", ", columns);
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {list} FROM \"{name}\" ORDER BY {list}";
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var rows = command.ExecuteReader();
            var count = 0L;
            for (; rows.Read(); count++)
            for (var i = 0; i < rows.FieldCount; i++)
                hash.AppendData(Encoding.UTF8.GetBytes($"{Shown(rows.GetValue(i))}\u001f"));
            tables.Add(name, (count, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }
        return tables;
    }

    private static string? Shown(object value) =>
        value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture);

    private static List<string> Texts(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
            texts.Add(rows.GetString(0));
        return texts;
    }
}
