using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Extensions;
using NodaTime.TimeZones;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>What a node of an account's tree stands for; for those who read it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AllotmentType>))]
public enum AllotmentType
{
    [JsonStringEnumMemberName("account")]
    Account,

    [JsonStringEnumMemberName("department")]
    Department,

    [JsonStringEnumMemberName("project")]
    Project,

    [JsonStringEnumMemberName("member")]
    Member,

    [JsonStringEnumMemberName("key")]
    Key,
}

/// <summary>
/// A node of the tree inside a charging account, with limits of its own. A call passes every node from its own up to the account, all or none.
/// The account itself is the node <see cref="Root"/>; it is always there.
/// </summary>
/// <param name="Limits">Null: the parent's <paramref name="ChildLimits"/>, counted for this node by itself.</param>
/// <param name="ChildLimits">For children that set none of their own; so the first call of a new member already meets them.</param>
/// <param name="Models">The Model IDs that may be called under it; null is all.</param>
/// <param name="Hours">When it may be used; null is always. With hours, a call must fall into one of them that covers its model.</param>
/// <param name="IsClosed">No call passes it any more. Nodes are never removed: records name them.</param>
public sealed record Allotment(
    AllotmentId Id,
    AllotmentId Parent,
    string Name,
    AllotmentType Type,
    Limit[]? Limits = null,
    Limit[]? ChildLimits = null,
    string[]? Models = null,
    AllowedHours[]? Hours = null,
    bool IsClosed = false
)
{
    public static readonly AllotmentId Root = new(0);

    /// <summary>Nodes below the account on one path, keys included.</summary>
    public const int DepthMax = 6;

    public const int LimitsMax = 16;
    public const int NameLengthMax = 128;

    /// <summary>Null: nothing. Otherwise the field and the reason.</summary>
    public string? WhatIsWrong()
    {
        if (Name is not { Length: > 0 and <= NameLengthMax })
            return $"name: 1 to {NameLengthMax} characters are expected";
        if (Models is { Length: 0 })
            return "models: name at least one, or leave it out";
        if (Hours is { Length: 0 or > 32 })
            return "hours: 1 to 32 of them, or leave it out";
        foreach (var hours in Hours ?? [])
        {
            if (!CalendarPeriod.IsZone(hours.TimeZone))
                return $"hours.timeZone: '{hours.TimeZone}' is not in the tz database";
            if (hours.From == hours.Until)
                return "hours.until: hours end later than they begin, or on the next day";
        }
        return LimitsAreWrong("limits", Limits) ?? LimitsAreWrong("childLimits", ChildLimits);
    }

    internal static string? LimitsAreWrong(string field, Limit[]? limits)
    {
        if (limits is null)
            return null;
        if (limits.Length > LimitsMax)
            return $"{field}: at most {LimitsMax}";
        for (var i = 0; i < limits.Length; i++)
        {
            if (limits[i].WhatIsWrong() is { } wrong)
                return $"{field}[{i}].{wrong}";
            if (limits.Take(i).Any(other => other.Id == limits[i].Id))
                return $"{field}[{i}].id: '{limits[i].Id}' is there twice";
        }
        return null;
    }
}

/// <summary>Hours of the day in a zone; until earlier than from runs over midnight and belongs to the day it began on.</summary>
/// <param name="Days">Null is every day.</param>
/// <param name="Models">The Model IDs that may be called in these hours; null is all.</param>
public sealed record AllowedHours(TimeOnly From, TimeOnly Until, string TimeZone, DayOfWeek[]? Days = null, string[]? Models = null)
{
    public bool Cover(string model) => Models is null || Models.Contains(model);

    public bool Contain(DateTimeOffset at)
    {
        var local = Instant.FromDateTimeOffset(at).InZone(CalendarPeriod.Zone(TimeZone)).LocalDateTime.ToDateTimeUnspecified();
        var time = TimeOnly.FromDateTime(local);
        if (From < Until)
            return From <= time && time < Until && On(local.DayOfWeek);
        return (time >= From && On(local.DayOfWeek)) || (time < Until && On(local.AddDays(-1).DayOfWeek));
    }

    /// <summary>When they next begin after this instant.</summary>
    internal DateTimeOffset? NextFrom(DateTimeOffset now)
    {
        var zone = CalendarPeriod.Zone(TimeZone);
        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        for (var days = 0; days <= 7; days++)
        {
            var date = today.PlusDays(days);
            var begins = zone.ResolveLocal(date.At(LocalTime.FromTimeOnly(From)), Resolvers.LenientResolver).ToInstant().ToDateTimeOffset();
            if (begins > now && On(date.DayOfWeek.ToDayOfWeek()))
                return begins;
        }
        return null;
    }

    private bool On(DayOfWeek day) => Days is null || Days.Contains(day);
}

/// <summary>A node and what its limits have counted.</summary>
public sealed record AllotmentView(Allotment Terms, IReadOnlyList<LimitView> Limits);
