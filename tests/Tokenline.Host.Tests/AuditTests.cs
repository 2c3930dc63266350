using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway;

namespace Tokenline.Host.Tests;

/// <summary>What an audit says of books that were tampered with: beside a server, and without one. Each begins with a copy of the same books.</summary>
public sealed class AuditTests(AuditTests.Books books) : IClassFixture<AuditTests.Books>, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-audit-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beside_a_server_the_verb_ends_with_1_and_a_line_for_each_difference()
    {
        books.CopyTo(folder);
        await using var server = await TokenlineServer.StartAsync(Settings(folder), Cancel);
        var (clean, _) = await VerbAsync(server);
        var (account, retail) = await RecordAsync();
        await TamperAsync($"update usage_records set body = json_set(body, '$.retailNano', 7), retail_nano = 7 where {Of(0)}");
        await TamperAsync($"update usage_records set vendor = 'other' where {Of(1)}");
        await TamperAsync($"delete from usage_records where {Of(2)}");

        var (exitCode, lines) = await VerbAsync(server);

        await server.StopAsync();
        string[] expected =
        [
            $"{account} {books.Charges[0]}: its record says retail 7, uncollected 0; the journal {retail}, 0",
            $"{account} {books.Charges[0]}: its usage is worth {retail} nano by tariff",
            $"{account} {books.Charges[0]}: its payments, what was free and what is uncollected make {retail} nano instead of 7",
            $"{account} {books.Charges[0]}: bkt_",
            $"{account} {books.Charges[1]}: its column vendor",
            $"{account} {books.Charges[2]}: is settled in the journal and has no usage record",
        ];
        Assert.Equal((0, 1), (clean, exitCode));
        foreach (var line in expected)
            Assert.Single(lines, said => said.StartsWith(line, StringComparison.Ordinal));
        Assert.Equal(expected.Length, lines.Length - 1);
        Assert.StartsWith("NOT CLEAN at journal position ", lines[^1], StringComparison.Ordinal);
        Assert.EndsWith($" {expected.Length} differences", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update usage_records set body = json_set(body, '$.retailNano', 1)", "its record says 1")]
    [InlineData("update usage_records set body = json_set(body, '$.wholesale.nano', 1)", ", its record says 1 EUR")]
    [InlineData(
        "update usage_records set body = json_set(body, '$.wholesale.contractVersion', 7)",
        "by contract 7, which deepseek has not"
    )]
    [InlineData("delete from usage_records", "has no usage record")]
    [InlineData("update usage_records set retail_nano = retail_nano + 1", "column retail_nano")]
    [InlineData("update usage_records set model = 'other'", "column model")]
    [InlineData("update usage_records set vendor = 'other'", "column vendor")]
    [InlineData("update usage_records set account = account + 1", "column account")]
    [InlineData("update usage_records set ended_at = ended_at + 1", "column ended_at")]
    [InlineData("update usage_records set whole_input = 0", "column whole_input")]
    [InlineData("update usage_records set output = output - 1", "column output")]
    [InlineData("update usage_records set uncollected_nano = 1", "column uncollected_nano")]
    [InlineData("update usage_records set run = 'another'", "column run")]
    [InlineData("update accounts set sequence = sequence + 1", "its newest entry should be")]
    [InlineData("update journal set body = json_set(body, '$.retailNano', 1) where body like '%retailNano%'", "its record says retail")]
    [InlineData("delete from journal where position = (select max(position) from journal)", "its newest entry should be")]
    public async Task Without_a_server_it_finds_what_was_tampered_with_and_changes_nothing(string tampering, string finding)
    {
        books.CopyTo(folder);
        await TamperAsync(tampering);
        var before = Databases();

        var report = await OfflineAudit.RunAsync(Settings(folder), Cancel);
        var again = await OfflineAudit.RunAsync(Settings(folder), Cancel);

        Assert.False(report.GetProperty("clean").GetBoolean());
        Assert.Contains(
            report.GetProperty("differences").EnumerateArray(),
            line => line.GetString()!.Contains(finding, StringComparison.Ordinal)
        );
        Assert.Equal(report.ToString(), again.ToString());
        Assert.Equal(before, Databases());
    }

    [Fact]
    public async Task Without_a_server_it_finds_nothing_where_nothing_was_tampered_with()
    {
        books.CopyTo(folder);

        var report = await OfflineAudit.RunAsync(Settings(folder), Cancel);

        Assert.True(report.GetProperty("clean").GetBoolean(), report.ToString());
        Assert.Equal(books.Charges.Count, report.GetProperty("records").GetInt32());
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static Settings Settings(DirectoryInfo folder) =>
        new(folder.FullName, "http://127.0.0.1:0", null, Demo: true, "http://127.0.0.1:0", new GatewayOptions(), new CommerceOptions());

    private string Of(int charge) => $"body ->> '$.charge' = '{books.Charges[charge]}'";

    private async Task<SqliteConnection> OpenAsync()
    {
        var database = new SqliteConnection($"Data Source={Path.Combine(folder.FullName, "charges.db")};Pooling=False");
        await database.OpenAsync(Cancel);
        return database;
    }

    private async Task TamperAsync(string tampering)
    {
        await using var database = await OpenAsync();
        await using var command = database.CreateCommand();
#pragma warning disable CA2100 // the tampering is the test's own
        command.CommandText = tampering;
#pragma warning restore CA2100
        Assert.True(await command.ExecuteNonQueryAsync(Cancel) > 0);
    }

    /// <summary>Whose the first charge is, and its price.</summary>
    private async Task<(string Account, long RetailNano)> RecordAsync()
    {
        await using var database = await OpenAsync();
        await using var look = database.CreateCommand();
#pragma warning disable CA2100 // the id is the server's own
        look.CommandText = $"select body ->> '$.account', retail_nano from usage_records where {Of(0)}";
#pragma warning restore CA2100
        await using var row = await look.ExecuteReaderAsync(Cancel);
        Assert.True(await row.ReadAsync(Cancel));
        return (row.GetString(0), row.GetInt64(1));
    }

    /// <summary>The content of both databases, hashed.</summary>
    private string[] Databases() =>
        [
            .. new[] { "charges.db", "management.db" }.Select(name =>
                Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.FullName, name))))
            ),
        ];

    private static async Task<(int ExitCode, string[] Lines)> VerbAsync(TokenlineServer server)
    {
        var (exitCode, output, error) = await CommandLineTyping.TypeAsync(["audit"], server.Url, server.AdminKey);
        Assert.Equal("", error);
        return (exitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Of a server that has answered some calls, of a model that its operator owes a vendor for, and has ended.</summary>
    public sealed class Books : IAsyncLifetime
    {
        private readonly DirectoryInfo original = Directory.CreateTempSubdirectory("tokenline-audit-");

        internal IReadOnlyList<string> Charges { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            await using (var server = await TokenlineServer.StartAsync(Settings(original), Cancel))
            {
                var owed = new PriceSheet(
                    new Currency("EUR"),
                    [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 1, ["output"] = 2 })]
                );
                var contracts = server.Services.GetRequiredService<Contracts>();
                (await contracts.PutAsync("deepseek", "deepseek-v4-flash", owed, Schedule.AtOnce, "", Cancel)).Required();
                using var http = new HttpClient { BaseAddress = new Uri(server.Url) };
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.DemoKey);
                Charges = [await CallAsync(http), await CallAsync(http), await CallAsync(http)];
                await server.StopAsync();
            }
            SqliteConnection.ClearAllPools(); // no file of it comes or goes while it is copied
        }

        internal void CopyTo(DirectoryInfo folder)
        {
            foreach (var file in original.EnumerateFiles("*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder.FullName, Path.GetRelativePath(original.FullName, file.FullName));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                file.CopyTo(copy);
            }
        }

        private static async Task<string> CallAsync(HttpClient http)
        {
            const string Ask = """{"model":"deepseek-v4-flash","messages":[{"role":"user","content":"Hello"}]}""";
            using var content = new StringContent(Ask, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync("/v1/chat/completions", content, Cancel);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
            return answer.Headers.GetValues("x-tokenline-charge-id").Single();
        }

        public ValueTask DisposeAsync()
        {
            original.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
