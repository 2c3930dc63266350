using System.Globalization;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Credentials;

/// <summary>The form of a new key, as it was typed.</summary>
public sealed class NewKeyForm
{
    private const decimal CapMax = 1_000_000m;
    private const int RateMax = 1_000_000;

    public string? Name { get; set; }

    /// <summary>Days; 0 is never.</summary>
    public int Expires { get; set; }

    /// <summary>The value of its calls in a month, whoever pays.</summary>
    public string? Cap { get; set; }

    /// <summary>Requests a minute.</summary>
    public string? Rate { get; set; }

    public string[]? Models { get; set; }

    internal Outcome<KeyTerms> Read(CommerceOptions options, OperatorClock clock)
    {
        var limits = new List<Limit>();
        if (!string.IsNullOrWhiteSpace(Cap))
        {
            if (!Amounts.TryRead(Cap, options.Currency, out var cap) || cap.Nano <= 0 || cap.ToDecimal() > CapMax)
                return Refused.Invalid("cap", $"An amount of more than 0 and at most {CapMax} is expected.");
            limits.Add(
                new Limit("monthly", LimitWindow.Month, Measure.Value, cap.Nano, Currency: options.Currency, TimeZone: options.TimeZone)
            );
        }
        if (!string.IsNullOrWhiteSpace(Rate))
        {
            if (!int.TryParse(Rate.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var rate) || rate is < 1 or > RateMax)
                return Refused.Invalid("rate", $"A whole number from 1 to {RateMax} is expected.");
            limits.Add(new Limit("rpm", LimitWindow.Rolling, Measure.Requests, rate, Seconds: 60));
        }
        return new KeyTerms(
            Name?.Trim(),
            Expires > 0 ? clock.Now.AddDays(Math.Min(Expires, 3650)) : null,
            Models is { Length: > 0 } ? Models : null,
            Limits: limits.Count == 0 ? null : [.. limits]
        );
    }
}
