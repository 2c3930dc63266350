using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.People;

/// <summary>The form of a new household, or of an invitation.</summary>
public sealed class PeopleForm
{
    public string? Name { get; set; }

    public string? Kind { get; set; }

    public string? Phone { get; set; }

    public string? Role { get; set; }

    public LimitForm Limits { get; set; } = new();
}

/// <summary>What a member may spend, when, and on which models, as it is typed.</summary>
public sealed class LimitForm
{
    public const string CapId = "monthly";
    private const decimal CapMax = 1_000_000m;

    /// <summary>The value of a month's calls.</summary>
    public string? Cap { get; set; }

    public string? From { get; set; }

    public string? Until { get; set; }

    public string[]? Models { get; set; }

    public static LimitForm Of(Allotment node) =>
        new()
        {
            Cap = node.Limits?.FirstOrDefault(limit => limit.Id == CapId) is { } cap ? Figures.Plain(cap.Max) : null,
            From = node.Hours is [var hours, ..] ? hours.From.ToString("HH:mm", CultureInfo.InvariantCulture) : null,
            Until = node.Hours is [var until, ..] ? until.Until.ToString("HH:mm", CultureInfo.InvariantCulture) : null,
            Models = node.Models,
        };

    public static LimitForm Posted(IFormCollection form, string prefix) =>
        new()
        {
            Cap = form[$"{prefix}.Cap"],
            From = form[$"{prefix}.From"],
            Until = form[$"{prefix}.Until"],
            Models = form[$"{prefix}.Models"] is { Count: > 0 } models ? [.. models.OfType<string>()] : null,
        };

    internal Outcome<LimitTerms> Read(CommerceOptions options)
    {
        Limit[]? limits = null;
        if (!string.IsNullOrWhiteSpace(Cap))
        {
            if (!Amounts.TryRead(Cap, options.Currency, out var cap) || cap.Nano <= 0 || cap.ToDecimal() > CapMax)
                return Refused.Invalid("cap", $"An amount of more than 0 and at most {CapMax} is expected.");
            limits = [new Limit(CapId, LimitWindow.Month, Measure.Value, cap.Nano, Currency: options.Currency, TimeZone: options.TimeZone)];
        }
        AllowedHours[]? hours = null;
        if (!string.IsNullOrWhiteSpace(From) || !string.IsNullOrWhiteSpace(Until))
        {
            if (!Time(From, out var from) || !Time(Until, out var until) || from == until)
                return Refused.Invalid("hours", "Hours begin and end at different times, such as 07:00 and 21:30.");
            hours = [new AllowedHours(from, until, options.TimeZone)];
        }
        return new LimitTerms(limits, hours, Models is { Length: > 0 } ? Models : null);
    }

    private static bool Time(string? text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}

internal sealed record LimitTerms(Limit[]? Limits, AllowedHours[]? Hours, string[]? Models);
