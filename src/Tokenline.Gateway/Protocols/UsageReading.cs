using Tokenline.Units;

namespace Tokenline.Gateway.Protocols;

/// <summary>A vendor's usage object, understood.</summary>
/// <param name="Usage">Disjoint meters.</param>
/// <param name="IsReported">The vendor said something: an explicit zero is a zero. False: count it, and mark the charge estimated.</param>
/// <param name="Check">Why the figures are implausible, or null. The charge is marked; the meters hold what can be defended.</param>
internal readonly record struct UsageReading(Usage Usage, bool IsReported, string? Check)
{
    /// <summary>The vendor spoke of something that the price is not in: the meters were counted here, and the charge is marked estimated.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Above this no call's count is believed.</summary>
    public const long CountMax = int.MaxValue;

    /// <summary>A count above <see cref="CountMax"/> says nothing: the call is counted here, as if the vendor had not said anything, and marked.</summary>
    public static readonly UsageReading BeyondBelief = new(default, IsReported: false, "a count is beyond belief");
}
