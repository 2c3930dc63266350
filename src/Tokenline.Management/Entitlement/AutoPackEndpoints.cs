using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Entitlement;

/// <param name="Offering">The id of a pack.</param>
/// <param name="MaxPerMonth">1 to 100 in a calendar month of the operator's zone.</param>
/// <param name="PaymentMethod"><c>phoneBill</c> (unless told), <c>wallet</c> or <c>invoice</c>.</param>
public sealed record AutoPackTermsBody(string? Offering, int? MaxPerMonth, PaymentMethod? PaymentMethod = null);

/// <param name="Allowed">Whether the customer has opted in.</param>
/// <param name="BoughtThisMonth">Those that were not paid are counted too.</param>
public sealed record AutoPackBody(bool Allowed, string? Offering, int? MaxPerMonth, long BoughtThisMonth, PaymentMethod? PaymentMethod);

internal static class AutoPackEndpoints
{
    private const string Tag = "Automatic packs";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/auto-pack", ShowAsync)
            .Produces<AutoPackBody>()
            .Documented(Tag, "Show what may be bought automatically", "Live.", Problems.NotFound, Problems.Overloaded);
        api.MapPut("/customers/{id}/auto-pack", AllowAsync)
            .Takes<AutoPackTermsBody>()
            .Produces<AutoPackBody>()
            .Documented(
                Tag,
                "Opt in to automatic packs, or change the terms",
                "The customer's own leave: when nothing is left that may pay for a call, this pack is bought by the `paymentMethod` (on the phone bill, unless told) and the call goes on. "
                    + "So many a month at the most; nobody is opted in otherwise.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
        api.MapDelete("/customers/{id}/auto-pack", StopAsync)
            .Produces<AutoPackBody>()
            .Documented(
                Tag,
                "Opt out of automatic packs",
                "No call buys any more. What was bought stays.",
                Problems.NotFound,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
    }

    private static async Task<IResult> ShowAsync(string id, Customers customers, IChargingAccounts accounts, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer ? await LiveAsync(customer, accounts) : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> AllowAsync(
        string id,
        HttpContext http,
        Customers customers,
        AutoPackTerms terms,
        IChargingAccounts accounts
    )
    {
        var read = await Body.ReadAsync<AutoPackTermsBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var made = await terms.AllowAsync(
            customer,
            body.Offering,
            body.MaxPerMonth,
            Asking.Of(http, body),
            http.RequestAborted,
            body.PaymentMethod
        );
        return made.Refused is { } refused ? ApiResult.Problem(refused) : await LiveAsync(customer, accounts);
    }

    private static async Task<IResult> StopAsync(
        string id,
        HttpContext http,
        Customers customers,
        AutoPackTerms terms,
        IChargingAccounts accounts
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var made = await terms.StopAsync(customer, Asking.Of(http, null), http.RequestAborted);
        return made.Refused is { } refused ? ApiResult.Problem(refused) : await LiveAsync(customer, accounts);
    }

    private static async Task<IResult> LiveAsync(Customer customer, IChargingAccounts accounts)
    {
        var view = await accounts.ViewAsync(customer.Account);
        return TypedResults.Ok(
            new AutoPackBody(
                view.AutoPack is not null,
                view.AutoPack?.Offering,
                view.AutoPack?.MaxPerMonth,
                view.AutoPacksBought,
                view.AutoPack is null ? null : AutoPackTerms.MethodOf(view.AutoPack)
            )
        );
    }
}
