using System.Globalization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Management.Entitlement;

/// <param name="Name">1 to 128 characters.</param>
/// <param name="Type"><c>department</c>, <c>project</c>, <c>member</c> (unless told) or <c>key</c>.</param>
/// <param name="Parent">The node it lies under; left out: the account.</param>
/// <param name="Limits">Left out: the parent's <c>childLimits</c>, counted for this node by itself. Empty: none.</param>
/// <param name="ChildLimits">For children that set none of their own.</param>
/// <param name="Models">The only Model IDs that may be called under it.</param>
/// <param name="Hours">When it may be used.</param>
public sealed record NewAllotmentBody(
    string? Name,
    AllotmentType? Type = null,
    AllotmentId? Parent = null,
    LimitBody?[]? Limits = null,
    LimitBody?[]? ChildLimits = null,
    string[]? Models = null,
    HoursBody?[]? Hours = null
);

/// <summary>Replaces a node's terms: limits, models and hours that are left out are not set any more. Name, type and closed stay when left out; the parent stays.</summary>
/// <param name="Closed">True: no call passes it any more. False opens it again.</param>
public sealed record AllotmentTermsBody(
    string? Name = null,
    AllotmentType? Type = null,
    LimitBody?[]? Limits = null,
    LimitBody?[]? ChildLimits = null,
    string[]? Models = null,
    HoursBody?[]? Hours = null,
    bool? Closed = null
);

/// <param name="From">Such as <c>07:00</c>.</param>
/// <param name="Until">Such as <c>21:30</c>; earlier than <c>from</c> it is on the next day.</param>
/// <param name="TimeZone">The operator's unless told.</param>
/// <param name="Days">Such as <c>monday</c>: those that it begins on; left out: every day.</param>
/// <param name="Models">The only Model IDs that may be called in these hours.</param>
public sealed record HoursBody(string? From, string? Until, string? TimeZone = null, string[]? Days = null, string[]? Models = null)
{
    private static readonly string[] forms = ["HH:mm", "HH:mm:ss"];

    internal static HoursBody Of(AllowedHours hours) =>
        new(
            hours.From.ToString("HH:mm", CultureInfo.InvariantCulture),
            hours.Until.ToString("HH:mm", CultureInfo.InvariantCulture),
            hours.TimeZone,
            hours.Days?.Select(day => day.ToString().ToLowerInvariant()).ToArray(),
            hours.Models
        );

    internal static Outcome<AllowedHours[]> ToHours(HoursBody?[]? bodies, string timeZone)
    {
        var hours = new AllowedHours[bodies?.Length ?? 0];
        for (var i = 0; i < hours.Length; i++)
        {
            var body = bodies![i];
            if (!TryTime(body?.From, out var from))
                return Refused.Invalid($"hours[{i}].from", "A time of the day, such as 07:00, is expected.");
            if (!TryTime(body!.Until, out var until))
                return Refused.Invalid($"hours[{i}].until", "A time of the day, such as 21:30, is expected.");
            var days = new DayOfWeek[body.Days?.Length ?? 0];
            for (var d = 0; d < days.Length; d++)
            {
                var name = body.Days![d];
                if (name is null || !name.All(char.IsAsciiLetter) || !Enum.TryParse(name, ignoreCase: true, out days[d]))
                    return Refused.Invalid($"hours[{i}].days[{d}]", "A day of the week, such as monday, is expected.");
            }
            if (body.Days is { Length: 0 } || body.Models is { Length: 0 })
                return Refused.Invalid(
                    $"hours[{i}].{(body.Days is { Length: 0 } ? "days" : "models")}",
                    "Name at least one, or leave it out."
                );
            hours[i] = new(from, until, body.TimeZone ?? timeZone, body.Days is null ? null : days, body.Models);
        }
        return hours;
    }

    private static bool TryTime(string? text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}

/// <summary>A node of the tree inside an account.</summary>
/// <param name="Parent">Absent for the account itself.</param>
/// <param name="Limits">Those that hold now, of its own or its parent's for children, with what they have counted.</param>
/// <param name="InheritsLimits">They are its parent's for children, counted for this node by itself.</param>
/// <param name="Account">That serves it: the customer's, or one that lives on a lease of it.</param>
public sealed record AllotmentBody(
    AllotmentId Id,
    AllotmentId? Parent,
    string Name,
    AllotmentType Type,
    bool Closed,
    IReadOnlyList<LimitViewBody> Limits,
    bool InheritsLimits,
    IReadOnlyList<LimitBody>? ChildLimits,
    string[]? Models,
    IReadOnlyList<HoursBody>? Hours,
    AccountId Account
)
{
    internal static AllotmentBody Of(ServedNode node)
    {
        var view = node.View;
        var terms = view.Terms;
        return new(
            terms.Id,
            terms.Id == Allotment.Root ? null : terms.Parent,
            terms.Name,
            terms.Type,
            terms.IsClosed,
            [.. view.Limits.Select(LimitViewBody.Of)],
            terms.Limits is null && terms.Id != Allotment.Root,
            terms.ChildLimits?.Select(LimitBody.Of).ToArray(),
            terms.Models,
            terms.Hours?.Select(HoursBody.Of).ToArray(),
            node.Account
        );
    }
}
