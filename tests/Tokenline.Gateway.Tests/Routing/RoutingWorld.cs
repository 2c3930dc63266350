using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Sticky;

namespace Tokenline.Gateway.Tests.Routing;

/// <summary>Routing without sockets: a model with deployments, contracts that may change, fake time and dice that always fall the same.</summary>
internal sealed class RoutingWorld : ITariffs
{
    public const string ModelId = "m";

    private readonly List<Contract> contracts = [];
    private int version;

    public RoutingWorld(RoutingOptions? options = null, int seed = 1)
    {
        Options = options ?? new RoutingOptions();
        Dice = new Random(seed);
        Clock = new RoutingClock(Time);
        Routes = new Routes(this, new Pricing(new CommerceOptions()), Conversations, Options, Dice);
        Router = new Router(Dice, new DeploymentLoads());
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.Zero));
    public RoutingOptions Options { get; }
    public Random Dice { get; }
    public RoutingClock Clock { get; }
    public Conversations Conversations { get; } = new();
    public Routes Routes { get; }
    public Router Router { get; }
    public TariffBook Current { get; private set; } = TariffBook.Empty;

    /// <summary>What a vendor is owed from now on, in CNY for a million tokens.</summary>
    public void Owe(string vendor, decimal input, decimal output, DateTimeOffset? from = null)
    {
        var charges = new ModelTariff(ModelId, ++version, Currency.Cny, Card(input, output), []);
        contracts.Add(new Contract(vendor, from ?? Time.GetUtcNow(), charges));
        Current = new TariffBook([], contracts);
    }

    public static Deployment Deployment(
        string vendor,
        int priority = 100,
        DeploymentTraffic? traffic = null,
        ModelProfile? profile = null,
        DeploymentRates? rates = null
    ) =>
        new($"{ModelId}@{vendor}", vendor, new Uri($"http://{vendor}.example/v1"), ModelId, ["key"], priority, 5, Simulated: false)
        {
            Traffic = traffic ?? DeploymentTraffic.Default,
            Profile = profile ?? ModelProfile.Unknown,
            Rates = rates ?? DeploymentRates.None,
        };

    public static Deployment WithQuality(string vendor, decimal score) =>
        Deployment(vendor, profile: new ModelProfile { Quality = new QualityScore(score, "test") });

    public static Deployment WithEnergy(string vendor, decimal joules) =>
        Deployment(vendor, profile: new ModelProfile { Energy = new EnergyFigure(joules, true, "test") });

    public ModelRoute Route(RoutingRule rule, params Deployment[] deployments) => Routes.Of(Model(rule, deployments));

    public ModelRoute Route(string policy, params Deployment[] deployments) => Route(new RoutingRule(policy), deployments);

    public static Model Model(RoutingRule rule, params Deployment[] deployments) =>
        new(ModelId, "M", "test", 0, 128_000, 8192, 0, false, null, "max_tokens", [.. deployments]) { Routing = rule };

    public RoutingCall Call(long input = 1000, long output = 500, bool stream = true, ulong conversation = 0) =>
        new(ChatProtocol.Instance, Clock.Now, Time.GetUtcNow(), input, output, stream, conversation);

    /// <summary>The vendor that the next call goes to; null: none can.</summary>
    public string? Next(ModelRoute route, ulong conversation = 0)
    {
        var state = new RouteState();
        return Take(route, ref state, conversation)?.Deployment.Vendor;
    }

    public Seat? Take(ModelRoute route, ref RouteState state, ulong conversation = 0) =>
        Router.Take(route, Call(conversation: conversation), 1500, ref state, out _);

    /// <summary>How often each vendor is chosen.</summary>
    public Dictionary<string, int> Count(ModelRoute route, int calls = 1000)
    {
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < calls; i++)
        {
            var vendor = Next(route) ?? "none";
            counts[vendor] = counts.GetValueOrDefault(vendor) + 1;
        }
        return counts;
    }

    public void Fail(Seat seat, CallOutcome outcome = CallOutcome.VendorError, int times = 1, TimeSpan? retryAfter = null)
    {
        for (var i = 0; i < times; i++)
            seat.Live.Failed(Clock.Now, new AttemptTimes(Stream: true, null, 0), outcome, "status 500", retryAfter);
    }

    public void Serve(Seat seat, long firstByte = 200, long tokens = 500, long milliseconds = 5000, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            seat.Live.Started(Clock.Now, stream: true);
            seat.Live.Heard(Clock.Now, stream: true);
            seat.Live.Stopped();
            seat.Live.Served(Clock.Now, new AttemptTimes(Stream: true, firstByte, firstByte + milliseconds), tokens);
        }
    }

    private static RateCard Card(decimal input, decimal output)
    {
        var rates = new long[Usage.MeterCount];
        rates[(int)Meter.Input] = (long)(input * Money.NanoPerUnit);
        rates[(int)Meter.Output] = (long)(output * Money.NanoPerUnit);
        return new RateCard(new RateTable([new RateTier(null, [.. rates])]), RateCard.PerMillion);
    }
}
