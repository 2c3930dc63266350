using System.Diagnostics;
using System.Globalization;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Sticky;
using Tokenline.Units;

namespace Tokenline.Bench;

/// <summary>What choosing a deployment costs, by policy, among 3 and among 20: in nanoseconds and in bytes allocated.</summary>
internal sealed class RoutingBench : ITariffs
{
    private const string Model = "bench";
    private static readonly TimeSpan warmUp = TimeSpan.FromSeconds(1);

    public TariffBook Current { get; private set; } = TariffBook.Empty;

    public static void Run(int seconds)
    {
        Report.Machine();
        Console.WriteLine($"{"policy", -16} {"deployments", 12} {"ns a choice", 12} {"bytes", 8}");
        foreach (var policy in RoutingPolicies.All)
        {
            foreach (var count in (int[])[3, 20])
            {
                var (nanoseconds, bytes) = new RoutingBench().Measure(policy, count, TimeSpan.FromSeconds(seconds));
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{policy, -16} {count, 12} {nanoseconds, 12:0} {bytes, 8:0.##}")
                );
            }
        }
    }

    private (double Nanoseconds, double Bytes) Measure(string policy, int count, TimeSpan span)
    {
        var (options, clock, conversations) = (new RoutingOptions(), new RoutingClock(TimeProvider.System), new Conversations());
        var routes = new Routes(this, new Pricing(new CommerceOptions()), conversations, options, Random.Shared);
        var router = new Router(Random.Shared, new DeploymentLoads());
        Current = new TariffBook([], Enumerable.Range(0, count).Select(Owed));
        var route = routes.Of(
            new Model(
                Model,
                Model,
                "bench",
                0,
                128_000,
                8192,
                0,
                false,
                null,
                "max_tokens",
                [.. Enumerable.Range(0, count).Select(Deployment)]
            )
            {
                Routing = new RoutingRule(policy),
            }
        );
        foreach (var seat in route.Seats)
        {
            for (var i = 0; i < 50; i++)
            {
                seat.Live.Started(clock.Now, stream: true);
                seat.Live.Heard(clock.Now, stream: true);
                seat.Live.Stopped();
                var began = 100 + (seat.Live.Number * 10);
                seat.Live.Served(clock.Now, new AttemptTimes(Stream: true, began, began + 5000 + (seat.Live.Number * 100)), 500);
            }
            conversations.Served((ulong)seat.Live.Number, seat.Live.Number, clock.Now + 3_600_000);
        }
        _ = Choose(warmUp);
        return Choose(span);

        (double, double) Choose(TimeSpan time)
        {
            var watch = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var choices = 0L;
            while (watch.Elapsed < time)
            {
                for (var i = 0; i < 1000; i++, choices++)
                {
                    // The clocks are read for every choice, as the gateway reads them.
                    var call = new RoutingCall(
                        ChatProtocol.Instance,
                        clock.Now,
                        TimeProvider.System.GetUtcNow(),
                        1000,
                        500,
                        true,
                        (ulong)(i % 100)
                    );
                    var state = new RouteState();
                    router.Take(route, call, 1500, ref state, out _);
                }
            }
            return (watch.Elapsed.TotalNanoseconds / choices, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / choices);
        }
    }

    private static Deployment Deployment(int i) =>
        new($"{Model}@v{i}", $"v{i}", new Uri($"http://v{i}.example/v1"), Model, ["key"], i, 5, Simulated: false)
        {
            Profile = new ModelProfile { Quality = new QualityScore(50 + i, "bench"), Energy = new EnergyFigure(0.1m + i, true, "bench") },
        };

    private static Contract Owed(int i)
    {
        var rates = new long[Usage.MeterCount];
        rates[(int)Meter.Input] = (1 + i) * Money.NanoPerUnit;
        rates[(int)Meter.Output] = (4 + i) * Money.NanoPerUnit;
        var card = new RateCard(new RateTable([new RateTier(null, [.. rates])]), RateCard.PerMillion);
        return new Contract($"v{i}", DateTimeOffset.UnixEpoch, new ModelTariff(Model, i + 1, Currency.Cny, card, []));
    }
}
