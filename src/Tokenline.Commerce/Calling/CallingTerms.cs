using System.Net;
using System.Security.Cryptography.X509Certificates;
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
/// <param name="Certificate">The client's certificate that the line is for, as <see cref="CertificatePrint"/> writes it; null: the address is enough.</param>
public sealed record AccessLine(string Name, string Range, DateTimeOffset At, string? Certificate = null);

/// <summary>What the address of a call says.</summary>
public enum AccessVerdict
{
    Allowed,

    /// <summary>The lines from there are for who shows a certificate: <see cref="CallingTerms.Admits"/> says whether this one.</summary>
    NeedsCertificate,

    /// <summary>No line is from there.</summary>
    NotFromThere,
}

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
    public AccessVerdict Judge(IPAddress? address)
    {
        if (ranges.Length == 0)
            return AccessVerdict.Allowed;
        if (address is null)
            return AccessVerdict.NotFromThere;
        var value = AddressRange.Of(address);
        var verdict = AccessVerdict.NotFromThere;
        for (var i = 0; i < ranges.Length; i++)
        {
            if (!ranges[i].Contains(value))
                continue;
            if (Lines[i].Certificate is null)
                return AccessVerdict.Allowed;
            verdict = AccessVerdict.NeedsCertificate;
        }
        return verdict;
    }

    /// <summary>Whether a line from there is for this certificate, and it is in its time.</summary>
    public bool Admits(IPAddress address, X509Certificate2 certificate, DateTimeOffset now)
    {
        if (
            now < new DateTimeOffset(certificate.NotBefore.ToUniversalTime())
            || now > new DateTimeOffset(certificate.NotAfter.ToUniversalTime())
        )
            return false;
        var (value, print) = (AddressRange.Of(address), CertificatePrint.Of(certificate));
        for (var i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Contains(value) && Lines[i].Certificate == print)
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
