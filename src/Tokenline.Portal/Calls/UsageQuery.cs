using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tokenline.Charging.Records;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Calls;

internal enum UsageBy
{
    Day,
    Hour,
    Model,
    Key,
    Run,
}

/// <summary>What of the usage is shown: the address of the page says all of it, so it can be kept and sent.</summary>
/// <param name="Day">Calls of this day of the operator's calendar only.</param>
internal sealed record UsageQuery(
    UsageBy By,
    string? Model,
    KeyId? Key,
    DateOnly? Day,
    ChargeId? Before,
    string? Run,
    RecordOrder Order,
    CallFilter Filter
)
{
    private const int NameLengthMax = 128;

    /// <summary>What cannot be read is left out.</summary>
    public static UsageQuery Read(IQueryCollection query, OperatorClock clock)
    {
        var by = Enum.TryParse<UsageBy>(query["by"], ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : UsageBy.Day;
        var model = Text(query["model"]);
        KeyId? key = KeyId.TryParse(query["key"], out var id) ? id : null;
        DateOnly? day = DateOnly.TryParseExact(query["day"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;
        ChargeId? before = ChargeId.TryParse(query["before"], out var charge) ? charge : null;
        var order =
            Enum.TryParse<RecordOrder>(query["sort"], ignoreCase: true, out var asked) && Enum.IsDefined(asked)
                ? asked
                : RecordOrder.Newest;
        var filter = new CallFilter(
            model,
            key,
            day is { } from && from < DateOnly.MaxValue ? clock.StartOf(from) : null,
            day is { } to && to < DateOnly.MaxValue ? clock.StartOf(to.AddDays(1)) : null,
            Order: order
        );
        return new(by, model, key, day, before, Text(query["run"]), order, filter);
    }

    public bool IsFiltered => Model is not null || Key is not null || Day is not null || Order != RecordOrder.Newest;

    public string Address(ChargeId? before = null) => Address("/usage", before);

    public string Address(string path, ChargeId? before = null)
    {
        var query = new Dictionary<string, string?>
        {
            ["by"] = By == UsageBy.Day ? null : By.ToString().ToLowerInvariant(),
            ["model"] = Model,
            ["key"] = Key?.ToString(),
            ["day"] = Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["run"] = Run,
            ["sort"] = Order == RecordOrder.Newest ? null : Order.ToString().ToLowerInvariant(),
            ["before"] = before?.ToString(),
        };
        return QueryHelpers.AddQueryString(path, query.Where(part => part.Value is not null));
    }

    private static string? Text(string? text) => text is { Length: > 0 and <= NameLengthMax } ? text : null;
}
