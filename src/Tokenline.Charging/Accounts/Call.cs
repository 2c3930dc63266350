using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>What paying and limiting need to know of one call.</summary>
/// <param name="Own">The charge, when it is open already: what it holds is its own to use.</param>
/// <param name="Other">The most, or the count, of the meters that are not tokens.</param>
internal readonly record struct Call(
    ModelTariff Tariff,
    RatingContext Context,
    AllotmentNode Node,
    string? Run,
    long InputBound,
    Usage Other,
    OpenCharge? Own,
    DateTimeOffset Now
)
{
    public string Model => Tariff.Model;

    public Demand WorstCase(long output, int times = 1) =>
        Demand.WorstCase(Tariff, Context, new UsageBound(InputBound, output, Other), times);
}
