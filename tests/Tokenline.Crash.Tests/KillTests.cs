using System.Globalization;
using System.Text.Json;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>A server is killed under load, again and again; the books are right after each start.</summary>
[Collection(nameof(OneServer))]
public sealed class KillTests(OneServer server)
{
    /// <summary>As many as one likes: <c>./bench.sh kills N</c>. One will do for a short form: chaos kills as well.</summary>
    private static readonly int kills = int.TryParse(
        Environment.GetEnvironmentVariable("KILLS"),
        CultureInfo.InvariantCulture,
        out var count
    )
        ? count
        : TestLength.Of(1, 20);
    private const int Workers = 24;

    [Fact]
    [Trait("WhatOthersGotWrong", "10")]
    [Trait("WhatOthersGotWrong", "23")]
    public async Task Killed_under_load_it_forgets_no_answered_call_and_charges_none_twice()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await server.StartIfEndedAsync();
        var answered = new HashSet<string>();
        var books = new Books(server.Process, server.Customers);
        for (var kill = 1; kill <= kills; kill++)
        {
            var load = new Load(server.Process.Url, server.Keys);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var running = load.RunAsync(Workers, stop.Token);
            // Each round lasts until so many calls were answered, so that the kill comes at another moment of the work each time.
            await load.WhenAnsweredAsync(24 + (kill * 17 % 48), cancellation);
            await server.Process.KillAsync();
            await stop.CancelAsync();
            await running;
            answered.UnionWith(load.Answered);
            answered.UnionWith(load.Begun); // what had begun to stream is in the records too: settled, or recovered by the rule

            await server.StartIfEndedAsync();
            await books.CheckAsync(answered, $"after kill {kill}", isWhole: kill == kills, cancellation);
        }
        TestContext.Current.SendDiagnosticMessage("{0} kills, {1} streams recovered", kills, books.Recovered);
        Assert.True(books.Recovered > 0, "no stream was open at any kill, so this test has shown nothing about them");
    }

    /// <summary>What the server has on record of its customers. After a kill only what is new is read, after the last everything once more.</summary>
    private sealed class Books(ServerProcess server, IReadOnlyList<string> customers)
    {
        private readonly HashSet<string> recorded = [];

        /// <summary>Streams that were open at a kill.</summary>
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
                    if (answered.Contains(charge) && record.GetProperty("basis").GetString() == "Recovered")
                        Recovered++;
                }
            }
            var missing = answered.Except(recorded).ToList();
            Assert.True(missing.Count == 0, $"{when}: answered and not in the records: {string.Join(", ", missing)}");
        }
    }

    /// <param name="account">Of a leased part of what the customer has; null: the customer's own.</param>
    internal static async IAsyncEnumerable<JsonElement> RecordsAsync(
        ServerProcess server,
        string customer,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation,
        string? account = null
    )
    {
        var of = account is null ? "" : $"&account={account}";
        string? before = null;
        do
        {
            var page = await server.GetAsync(
                $"customers/{customer}/usage?limit=100{of}{(before is null ? "" : $"&before={before}")}",
                cancellation
            );
            foreach (var record in page.GetProperty("items").EnumerateArray())
                yield return record;
            before = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        } while (before is not null);
    }
}
