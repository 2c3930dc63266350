using System.Globalization;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;

namespace Tokenline.Gateway.Tests.Routing;

/// <summary>
/// A scripted market of twenty deployments for ten minutes of fake time: prices change, vendors die, fail, hang, slow down and limit. Every call takes the way
/// that the gateway takes, with the real router, health and budget; what the vendors do is known, so each choice can be held against the best one there was.
/// </summary>
internal sealed class Market
{
    public const int Deployments = 20;
    private const int Seconds = 600;
    private const int CallsPerSecond = 50;
    private const int OutputTokens = 200;
    private const long Never = long.MaxValue;

    private readonly RoutingWorld world;
    private readonly RetryBudget budget;
    private readonly PriorityQueue<Action, (long At, long Number)> events = new();
    private readonly Random random = new(7);
    private readonly Stall[] stalls;
    private readonly ModelRoute route;
    private readonly List<long> retries = [];
    private readonly List<long> calls = [];
    private readonly long start;
    private long number;

    public Market(string policy, string? then = null)
    {
        world = new RoutingWorld();
        budget = new RetryBudget(world.Options, world.Clock);
        start = world.Clock.Now;
        stalls = [.. Enumerable.Range(0, Deployments).Select(i => new Stall(i, new Random(i)))];
        route = world.Route(
            new RoutingRule(policy) { Then = then },
            [
                .. stalls.Select(stall =>
                    RoutingWorld.Deployment(
                        $"v{stall.Index:00}",
                        stall.Index,
                        profile: new ModelProfile
                        {
                            Quality = new QualityScore((decimal)stall.Quality, "script"),
                            Energy = new EnergyFigure((decimal)stall.Joules, true, "script"),
                        }
                    )
                ),
            ]
        );
        foreach (var stall in stalls)
        {
            world.Owe($"v{stall.Index:00}", (decimal)stall.PriceAt(0), (decimal)stall.PriceAt(0) * 4);
            world.Owe(
                $"v{stall.Index:00}",
                (decimal)stall.PriceAt(stall.PriceChangesAt),
                (decimal)stall.PriceAt(stall.PriceChangesAt) * 4,
                world.Time.GetUtcNow().AddMilliseconds(stall.PriceChangesAt)
            );
        }
    }

    public int Served { get; private set; }

    /// <summary>Calls that were answered with an error although a deployment could have served them.</summary>
    public int Errors { get; private set; }

    public string? FirstError { get; private set; }

    /// <summary>The most retries in any ten seconds above what the budget allows; negative: below it.</summary>
    public int RetriesOverBudget { get; private set; } = int.MinValue;

    public int Retries => retries.Count;

    public Regret Cost { get; } = new();
    public Regret Milliseconds { get; } = new();
    public Regret Joules { get; } = new();
    public Regret Quality { get; } = new();

    /// <summary>Of calls after the first of a conversation, those that stayed where it was.</summary>
    public double StayedShare => followed == 0 ? 0 : (double)stayed / followed;

    private int followed;
    private int stayed;
    private readonly Dictionary<ulong, int> lastOf = [];

    public void Run()
    {
        for (var i = 0; i < Seconds * CallsPerSecond; i++)
            At(i * 1000L / CallsPerSecond, () => Try(new Client((ulong)random.Next(1, 400)), world.Clock.Now - start));
        for (var second = 5; second < Seconds; second += 5)
            At(second * 1000L, () => Outliers.Eject(route.Seats, world.Clock.Now));
        while (events.TryDequeue(out var happens, out var when))
        {
            var ahead = start + when.At - world.Clock.Now;
            if (ahead > 0)
                world.Time.Advance(TimeSpan.FromMilliseconds(ahead));
            happens();
        }
        CheckBudget();
    }

    private void At(long milliseconds, Action happens) => events.Enqueue(happens, (milliseconds, number++));

    private void Try(Client client, long began)
    {
        var now = world.Clock.Now - start;
        if (client.Attempts == 0)
        {
            budget.Called();
            calls.Add(now);
        }
        else
        {
            if (!budget.TryTake())
            {
                Fail(now, "no budget");
                return;
            }
            retries.Add(now);
        }
        client.Attempts++;
        var call = world.Call(1000, OutputTokens, conversation: client.Conversation);
        if (client.Attempts > world.Options.AttemptsMax || world.Router.Take(route, call, 1200, ref client.State, out _) is not { } seat)
        {
            Fail(now, client.Attempts > world.Options.AttemptsMax ? "enough attempts" : Router.WhyNone(route, call, client.State).Words);
            return;
        }
        var patience = Router.HasAnother(route, call, client.State) ? seat.Patience(stream: true) ?? 300_000 : 300_000;
        var stall = stalls[Array.FindIndex(stalls, s => $"v{s.Index:00}" == seat.Deployment.Vendor)];
        var (outcome, after) = stall.Answer(now, random);
        seat.Live.Started(world.Clock.Now, stream: true);
        if (after > patience)
            (outcome, after) = (CallOutcome.TimedOut, patience);
        At(
            now + after,
            () =>
            {
                if (outcome != CallOutcome.Served)
                {
                    seat.Live.Stopped();
                    seat.Live.Ceased(stream: true);
                    seat.Live.Failed(
                        world.Clock.Now,
                        new AttemptTimes(Stream: true, null, after),
                        outcome,
                        outcome.ToString(),
                        outcome == CallOutcome.Limited ? TimeSpan.FromMilliseconds(stall.LimitEndsIn(world.Clock.Now - start)) : null
                    );
                    Try(client, began);
                    return;
                }
                seat.Live.Heard(world.Clock.Now, stream: true);
                var writing = (long)(OutputTokens * 1000 / stall.Speed);
                At(world.Clock.Now - start + writing, () => End(client, seat, stall, began, now, after, writing));
            }
        );
    }

    private void End(Client client, Seat seat, Stall stall, long began, long asked, long firstByte, long writing)
    {
        seat.Live.Stopped();
        seat.Live.Served(world.Clock.Now, new AttemptTimes(Stream: true, firstByte, firstByte + writing), OutputTokens);
        world.Conversations.Served(client.Conversation, seat.Live.Number, world.Clock.Now + 300_000);
        Served++;
        if (lastOf.TryGetValue(client.Conversation, out var last) && stalls[last].IsWell(asked))
        {
            followed++;
            if (last == stall.Index)
                stayed++;
        }
        lastOf[client.Conversation] = stall.Index;
        var well = stalls.Where(other => other.IsWell(began)).ToList();
        if (well.Count == 0)
            return;
        Cost.Add(stall.PriceAt(asked), well.Min(other => other.PriceAt(began)));
        Milliseconds.Add(
            world.Clock.Now - start - began,
            well.Min(other => other.UsualFirstByte(began) + (OutputTokens * 1000 / other.Speed))
        );
        Joules.Add(stall.Joules, well.Min(other => other.Joules));
        Quality.Add(100 - stall.Quality, well.Min(other => 100 - other.Quality));
    }

    private void Fail(long now, string why)
    {
        if (!stalls.Any(stall => stall.IsWell(now)))
            return;
        Errors++;
        FirstError ??= string.Create(CultureInfo.InvariantCulture, $"at {now} ms: {why}");
    }

    private void CheckBudget()
    {
        foreach (var from in retries)
        {
            var spent = retries.Count(at => at >= from && at < from + 9000);
            var made = calls.Count(at => at >= from - 1000 && at < from + 9000);
            var allowed = (made * world.Options.RetryPercent / 100) + (world.Options.RetriesPerSecond * 10);
            RetriesOverBudget = Math.Max(RetriesOverBudget, spent - allowed);
        }
    }

    private sealed class Client(ulong conversation)
    {
        public RouteState State;
        public ulong Conversation => conversation;
        public int Attempts { get; set; }
    }

    /// <summary>What was got, and what the best choice would have got.</summary>
    internal sealed class Regret
    {
        private double got;
        private double best;

        public void Add(double value, double bestValue) => (got, best) = (got + value, best + bestValue);

        /// <summary>0 is the best possible; 0.1 is a tenth more than that.</summary>
        public double Value => best == 0 ? 0 : (got / best) - 1;
    }

    /// <summary>One deployment's script.</summary>
    private sealed class Stall
    {
        private readonly double price;
        private readonly double laterPrice;
        private readonly long firstByte;
        private readonly (long From, long To, CallOutcome How)[] troubles;
        private readonly long slowFrom;
        private readonly int limitPerMinute;
        private int inMinute;
        private long minute = -1;

        public Stall(int index, Random dice)
        {
            Index = index;
            price = 1 + (dice.NextDouble() * 4);
            laterPrice = 1 + (dice.NextDouble() * 4);
            PriceChangesAt = dice.Next(60, 540) * 1000L;
            firstByte = dice.Next(150, 1500);
            Speed = dice.Next(20, 150);
            Quality = 50 + (dice.NextDouble() * 45);
            Joules = 0.05 + (dice.NextDouble() * 2);
            var how = (index % 4) switch
            {
                0 => CallOutcome.ConnectFailed,
                1 => CallOutcome.VendorError,
                2 => CallOutcome.TimedOut, // it hangs
                _ => CallOutcome.Broken,
            };
            var first = dice.Next(30, 500) * 1000L;
            // A cloud that eight of them stand in goes down in the fourth minute.
            troubles = index < 8 ? [(first, first + 40_000, how), (200_000, 230_000, how)] : [(first, first + 40_000, how)];
            slowFrom = index % 3 == 0 ? dice.Next(100, 500) * 1000L : Never;
            limitPerMinute = index % 5 == 0 ? 600 : int.MaxValue;
        }

        public int Index { get; }
        public double Speed { get; }
        public double Quality { get; }
        public double Joules { get; }
        public long PriceChangesAt { get; }

        public double PriceAt(long now) => now >= PriceChangesAt ? laterPrice : price;

        /// <summary>It would serve a call.</summary>
        public bool IsWell(long now) => TroubleAt(now) is null && (minute != now / 60_000 || inMinute < limitPerMinute);

        public double UsualFirstByte(long now) => now >= slowFrom && now < slowFrom + 60_000 ? firstByte * 8 : firstByte;

        public long LimitEndsIn(long now) => 60_000 - (now % 60_000);

        public (CallOutcome Outcome, long After) Answer(long now, Random random)
        {
            if (TroubleAt(now) is { } how)
                return how switch
                {
                    CallOutcome.ConnectFailed => (how, 3),
                    CallOutcome.TimedOut => (how, 300_000),
                    _ => (how, 100),
                };
            if (minute != now / 60_000)
                (minute, inMinute) = (now / 60_000, 0);
            if (++inMinute > limitPerMinute)
                return (CallOutcome.Limited, 20);
            return (CallOutcome.Served, (long)(UsualFirstByte(now) * (0.8 + (random.NextDouble() * 0.4))));
        }

        private CallOutcome? TroubleAt(long now)
        {
            foreach (var (from, to, how) in troubles)
            {
                if (now >= from && now < to)
                    return how;
            }
            return null;
        }
    }
}
