using Microsoft.Data.Sqlite;

namespace Tokenline.Crash.Tests;

/// <summary>The verb <c>audit</c> as a process, while nobody serves: exit code 0 for clean books; 1, and a line for each difference, for others.</summary>
public sealed class AuditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clean_books_end_it_with_0_and_others_with_1_and_a_line_for_each_difference()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-audit");
        var sold = await Sold.InAsync(folder.FullName);
        await using var nobody = new ServerProcess(folder.FullName, sold.Simulator);

        var clean = await nobody.RunAsync("audit", Cancel);
        var accounts = await TamperAsync(folder.FullName);
        var tampered = await nobody.RunAsync("audit", Cancel);

        Assert.Equal(0, clean.ExitCode);
        Assert.StartsWith("clean at journal position ", Assert.Single(clean.Lines), StringComparison.Ordinal);
        Assert.Equal(1, tampered.ExitCode);
        Assert.True(accounts >= sold.Customers.Count);
        Assert.Equal(accounts, tampered.Lines.Count(line => line.Contains("its newest entry should be", StringComparison.Ordinal)));
        Assert.StartsWith("NOT CLEAN at journal position ", tampered.Lines[^1], StringComparison.Ordinal);
        Assert.EndsWith($" {accounts} differences", tampered.Lines[^1], StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    /// <summary>Every account that has an entry lacks its newest one: how many accounts that are.</summary>
    private static async Task<int> TamperAsync(string folder)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(folder, "charges.db")};Pooling=False");
        await database.OpenAsync(Cancel);
        await using var tamper = database.CreateCommand();
        tamper.CommandText = "update accounts set sequence = sequence + 1 where sequence > 0";
        return await tamper.ExecuteNonQueryAsync(Cancel);
    }
}
