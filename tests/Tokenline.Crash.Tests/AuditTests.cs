using System.Net.Http.Headers;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Tokenline.Crash.Tests;

/// <summary>The verb <c>audit</c> as a process: exit code 0 for clean books, 1 and one line for each difference for others; beside a server and without one.</summary>
public sealed class AuditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tampered_records_end_the_audit_with_1_and_a_line_for_each_difference()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-audit");
        var (simulator, _, keys) = await Sold.InAsync(folder.FullName);
        await using var server = new ServerProcess(folder.FullName, simulator);
        await server.StartAsync(demo: false, Cancel);
        var charges = new List<string>();
        foreach (var key in keys.Take(3))
            charges.Add(await CallAsync(server, key));
        Assert.Equal(0, (await server.RunAsync("audit", Cancel)).ExitCode);

        var (account, retail) = await TamperAsync(folder.FullName, charges);
        var beside = await server.RunAsync("audit", Cancel);
        await server.EndAsync("TERM", Cancel);
        var alone = await server.RunAsync("audit", Cancel);

        string[] expected =
        [
            $"{account[0]} {charges[0]}: its record says retail 7, uncollected 0; the journal {retail[0]}, 0",
            $"{account[0]} {charges[0]}: its usage is worth {retail[0]} nano by tariff",
            $"{account[0]} {charges[0]}: its payments, what was free and what is uncollected make {retail[0]} nano instead of 7",
            $"{account[0]} {charges[0]}: bkt_",
            $"{account[1]} {charges[1]}: its column vendor",
            $"{account[2]} {charges[2]}: is settled in the journal and has no usage record",
        ];
        foreach (var (exitCode, lines) in new[] { beside, alone })
        {
            Assert.Equal(1, exitCode);
            foreach (var line in expected)
                Assert.Single(lines, said => said.StartsWith(line, StringComparison.Ordinal));
            Assert.Equal(expected.Length, lines.Length - 1);
            Assert.StartsWith("NOT CLEAN at journal position ", lines[^1]);
            Assert.EndsWith($" {lines.Length - 1} differences", lines[^1]);
        }
        folder.Delete(recursive: true);
    }

    /// <summary>The first record gets another price, the second another vendor in its column, and the third is gone.</summary>
    private static async Task<(List<string> Accounts, List<long> Retail)> TamperAsync(string folder, List<string> charges)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(folder, "charges.db")};Pooling=False");
        await database.OpenAsync(Cancel);
        var (accounts, retail) = (new List<string>(), new List<long>());
        string[] tampering =
        [
            "update usage_records set body = json_set(body, '$.retailNano', 7), retail_nano = 7 where body ->> '$.charge' = $charge",
            "update usage_records set vendor = 'other' where body ->> '$.charge' = $charge",
            "delete from usage_records where body ->> '$.charge' = $charge",
        ];
        for (var i = 0; i < charges.Count; i++)
        {
            await using var look = database.CreateCommand();
            look.CommandText = "select body ->> '$.account', retail_nano from usage_records where body ->> '$.charge' = $charge";
            look.Parameters.AddWithValue("$charge", charges[i]);
            await using (var row = await look.ExecuteReaderAsync(Cancel))
            {
                Assert.True(await row.ReadAsync(Cancel));
                accounts.Add(row.GetString(0));
                retail.Add(row.GetInt64(1));
            }
            await using var tamper = database.CreateCommand();
#pragma warning disable CA2100 // the tampering is the test's own
            tamper.CommandText = tampering[i];
#pragma warning restore CA2100
            tamper.Parameters.AddWithValue("$charge", charges[i]);
            Assert.Equal(1, await tamper.ExecuteNonQueryAsync(Cancel));
        }
        return (accounts, retail);
    }

    /// <summary>A plain call; its charge id.</summary>
    private static async Task<string> CallAsync(ServerProcess server, string key)
    {
        using var http = new HttpClient { BaseAddress = server.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var body = """{"model":"crash","messages":[{"role":"user","content":"Hello [[simulate: tokens=20]]"}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/chat/completions", content, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return answer.Headers.GetValues("x-tokenline-charge-id").Single();
    }
}
