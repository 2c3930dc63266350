using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

/// <param name="PerOrder">The most of one order without a code.</param>
/// <param name="PerMonth">The most of all in a calendar month.</param>
public sealed record NewOneClickBody(MoneyBody? PerOrder, MoneyBody? PerMonth);

/// <param name="State"><c>asked</c>: a code went to the line; <c>active</c>: it was given.</param>
public sealed record OneClickBody(
    ConsentState State,
    string PhoneNumber,
    MoneyBody PerOrder,
    MoneyBody PerMonth,
    DateTimeOffset AskedAt,
    DateTimeOffset? GivenAt
)
{
    internal static OneClickBody Of(OneClickConsent consent) =>
        new(
            consent.State,
            consent.PhoneNumber,
            MoneyBody.Of(consent.PerOrder),
            MoneyBody.Of(consent.PerMonth),
            consent.AskedAt,
            consent.GivenAt
        );
}

internal static class OneClickEndpoints
{
    private const string Tag = "One-click";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/one-click", ShowAsync)
            .Produces<OneClickBody>()
            .Documented(
                Tag,
                "Show a line's consent",
                "To be charged without a code each time, within limits of its own.",
                Problems.NotFound
            );
        api.MapPost("/customers/{id}/one-click", AskAsync)
            .Takes<NewOneClickBody>()
            .Produces<OneClickBody>()
            .Documented(
                Tag,
                "Ask a line for its consent",
                "A code goes to the phone. An earlier consent holds until this one is given.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.RateLimitExceeded,
                Problems.UpstreamUnavailable
            );
        api.MapPost("/customers/{id}/one-click/confirm", GiveAsync)
            .Takes<ConfirmOrderBody>()
            .Produces<OneClickBody>()
            .Documented(
                Tag,
                "Give the code of a consent",
                "From now on orders with `oneClick` are paid at once, within the limits.",
                Problems.InvalidRequest,
                Problems.WrongCode,
                Problems.WrongState,
                Problems.UpstreamUnavailable
            );
        api.MapDelete("/customers/{id}/one-click", RevokeAsync)
            .Produces(204)
            .Documented(Tag, "Take a consent back", "At once. Taken back again it stays so.", Problems.NotFound);
    }

    private static async Task<IResult> ShowAsync(string id, OneClick consents, CancellationToken cancellation) =>
        PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await consents.FindAsync(customer, cancellation), OneClickBody.Of)
            : NotFound(id);

    private static async Task<IResult> AskAsync(string id, HttpContext http, OneClick consents)
    {
        var read = await Body.ReadAsync<NewOneClickBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (perOrder, perMonth) = read.Required();
        if (perOrder is null || perMonth is null)
            return ApiResult.Problem(Refused.Invalid(perOrder is null ? "perOrder" : "perMonth", "How much at the most?"));
        if ((MoneyBody.WhatIsWrong("perOrder", perOrder) ?? MoneyBody.WhatIsWrong("perMonth", perMonth)) is { } wrong)
            return ApiResult.Problem(wrong);
        return PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await consents.AskAsync(customer, perOrder.ToMoney(), perMonth.ToMoney(), http.RequestAborted), OneClickBody.Of)
            : NotFound(id);
    }

    private static async Task<IResult> GiveAsync(string id, HttpContext http, OneClick consents)
    {
        var read = await Body.ReadAsync<ConfirmOrderBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        return PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await consents.GiveAsync(customer, read.Required().Code, http.RequestAborted), OneClickBody.Of)
            : NotFound(id);
    }

    private static async Task<IResult> RevokeAsync(string id, OneClick consents, CancellationToken cancellation)
    {
        if (!PartyId.TryParse(id, out var customer))
            return NotFound(id);
        return await consents.RevokeAsync(customer, cancellation) is { } refused ? ApiResult.Problem(refused) : TypedResults.NoContent();
    }

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("customer", id));
}
