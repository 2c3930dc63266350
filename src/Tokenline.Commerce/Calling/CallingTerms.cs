using System.Net;
using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Calling;

/// <summary>What deployments of the model that was asked for are chosen by, and what plain <c>auto</c> looks for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallPreference>))]
public enum CallPreference
{
    /// <summary>As the operator has set it.</summary>
    [JsonStringEnumMemberName("operators")]
    Operators = 0,

    [JsonStringEnumMemberName("cheapest")]
    Cheapest = 1,

    [JsonStringEnumMemberName("fastest")]
    Fastest = 2,

    [JsonStringEnumMemberName("best")]
    Best = 3,

    [JsonStringEnumMemberName("greenest")]
    Greenest = 4,
}

/// <param name="Name">What the range is, for those who read the list.</param>
/// <param name="Range">As <see cref="AddressRange"/> writes it.</param>
public sealed record AccessLine(string Name, string Range, DateTimeOffset At);

/// <summary>What a customer says about all calls with its keys.</summary>
/// <param name="Lines">Empty: keys may call from everywhere.</param>
public sealed record CallingTerms(IReadOnlyList<AccessLine> Lines, CallPreference Prefers = CallPreference.Operators)
{
    public static readonly CallingTerms None = new([]);

    private readonly AddressRange[] ranges =
    [
        .. Lines.Select(line =>
            AddressRange.TryParse(line.Range, out var range) ? range : throw new FormatException($"'{line.Range}' is no range")
        ),
    ];

    [JsonIgnore]
    public bool IsNone => Lines.Count == 0 && Prefers == CallPreference.Operators;

    /// <summary>Allocates nothing. An address that is not known is no address of a line.</summary>
    public bool Allows(IPAddress? address)
    {
        if (ranges.Length == 0)
            return true;
        if (address is null)
            return false;
        var value = AddressRange.Of(address);
        foreach (ref readonly var range in ranges.AsSpan())
        {
            if (range.Contains(value))
                return true;
        }
        return false;
    }

    public bool Equals(CallingTerms? other) => other is not null && Prefers == other.Prefers && Lines.SequenceEqual(other.Lines);

    public override int GetHashCode() => HashCode.Combine(Prefers, Lines.Count);
}

/// <summary>Keeps calling terms, and tells every node of a change by its customer's keys.</summary>
public interface ICallingTermsStore
{
    Task<CallingTerms?> FindAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>In one transaction: the terms, and a new version of each key of the customer.</summary>
    Task PutAsync(PartyId customer, CallingTerms terms, CancellationToken cancellation);
}
