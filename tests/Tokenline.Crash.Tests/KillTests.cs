using System.Globalization;
using System.Text.Json;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>A server is killed under load, again and again; the books are right after each start.</summary>
public sealed class KillTests
{
    /// <summary>Two servers live and die at the same time, each with its own data: most of such a life is starting, which one core does. One will do for a short form.</summary>
    private static readonly int servers = TestLength.Of(1, 2);

    /// <summary>Of each. As many as one likes: <c>./bench.sh kills N</c>.</summary>
    private static readonly int kills = int.TryParse(
        Environment.GetEnvironmentVariable("KILLS"),
        CultureInfo.InvariantCulture,
        out var count
    )
        ? count
        : TestLength.Of(2, 10);
    private const int Workers = 24;

    [Fact]
    [Trait("WhatOthersGotWrong", "10")]
    [Trait("WhatOthersGotWrong", "23")]
    public async Task Killed_under_load_it_forgets_no_answered_call_and_charges_none_twice()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var recovered = await Task.WhenAll(Enumerable.Range(0, servers).Select(number => LiveAsync(number, cancellation)));
        TestContext.Current.SendDiagnosticMessage(
            "{0} kills of each of {1} servers, {2} streams recovered",
            kills,
            servers,
            recovered.Sum()
        );
        Assert.True(recovered.Sum() > 0, "no stream was open at any kill, so this test has shown nothing about them");
    }

    /// <summary>Answers how many streams were recovered.</summary>
    private static async Task<int> LiveAsync(int number, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-crash");
        var (simulator, customers, keys) = await Sold.InAsync(folder.FullName);
        await using var server = new ServerProcess(folder.FullName, simulator);
        await server.StartAsync(demo: false, cancellation);
        var answered = new HashSet<string>();
        var books = new Books(server, customers);
        for (var kill = 1; kill <= kills; kill++)
        {
            var load = new Load(server.Url, keys);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var running = load.RunAsync(Workers, stop.Token);
            // Each round lasts until so many calls were answered, so that the kill comes at another moment of the work each time.
            await load.WhenAnsweredAsync(24 + (((number * kills) + kill) * 17 % 48), cancellation);
            await server.KillAsync();
            await stop.CancelAsync();
            await running;
            answered.UnionWith(load.Answered);
            answered.UnionWith(load.Begun); // what had begun to stream is in the records too: settled, or recovered by the rule

            await server.StartAsync(demo: false, cancellation);
            await books.CheckAsync(answered, $"after kill {kill} of server {number}", isWhole: kill == kills, cancellation);
        }
        await server.DisposeAsync();
        folder.Delete(recursive: true);
        return books.Recovered;
    }

    /// <summary>What the server has on record of its customers. After a kill only what is new is read, after the last everything once more.</summary>
    private sealed class Books(ServerProcess server, IReadOnlyList<string> customers)
    {
        private readonly HashSet<string> recorded = [];

        public int Recovered { get; private set; }

        public async Task CheckAsync(HashSet<string> answered, string when, bool isWhole, CancellationToken cancellation)
        {
            var audit = await server.PostAsync("audit", new { }, cancellation);
            Assert.True(audit.GetProperty("clean").GetBoolean(), $"{when}: {audit}");
            Assert.Equal(0, audit.GetProperty("openCharges").GetInt64());
            var known = isWhole ? [] : recorded.ToHashSet();
            if (isWhole)
                recorded.Clear();
            foreach (var customer in customers)
            {
                var buckets = (await server.GetAsync($"customers/{customer}/buckets", cancellation)).GetProperty("items");
                Assert.All(buckets.EnumerateArray(), bucket => Assert.Equal("0", bucket.GetProperty("reserved").GetString()));
                await foreach (var record in RecordsAsync(server, customer, cancellation))
                {
                    var charge = record.GetProperty("charge").GetString()!;
                    if (known.Contains(charge))
                        break; // the newest come first
                    Assert.True(recorded.Add(charge), $"{when}: {record} is there twice");
                    Recovered += record.GetProperty("basis").GetString() == "Recovered" ? 1 : 0;
                }
            }
            var missing = answered.Except(recorded).ToList();
            Assert.True(missing.Count == 0, $"{when}: answered and not in the records: {string.Join(", ", missing)}");
        }
    }

    internal static async IAsyncEnumerable<JsonElement> RecordsAsync(
        ServerProcess server,
        string customer,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? before = null;
        do
        {
            var page = await server.GetAsync(
                $"customers/{customer}/usage?limit=100{(before is null ? "" : $"&before={before}")}",
                cancellation
            );
            foreach (var record in page.GetProperty("items").EnumerateArray())
                yield return record;
            before = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        } while (before is not null);
    }
}
