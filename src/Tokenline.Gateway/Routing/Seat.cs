using System.Collections.Immutable;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Routing.Health;

namespace Tokenline.Gateway.Routing;

/// <summary>A deployment as a candidate for one model's calls: what the catalogue says of it, what was seen of it, and what a call costs there now.</summary>
internal sealed class Seat(Deployment deployment, LiveDeployment live, SeatPrice price)
{
    private const int Unasked = 0;
    private const int None = 1;
    private const int First = 2; // and then the API's own number

    private readonly int[] spoken = new int[ClientProtocol.Numbers];

    public Deployment Deployment => deployment;

    public LiveDeployment Live => live;

    public int Weight { get; } = deployment.Traffic.Weight;

    public int? CanaryPercent { get; } = deployment.Traffic.CanaryPercent;

    public bool IsDraining { get; } = deployment.Traffic.State == Commerce.Routing.DeploymentState.Draining;

    /// <summary>0 to 100; NaN: not known.</summary>
    public double Quality { get; } = (double?)deployment.Profile.Quality?.Score ?? double.NaN;

    /// <summary>For one output token; NaN: not known.</summary>
    public double Joules { get; } = (double?)deployment.Profile.Energy?.JoulesPerOutputToken ?? double.NaN;

    /// <summary>What the operator owes for such a call, in its own currency; NaN: there is no contract.</summary>
    public double Cost(in RoutingCall call) => price.Of(call);

    public PriceQuote? QuoteAt(DateTimeOffset at) => price.QuoteAt(at);

    /// <summary>Milliseconds until such a call is answered whole, as far as was seen; NaN: not known.</summary>
    public double Expected(in RoutingCall call)
    {
        if (!call.Stream)
            return live.WholeAverage is > 0 and var whole ? whole : double.NaN;
        if (live.FirstByteAverage is not (> 0 and var first))
            return double.NaN;
        return live.TokensPerSecond is > 0 and var speed ? first + (call.OutputTokens * 1000 / speed) : first;
    }

    /// <summary>All deployments of the model.</summary>
    public ImmutableArray<Seat> Siblings { get; set; } = [];

    /// <summary>How long its answer may take to begin where another could serve: by its own history, or else by its siblings'. Null: nothing is known.</summary>
    public long? Patience(bool stream) => live.FirstBytesOf(stream).Patience ?? LongestOfSiblings(stream, static times => times.Patience);

    /// <summary>Within which 95 of 100 answers of the slowest sibling begin; null: nothing is known, or it has a history of its own.</summary>
    public long? OthersUsual(bool stream) =>
        live.FirstBytesOf(stream).Usual is null ? LongestOfSiblings(stream, static times => times.Usual) : null;

    private long? LongestOfSiblings(bool stream, Func<FirstBytes, long?> figure)
    {
        long? longest = null;
        foreach (var sibling in Siblings)
        {
            if (figure(sibling.Live.FirstBytesOf(stream)) is { } known && !(known <= longest))
                longest = known;
        }
        return longest;
    }

    /// <summary>By which of its APIs it serves this client; null: by none.</summary>
    public VendorApi? ApiFor(ClientProtocol client)
    {
        ref var known = ref spoken[client.Number];
        if (known == Unasked)
            known = Router.ApiFor(client, deployment) is { } api ? First + (int)api : None;
        return known == None ? null : (VendorApi)(known - First);
    }
}
