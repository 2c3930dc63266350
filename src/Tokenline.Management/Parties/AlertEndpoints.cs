using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Commerce;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;

namespace Tokenline.Management.Parties;

/// <summary>When a customer is told something. What a change leaves out stays as it is.</summary>
/// <param name="Percents">Of a bucket or a limit, in rising order, each 1 to 100; at most 16. Empty: never.</param>
/// <param name="ExpiryDays">A bucket that ends within so many days with something left is told of; 0 is never.</param>
/// <param name="AbnormalTimes">A day's value of so many times the usual is told of; 0 is never.</param>
/// <param name="AbnormalFloor">Days below this value are never abnormal.</param>
public sealed record AlertsBody(int[]? Percents = null, int? ExpiryDays = null, int? AbnormalTimes = null, MoneyBody? AbnormalFloor = null);

/// <summary>Something that the customer was to hear of.</summary>
/// <param name="Type"><c>threshold.reached</c>, <c>bucket.expiring</c>, <c>spend.abnormal</c>, <c>account.suspended</c>, <c>account.resumed</c>, <c>price.changed</c> or <c>price.kept</c>.</param>
/// <param name="Subject">The bucket, or <c>alt_…/limit</c>, or the account; of prices, the Model ID.</param>
/// <param name="Amount">Of it so far, in whole units: used, left, or spent today.</param>
/// <param name="Limit">Of how much; for abnormal spend, the usual.</param>
/// <param name="Unit">A quota unit, a currency, <c>requests</c> or <c>tokens</c>.</param>
/// <param name="From">When a price takes effect, or would have.</param>
/// <param name="Until">When the bucket ends, the window is over, or the former price returns.</param>
/// <param name="Reason">Why; of prices, what they were and will be.</param>
public sealed record EventBody(
    Id<EventKind> Id,
    DateTimeOffset At,
    AccountEventType Type,
    string Subject,
    string Name,
    int? Percent,
    decimal? Amount,
    decimal? Limit,
    string? Unit,
    DateTimeOffset? From,
    DateTimeOffset? Until,
    string? Reason
)
{
    internal static EventBody Of(StoredEvent stored)
    {
        var about = stored.Event;
        return new(
            new(stored.Position),
            stored.At,
            about.Type,
            about.Subject,
            about.Name,
            about.Percent,
            about.InUnits(about.Amount),
            about.InUnits(about.Limit),
            about.Unit,
            about.From,
            about.Until,
            about.Reason
        );
    }
}

internal static class AlertEndpoints
{
    private const string Tag = "Alerts";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/alerts", ShowAsync)
            .Produces<AlertsBody>()
            .Documented(Tag, "Show when a customer is told something", "The terms of the account.", Problems.NotFound, Problems.Overloaded);
        api.MapPut("/customers/{id}/alerts", SetAsync)
            .Takes<AlertsBody>()
            .Produces<AlertsBody>()
            .Documented(
                Tag,
                "Change when a customer is told something",
                "What is left out stays as it is. What was told before is not told again.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Overloaded
            );
        api.MapGet("/customers/{id}/events", EventsAsync)
            .Produces<Page<EventBody>>()
            .Documented(
                Tag,
                "List a customer's events",
                "Thresholds reached, buckets that are about to end, abnormal spend, changes of standing, prices: newest first.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        Customers customers,
        IChargingAccounts accounts,
        CommerceOptions options,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(BodyOf((await accounts.ViewAsync(customer.Account)).Alerts, options))
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> SetAsync(
        string id,
        HttpContext http,
        Customers customers,
        IChargingAccounts accounts,
        IdSource ids,
        CommerceOptions options
    )
    {
        var body = await Body.ReadAsync<AlertsBody>(http);
        if (body.Refused is { } unread)
            return ApiResult.Problem(unread);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var asked = body.Required();
        if (FloorNano(asked.AbnormalFloor, options, out var floor) is { } wrongFloor)
            return ApiResult.Problem(wrongFloor);
        var now = (await accounts.ViewAsync(customer.Account)).Alerts;
        var terms = new AlertTerms(
            asked.Percents ?? now.Percents,
            asked.ExpiryDays ?? now.ExpiryDays,
            asked.AbnormalTimes ?? now.AbnormalTimes,
            floor ?? now.AbnormalFloorNano
        );
        if (terms.WhatIsWrong() is { } wrong)
            return ApiResult.Problem(Refused.Invalid(wrong[..wrong.IndexOf(':')], wrong[(wrong.IndexOf(':') + 2)..]));
        var refusal = await accounts.ExecuteAsync(customer.Account, new SetAlerts(ids.Next<CommandKind>(), terms));
        return refusal is null ? TypedResults.Ok(BodyOf(terms, options)) : ApiResult.Problem(refusal.Problem, refusal.Message);
    }

    private static async Task<IResult> EventsAsync(
        string id,
        string? before,
        string? limit,
        Customers customers,
        IChargeHistory history,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<EventKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var events = await history.EventsAsync(customer.Account, page.Before?.Value, page.Limit + 1);
        return TypedResults.Ok(page.Of(events, EventBody.Of, stored => new(stored.Position)));
    }

    private static AlertsBody BodyOf(AlertTerms terms, CommerceOptions options) =>
        new(terms.Percents, terms.ExpiryDays, terms.AbnormalTimes, MoneyBody.Of(terms.AbnormalFloorNano, options.Currency));

    private static Refused? FloorNano(MoneyBody? floor, CommerceOptions options, out long? nano)
    {
        nano = null;
        if (floor is null)
            return null;
        if (floor.Currency != options.Currency)
            return Refused.Invalid("abnormalFloor.currency", $"The floor is in {options.Currency}.");
        try
        {
            nano = Money.FromDecimal(floor.Amount, floor.Currency).Nano;
            return null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return Refused.Invalid("abnormalFloor.amount", "An amount has at most nine decimals and fits a balance.");
        }
    }
}
