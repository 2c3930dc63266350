namespace Tokenline.Crash.Tests.Chaos;

/// <summary>
/// One server on a disk and a clock that misbehave, and clients with books of their own. Whatever happens, the two agree.
/// Short in <c>./test.sh</c>: every kind of trouble once, in the order of a seed. Long: <c>./bench.sh chaos --minutes N --seed S</c>.
/// </summary>
public sealed class ChaosTests
{
    private static readonly TimeSpan calm = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_the_books_agree_with_the_clients()
    {
        var seed = ChaosLength.Seed;
        await using var world = await World.MakeAsync(seed, Cancel);
        var since = TimeProvider.System.GetTimestamp();
        var round = 0;
        do
        {
            var troubles = Enum.GetValues<Trouble>();
            world.Random.Shuffle(troubles);
            foreach (var trouble in troubles)
                await world.MeetAsync(trouble, $"seed {seed}, round {round}: {trouble}");
            round++;
        } while (TimeProvider.System.GetElapsedTime(since) < ChaosLength.Least);
        TestContext.Current.SendDiagnosticMessage(
            "chaos, seed {0}: {1} rounds, {2} calls answered, {3} cut, {4} writes at stake when power was lost",
            seed,
            round,
            world.Crowd.Answered,
            world.Crowd.Clients.Sum(client => client.Cut.Count()),
            world.AtStake
        );
        Assert.True(world.AtStake > 0, "no write was ever at stake, so that the losses of power have shown nothing");

        // The same, where syncs do nothing: if that is not found, nothing above has shown that syncs are there.
        Assert.Contains(await world.LieAsync(), fault => fault.Contains("is not on record", StringComparison.Ordinal));
    }

    private enum Trouble
    {
        Killed,
        PowerLost,
        Frozen,
        SlowDisk,
        FullDisk,
        ClockAhead,
        ClockBack,
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-chaos");
        private ServerProcess server = null!;
        private Disk disk = null!;
        private TimeSpan ahead = TimeSpan.FromHours(1);

        public required Random Random { get; init; }

        public Crowd Crowd { get; private set; } = null!;

        /// <summary>Writes that were not synced when power was lost.</summary>
        public int AtStake { get; private set; }

        public static async Task<World> MakeAsync(int seed, CancellationToken cancellation)
        {
            var world = new World { Random = new Random(seed) };
            try
            {
                await world.StartAsync(cancellation);
                return world;
            }
            catch
            {
                await world.DisposeAsync();
                throw;
            }
        }

        private async Task StartAsync(CancellationToken cancellation)
        {
            var data = folder.CreateSubdirectory("data").FullName;
            disk = await Disk.MakeAsync(data, folder.FullName, cancellation);
            var (simulator, customers, keys) = await Sold.InAsync(data);
            server = new ServerProcess(data, simulator)
            {
                More = new Dictionary<string, string>(disk.Environment)
                {
                    ["TOKENLINE__Gateway__SettlePatienceSeconds"] = "2",
                    // The vendor fails on purpose, again and again.
                    ["TOKENLINE__Gateway__Routing__CircuitFailures"] = "0",
                    ["TOKENLINE__Gateway__Routing__RestMaxSeconds"] = "0",
                },
            };
            await server.StartAsync(demo: false, cancellation);
            Crowd = new([.. customers.Zip(keys, (customer, key) => new Client(customer, key))], [server.Url], Random);
            disk.ClockAhead = ahead;
        }

        public async Task MeetAsync(Trouble trouble, string when)
        {
            await Crowd.WhileCallingAsync(() => TroubleAsync(trouble), Cancel);
            if (!server.IsRunning)
                await server.StartAsync(demo: false, Cancel);
            Assert.True(await Crowd.AnswersAsync(server.Url, Cancel), $"{when}: it does not answer again\n{server.Said}");
            var faults = await Books.FaultsAsync(server, Crowd.Clients, Cancel);
            Assert.True(faults.Count == 0, $"{when}:\n{string.Join('\n', faults)}\n{server.Said}");
        }

        /// <summary>What is wrong after power was lost on a disk whose syncs do nothing.</summary>
        public async Task<IReadOnlyList<string>> LieAsync()
        {
            await Crowd.WhileCallingAsync(
                async () =>
                {
                    disk.IsLying = true;
                    await Crowd.AnsweredMoreAsync(40, Cancel);
                    await server.KillAsync();
                },
                Cancel
            );
            disk.LosePower(Random, survives: 0);
            disk.IsLying = false;
            await server.StartAsync(demo: false, Cancel);
            return await Books.FaultsAsync(server, Crowd.Clients, Cancel);
        }

        private async Task TroubleAsync(Trouble trouble)
        {
            switch (trouble)
            {
                case Trouble.Killed:
                    await server.KillAsync();
                    break;
                case Trouble.PowerLost: // in the middle of a sync, where writes are at stake
                    disk.SyncTakes = TimeSpan.FromMilliseconds(30);
                    await Crowd.AnsweredMoreAsync(5, Cancel);
                    await server.KillAsync();
                    disk.SyncTakes = TimeSpan.Zero;
                    AtStake += disk.LosePower(Random, survives: Random.Next(3) / 2.0);
                    break;
                case Trouble.Frozen:
                    await server.SignalAsync("STOP", Cancel);
                    await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
                    await server.SignalAsync("CONT", Cancel);
                    break;
                case Trouble.SlowDisk:
                    disk.SyncTakes = TimeSpan.FromMilliseconds(40);
                    await Crowd.AnsweredMoreAsync(20, Cancel);
                    disk.SyncTakes = TimeSpan.Zero;
                    break;
                case Trouble.FullDisk:
                    disk.IsFull = true;
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Next(500, 3000)), Cancel);
                    disk.IsFull = false;
                    break;
                case Trouble.ClockAhead:
                    disk.ClockAhead = ahead += TimeSpan.FromMinutes(Random.Next(1, 300));
                    break;
                case Trouble.ClockBack: // not to before the plans were bought, when nobody could call
                    disk.ClockAhead = ahead *= Random.NextDouble();
                    break;
            }
            if (server.IsRunning)
                await Task.Delay(calm, Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            if (server is not null)
                await server.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }
}
