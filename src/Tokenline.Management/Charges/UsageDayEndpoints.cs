using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Charges;

/// <summary>Usage added up: no record is read for it, however many there are.</summary>
internal static class UsageDayEndpoints
{
    private const int DaysMax = 400;
    private const string DayFormat = "yyyy-MM-dd";
    private static readonly string[] dimensions = ["day", "model", "key"];

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/customers/{id}/usage/days", ListAsync)
            .Produces<Listing<UsageDayBody>>()
            .Documented(
                "Charges",
                "Add up a customer's usage",
                "From the first day (`from`, such as 2026-11-01; this month's unless told) to the last (`to`; today), at most 400 days of the operator's calendar. `by` says what is told apart: `day` unless told, `model`, `key`, or several with commas. It knows days whose usage records are gone.",
                Problems.InvalidRequest,
                Problems.NotFound
            );

    private static async Task<IResult> ListAsync(
        string id,
        string? from,
        string? to,
        string? by,
        Customers customers,
        IChargeHistory history,
        CommerceOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var today = new DaySums(options.TimeZone).DayOf(IdSource.Lowest<ChargeKind>(time.GetUtcNow()));
        if (!TryRead(to, today, out var last))
            return ApiResult.Problem(NoDay("to"));
        if (!TryRead(from, new DateOnly(last.Year, last.Month, 1), out var first))
            return ApiResult.Problem(NoDay("from"));
        if (first > last || last.DayNumber - first.DayNumber >= DaysMax)
            return ApiResult.Problem(Refused.Invalid("from", $"From the first day to the last there are 1 to {DaysMax} days."));
        var apart = (by ?? "day").Split(',');
        if (apart.Except(dimensions, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return ApiResult.Problem(
                Refused.Invalid(
                    "by",
                    $"Usage is told apart by {string.Join(", ", dimensions)}, or several of them with commas, not by '{unknown}'."
                )
            );
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var lines = await history.DaysAsync(customer.Account, first, last);
        return TypedResults.Ok(new Listing<UsageDayBody>(Sums(lines, apart)));
    }

    private static List<UsageDayBody> Sums(IEnumerable<UsageDay> lines, string[] apart)
    {
        var (days, models, keys) = (apart.Contains("day"), apart.Contains("model"), apart.Contains("key"));
        return
        [
            .. lines
                .GroupBy(line =>
                    (
                        Day: days ? line.Of.Day : (DateOnly?)null,
                        Model: models ? line.Of.Model : null,
                        Key: keys ? line.Of.Key : (KeyId?)null
                    )
                )
                .OrderBy(group => group.Key.Day)
                .ThenBy(group => group.Key.Model, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Key?.Value)
                .Select(group => UsageDayBody.Of(group.Key.Day, group.Key.Model, group.Key.Key, [.. group])),
        ];
    }

    private static bool TryRead(string? text, DateOnly unlessTold, out DateOnly day)
    {
        day = unlessTold;
        return text is null || DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    private static Refused NoDay(string param) => Refused.Invalid(param, "A day such as 2026-11-01 is expected.");
}
