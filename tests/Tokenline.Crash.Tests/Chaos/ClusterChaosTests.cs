using Tokenline.Simulators;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>Three nodes on one PostgreSQL, of which any is killed, frozen, asked to leave or cut off, and the database with them, whose disk is slow, full or without power. Long form only; a short one of nodes is in <see cref="ClusterTests"/>.</summary>
public sealed class ClusterChaosTests
{
    private const int NodeCount = 3;

    /// <summary>Who was cut off without being told waits for its timeouts first, and so do its clients.</summary>
    private static readonly TimeSpan answersWithin = TimeSpan.FromSeconds(60);
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
        DatabaseDiskSlow,
        DatabaseDiskFull,
        DatabasePowerLost,

        // Only where disks of one's own can be had:
        DatabaseDiskReallyFull,

        // Only where networks of one's own can be had:
        NodeCutOff,
        NodesSeparated,
        DatabaseOutOfReach,
        DatabaseOutOfReachOfAll,
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
            var troubles = world.Possible;
            world.Random.Shuffle(troubles);
            foreach (var trouble in troubles)
                await world.MeetAsync(trouble, $"seed {ChaosLength.Seed}, round {round}: {trouble}");
            round++;
        } while (TimeProvider.System.GetElapsedTime(since) < ChaosLength.Least);
        TestContext.Current.SendDiagnosticMessage(
            "chaos of a cluster, seed {0}: {1} rounds of {2} troubles, {3} calls answered, {4} cut, {5} writes of the database at stake when power was lost{6}",
            ChaosLength.Seed,
            round,
            world.Possible.Length,
            world.Answered,
            world.Cut,
            world.AtStake,
            world.Missing
        );
    }

    private sealed class World(Random random) : IAsyncDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-chaos");
        private readonly List<ServerProcess> nodes = [];
        private OwnPostgres? database;
        private SimulatorServer? simulator;
        private Crowd crowd = null!;
        private Cables? cables;

        public Random Random => random;

        public int Answered => crowd.Answered;

        public int Cut => crowd.Clients.Sum(client => client.Cut.Count());

        /// <summary>Writes of the database that were not synced when power was lost.</summary>
        public int AtStake { get; private set; }

        public Trouble[] Possible =>
            [
                .. Enum.GetValues<Trouble>()
                    .Where(trouble => cables is not null || trouble < Trouble.NodeCutOff)
                    .Where(trouble => database!.IsOnSmallDisk || trouble != Trouble.DatabaseDiskReallyFull),
            ];

        /// <summary>What this machine did not let us do.</summary>
        public string Missing =>
            $"{(cables is null ? "; no network was cut: that needs the rights to make network namespaces" : "")}{(database!.IsOnSmallDisk ? "" : "; no disk was really full: that needs the rights to mount one")}";

        public async Task StartAsync()
        {
            cables = await Cables.LayAsync(NodeCount);
            database = await OwnPostgres.StartAsync(cables, Cancel);
            simulator = await SimulatorServer.StartAsync($"http://{cables?.Outside ?? "127.0.0.1"}:0", new SimulatorOptions(), Cancel);
            for (var i = 0; i < NodeCount; i++)
            {
                var address = cables?.AddressOf(i) ?? "127.0.0.1";
                nodes.Add(
                    new ServerProcess(Path.Combine(folder.FullName, $"node{i + 1}"), simulator.Address, address, cables?.On(i))
                    {
                        More = new Dictionary<string, string>
                        {
                            ["TOKENLINE_DATABASE"] = database.Connection,
                            ["TOKENLINE_NODE"] = $"{address}:0",
                            ["TOKENLINE_SECRETS"] = Path.Combine(folder.FullName, "secrets"),
                            ["TOKENLINE__Gateway__LeaveNoticeSeconds"] = "1",
                            ["TOKENLINE__Gateway__SettlePatienceSeconds"] = "5",
                            // The vendor fails on purpose, again and again.
                            ["TOKENLINE__Gateway__Routing__CircuitFailures"] = "0",
                            ["TOKENLINE__Gateway__Routing__RestMaxSeconds"] = "0",
                        },
                    }
                );
            }
            await nodes[0].StartAsync(demo: true, Cancel);
            await StartMissingAsync();
            var (customers, keys) = await Sold.SellAsync(nodes[0], simulator.Address, Cancel);
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
            TestContext.Current.SendDiagnosticMessage("{0}, {1} answered", when, Answered);
            await crowd.WhileCallingAsync(() => TroubleAsync(trouble), Cancel);
            await database!.StartIfDeadAsync(Cancel);
            await StartMissingAsync();
            foreach (var node in nodes)
                Assert.True(await AnswersAgainAsync(node), $"{when}: {node.Url} does not answer again\n{node.Said}");
            var faults = await FaultsAsync();
            Assert.True(faults.Count == 0, $"{when}:\n{string.Join('\n', faults)}\n{string.Join('\n', nodes.Select(node => node.Said))}");
        }

        private async Task TroubleAsync(Trouble trouble)
        {
            var number = random.Next(NodeCount);
            var node = nodes[number];
            // Shorter than a lease, or longer.
            var cut = TimeSpan.FromSeconds(random.Next(1, 10));
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
                    await database!.KillAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 2000)), Cancel);
                    await database!.StartAgainAsync();
                    break;
                case Trouble.DatabaseDiskSlow:
                    database!.Disk.SyncTakes = TimeSpan.FromMilliseconds(40);
                    await crowd.AnsweredMoreAsync(20, Cancel);
                    database!.Disk.SyncTakes = TimeSpan.Zero;
                    break;
                case Trouble.DatabaseDiskFull:
                    database!.Disk.IsFull = true;
                    await Task.Delay(cut, Cancel);
                    database!.Disk.IsFull = false;
                    await database!.StartIfDeadAsync(Cancel);
                    break;
                case Trouble.DatabaseDiskReallyFull:
                    await database!.FillAsync();
                    await Task.Delay(cut, Cancel);
                    database!.Empty();
                    await database!.StartIfDeadAsync(Cancel);
                    break;
                case Trouble.DatabasePowerLost: // in the middle of a sync, where writes are at stake
                    database!.Disk.IsQuiet = false;
                    database!.Disk.SyncTakes = TimeSpan.FromMilliseconds(30);
                    await crowd.AnsweredMoreAsync(10, Cancel);
                    await database!.KillAsync();
                    database!.Disk.SyncTakes = TimeSpan.Zero;
                    AtStake += database!.Disk.LosePower(random, survives: random.Next(3) / 2.0);
                    database!.Disk.IsQuiet = true;
                    await database!.StartAgainAsync();
                    break;
                case Trouble.NodeCutOff:
                    await cables!.CutAsync(number);
                    await Task.Delay(cut, Cancel);
                    await cables.MendAsync(number);
                    break;
                case Trouble.NodesSeparated:
                    await cables!.SeparateNodesAsync(true);
                    await Task.Delay(cut, Cancel);
                    await cables.SeparateNodesAsync(false);
                    break;
                case Trouble.DatabaseOutOfReach:
                    await cables!.LoseDatabaseAsync(number);
                    await Task.Delay(cut, Cancel);
                    await cables.FindDatabaseAsync(number);
                    break;
                case Trouble.DatabaseOutOfReachOfAll:
                    await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(cables!.LoseDatabaseAsync));
                    await Task.Delay(cut, Cancel);
                    await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(cables!.FindDatabaseAsync));
                    break;
                case Trouble.AllKilled:
                    await Task.WhenAll([.. nodes.Select(other => other.KillAsync()), database!.KillAsync()]);
                    await database!.StartAgainAsync();
                    break;
            }
            if (nodes.Exists(other => other.IsRunning))
                await crowd.AnsweredMoreAsync(20, Cancel, answersWithin);
        }

        /// <summary>A node that was out of reach may find itself declared dead, and end, a while after that is over.</summary>
        private async Task<bool> AnswersAgainAsync(ServerProcess node)
        {
            for (var starts = 0; starts < 3; starts++)
            {
                if (!node.IsRunning)
                    await node.StartAsync(demo: false, Cancel);
                if (await crowd.AnswersAsync(node.Url, Cancel))
                    return true;
                if (node.IsRunning)
                    return false;
            }
            return false;
        }

        /// <summary>Nor does it always find itself declared dead before it has answered: then it is another that the books are asked of, and it is started again.</summary>
        private async Task<IReadOnlyList<string>> FaultsAsync()
        {
            for (var losses = 0; ; losses++)
            {
                try
                {
                    return await Books.FaultsAsync(nodes[random.Next(NodeCount)], crowd.Clients, Cancel);
                }
                catch (HttpRequestException) when (losses < NodeCount)
                {
                    await Task.Delay(longerThanItsLease, Cancel);
                    await StartMissingAsync();
                }
            }
        }

        private Task StartMissingAsync() =>
            Task.WhenAll(nodes.Where(node => !node.IsRunning).Select(node => node.StartAsync(demo: false, Cancel)));

        public async ValueTask DisposeAsync()
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            // Those that are missing have not started, and that is the failure to be told of.
            if (simulator is not null)
                await simulator.DisposeAsync();
            if (database is not null)
                await database.DisposeAsync();
            if (cables is not null)
                await cables.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }
}
