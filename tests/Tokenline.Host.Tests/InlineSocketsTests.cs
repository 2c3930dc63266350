using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Storage.Journal;

namespace Tokenline.Host.Tests;

/// <summary>A client may send its next request behind a call that then ends on the journal's thread: that thread is not to serve it, or one client could keep everybody's charges waiting.</summary>
public sealed class InlineSocketsTests
{
    [Fact]
    public async Task No_request_begins_on_the_journals_thread()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-test");
        await using var services = new ServiceCollection().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        var served = new List<bool>();
        app.UseInlineSockets();
        app.Run(context =>
        {
            served.Add(SqliteChargeJournal.IsHere);
            return Task.CompletedTask;
        });
        var pipeline = app.Build();
        var file = Path.Combine(folder.FullName, "charges.db");
        await using (var journal = new SqliteChargeJournal(file, "Asia/Shanghai", callsGoOn: true))
        {
            var account = new AccountId(42);
            var claimed = await journal.ClaimAsync(account);
            var settled = new Settled(DateTimeOffset.UnixEpoch, new ChargeId(7), [], 0, 0, UsageBasis.Vendor);
            var wasHere = false;
            // Nothing is written before somebody waits for it: it would go on on the thread that begins to wait.
            await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
            await other.OpenAsync(RunningServer.Cancel);
            await using var writing = other.BeginTransaction(deferred: false);

            var asked = journal
                .Append(account, claimed.Epoch, 1, settled, record: null, urgent: true)
                .ContinueWith(
                    _ =>
                    {
                        wasHere = SqliteChargeJournal.IsHere;
                        return pipeline(Call());
                    },
                    RunningServer.Cancel,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                )
                .Unwrap();
            await writing.RollbackAsync(RunningServer.Cancel);
            await asked;
            await Task.Yield();

            Assert.True(wasHere, "the test has not been on the journal's thread, and shows nothing");
        }
        Assert.Equal([false], served);
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    private static DefaultHttpContext Call() => new() { Request = { Path = "/v1/chat/completions", ContentLength = 100 } };
}
