using System.Text.Json.Serialization;

namespace Tokenline.Charging.Limits;

/// <summary>The time over which a limit counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LimitWindow>))]
public enum LimitWindow
{
    /// <summary>The last <see cref="Limit.Seconds"/>, in 60 sub-slots, counted in the slot of the call's start.</summary>
    [JsonStringEnumMemberName("rolling")]
    Rolling,

    /// <summary><see cref="Limit.Seconds"/> from the first call on; the next call after its end begins another.</summary>
    [JsonStringEnumMemberName("fromFirstUse")]
    FromFirstUse,

    [JsonStringEnumMemberName("day")]
    Day,

    /// <summary>From Monday on.</summary>
    [JsonStringEnumMemberName("week")]
    Week,

    [JsonStringEnumMemberName("month")]
    Month,

    /// <summary>A month from <see cref="Limit.Anchor"/> and so on; the 29th to 31st fall back to the month's end.</summary>
    [JsonStringEnumMemberName("planMonth")]
    PlanMonth,

    /// <summary>Each run of calls by itself (<see cref="Accounts.HoldRequest.Run"/>).</summary>
    [JsonStringEnumMemberName("run")]
    Run,

    /// <summary>For ever.</summary>
    [JsonStringEnumMemberName("total")]
    Total,

    /// <summary>Calls that run at this moment.</summary>
    [JsonStringEnumMemberName("running")]
    Running,
}

/// <summary>What a limit counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Measure>))]
public enum Measure
{
    [JsonStringEnumMemberName("requests")]
    Requests,

    /// <summary>Tokens in and out. Held at the call's bound; by a rate (a rolling window of at most a minute) at its estimate.</summary>
    [JsonStringEnumMemberName("tokens")]
    Tokens,

    /// <summary>What the call costs in <see cref="Limit.Unit"/>, in micro-units, whoever pays. On a bucket: what the bucket pays.</summary>
    [JsonStringEnumMemberName("quota")]
    Quota,

    /// <summary>What buckets of money pay, in nano of <see cref="Limit.Currency"/>.</summary>
    [JsonStringEnumMemberName("spend")]
    Spend,

    /// <summary>Retail value in nano, whoever pays.</summary>
    [JsonStringEnumMemberName("value")]
    Value,
}

/// <summary>A limit over time, of a node of the tree or of a bucket. Hard: a call is held within it before it runs.</summary>
/// <param name="Id">Unique within its owner; kept when the limit is changed in anything but its window and measure, it keeps its count.</param>
/// <param name="Max">Requests, tokens, micro-units or nano, after <paramref name="Measure"/>.</param>
/// <param name="Seconds">Of a rolling window or one from first use.</param>
/// <param name="TimeZone">A tz database name, for days, weeks and months; null is UTC.</param>
/// <param name="Anchor">Where plan months begin.</param>
/// <param name="Models">Only calls of these Model IDs count and are limited; null is all.</param>
public sealed record Limit(
    string Id,
    LimitWindow Window,
    Measure Measure,
    long Max,
    int? Seconds = null,
    QuotaUnit? Unit = null,
    Currency? Currency = null,
    string? TimeZone = null,
    DateTimeOffset? Anchor = null,
    string[]? Models = null
)
{
    /// <summary>A rate is a rolling window of at most so long: it counts estimates, and a released call keeps its place in it.</summary>
    public const int RateSecondsMax = 60;

    public const int SecondsMax = 366 * 24 * 3600;

    [JsonIgnore]
    public bool IsRate => Window == LimitWindow.Rolling && Seconds <= RateSecondsMax;

    /// <summary>Counts the same things over the same time, so that a change of the rest keeps what was counted.</summary>
    internal bool CountsLike(Limit other) =>
        (Window, Measure, Seconds, Unit, Currency, TimeZone, Anchor)
            == (other.Window, other.Measure, other.Seconds, other.Unit, other.Currency, other.TimeZone, other.Anchor)
        && (Models ?? []).SequenceEqual(other.Models ?? [])
        && Models is null == other.Models is null;

    /// <summary>What may pass where it is raised so far; limits may be as large as they like.</summary>
    internal long MaxWith(long raised) => Max > long.MaxValue - raised ? long.MaxValue : Max + raised;

    public bool Covers(string model)
    {
        if (Models is null)
            return true;
        foreach (var known in Models)
        {
            if (known == model)
                return true;
        }
        return false;
    }

    /// <summary>Null: a limit that can be kept. Otherwise what is wrong with it, the field first.</summary>
    public string? WhatIsWrong()
    {
        if (Id is not { Length: > 0 and <= 32 } || Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
            return "id: 1 to 32 letters, digits, hyphens, dots and underscores are expected";
        if (Max < 0)
            return "max: a limit is not negative";
        if (Window is LimitWindow.Rolling or LimitWindow.FromFirstUse != Seconds is not null)
            return "seconds: a rolling window and one from first use have a length, no other has";
        if (Seconds is < 1 or > SecondsMax)
            return $"seconds: a window lasts 1 to {SecondsMax} seconds";
        if (Window == LimitWindow.PlanMonth != Anchor is not null)
            return "anchor: plan months begin at an anchor, no other window does";
        if (Measure == Measure.Quota != Unit is not null)
            return "unit: a limit of quota counts in a unit, no other does";
        if (Measure is Measure.Spend or Measure.Value != Currency is not null)
            return "currency: a limit of spend or value counts in a currency, no other does";
        if (Window == LimitWindow.Running && Measure != Measure.Requests)
            return "measure: what runs at this moment is counted in requests";
        if (TimeZone is not null && !CalendarPeriod.IsZone(TimeZone))
            return $"timeZone: '{TimeZone}' is not in the tz database";
        return Models is { Length: 0 } ? "models: name at least one, or leave it out" : null;
    }
}

/// <summary>A limit as it stands.</summary>
/// <param name="Used">By calls that have ended.</param>
/// <param name="Held">By calls that run.</param>
/// <param name="From">Where the present window began; null where it has not, or for rolling ones.</param>
/// <param name="ResetsAt">When the whole of it is free again, if nothing more comes; null: it does not free itself.</param>
public sealed record LimitView(Limit Limit, long Used, long Held, DateTimeOffset? From, DateTimeOffset? ResetsAt)
{
    /// <summary>So far it is raised by capacity that was bought: what may pass is this and <see cref="Limit.Max"/> together.</summary>
    public long Raised { get; init; }
}
