using Tokenline.Simulators;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>Three nodes on one PostgreSQL, of which any is killed, frozen or asked to leave, and the database with them. Long form only; a short one of each is in <see cref="ClusterTests"/>.</summary>
public sealed class ClusterChaosTests
{
    private const int NodeCount = 3;
    private static readonly TimeSpan longerThanItsLease = TimeSpan.FromSeconds(6);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private enum Trouble
    {
        NodeKilled,
        NodeFrozen,
        NodeLeft,
        TwoNodesKilled,
        DatabaseKilled,
        AllKilled,
    }

    [Fact(Explicit = true)]
    public async Task Whatever_happens_the_books_agree_with_the_clients()
    {
        await using var world = new World(new Random(ChaosLength.Seed));
        await world.StartAsync();
        var since = TimeProvider.System.GetTimestamp();
        var round = 0;
        do
        {
            var troubles = Enum.GetValues<Trouble>();
            world.Random.Shuffle(troubles);
            foreach (var trouble in troubles)
                await world.MeetAsync(trouble, $"seed {ChaosLength.Seed}, round {round}: {trouble}");
            round++;
        } while (TimeProvider.System.GetElapsedTime(since) < ChaosLength.Least);
        TestContext.Current.SendDiagnosticMessage(
            "chaos of a cluster, seed {0}: {1} rounds, {2} calls answered, {3} cut",
            ChaosLength.Seed,
            round,
            world.Answered,
            world.Cut
        );
    }

    private sealed class World(Random random) : IAsyncDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-chaos");
        private readonly List<ServerProcess> nodes = [];
        private OwnPostgres database = null!;
        private SimulatorServer simulator = null!;
        private Crowd crowd = null!;

        public Random Random => random;

        public int Answered => crowd.Answered;

        public int Cut => crowd.Clients.Sum(client => client.Cut.Count());

        public async Task StartAsync()
        {
            database = await OwnPostgres.StartAsync();
            simulator = await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions(), Cancel);
            for (var i = 1; i <= NodeCount; i++)
                nodes.Add(
                    new ServerProcess(Path.Combine(folder.FullName, $"node{i}"), simulator.Address)
                    {
                        More = new Dictionary<string, string>
                        {
                            ["TOKENLINE_DATABASE"] = database.Connection,
                            ["TOKENLINE_SECRETS"] = Path.Combine(folder.FullName, "secrets"),
                            ["TOKENLINE__Gateway__LeaveNoticeSeconds"] = "1",
                            ["TOKENLINE__Gateway__SettlePatienceSeconds"] = "5",
                            // The vendor fails on purpose, again and again.
                            ["TOKENLINE__Gateway__Routing__CircuitFailures"] = "0",
                            ["TOKENLINE__Gateway__Routing__RestMaxSeconds"] = "0",
                        },
                    }
                );
            await nodes[0].StartAsync(demo: true, Cancel);
            await StartMissingAsync();
            var (customers, keys) = await KillTests.SellAsync(nodes[0], simulator.Address, Cancel);
            crowd = new(
                [.. customers.Zip(keys, (customer, key) => new Client(customer, key))],
                [.. nodes.Select(node => node.Url)],
                random
            );
            foreach (var node in nodes)
                Assert.True(await crowd.AnswersAsync(node.Url, Cancel), node.Said);
        }

        public async Task MeetAsync(Trouble trouble, string when)
        {
            await crowd.WhileCallingAsync(() => TroubleAsync(trouble), Cancel);
            await StartMissingAsync();
            foreach (var node in nodes)
                Assert.True(await crowd.AnswersAsync(node.Url, Cancel), $"{when}: {node.Url} does not answer again\n{node.Said}");
            var faults = await Books.FaultsAsync(nodes[random.Next(NodeCount)], crowd.Clients, Cancel);
            Assert.True(faults.Count == 0, $"{when}:\n{string.Join('\n', faults)}\n{string.Join('\n', nodes.Select(node => node.Said))}");
        }

        private async Task TroubleAsync(Trouble trouble)
        {
            var node = nodes[random.Next(NodeCount)];
            switch (trouble)
            {
                case Trouble.NodeKilled:
                    await node.KillAsync();
                    break;
                case Trouble.NodeFrozen:
                    await node.SignalAsync("STOP", Cancel);
                    await Task.Delay(longerThanItsLease, Cancel);
                    await node.SignalAsync("CONT", Cancel);
                    await node.EndedAsync(Cancel).WaitAsync(Crowd.AnswersWithin, Cancel); // it finds itself declared dead
                    break;
                case Trouble.NodeLeft:
                    Assert.Equal(0, await node.EndAsync("TERM", Cancel));
                    break;
                case Trouble.TwoNodesKilled:
                    await Task.WhenAll(nodes.Where(other => other != node).Select(other => other.KillAsync()));
                    break;
                case Trouble.DatabaseKilled:
                    await database.KillAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 2000)), Cancel);
                    await database.StartAgainAsync();
                    break;
                case Trouble.AllKilled:
                    await Task.WhenAll([.. nodes.Select(other => other.KillAsync()), database.KillAsync()]);
                    await database.StartAgainAsync();
                    break;
            }
            if (nodes.Exists(other => other.IsRunning))
                await crowd.AnsweredMoreAsync(20, Cancel);
        }

        private Task StartMissingAsync() =>
            Task.WhenAll(nodes.Where(node => !node.IsRunning).Select(node => node.StartAsync(demo: false, Cancel)));

        public async ValueTask DisposeAsync()
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            await simulator.DisposeAsync();
            await database.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }
}
