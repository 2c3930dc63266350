using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;

namespace Tokenline.Management.Parties;

/// <param name="Cap">The most in one calendar month, in the operator's currency.</param>
public sealed record PayAsYouGoTermsBody(MoneyBody? Cap);

/// <param name="Allowed">Whether the customer has opted in.</param>
/// <param name="Cap">The most in one calendar month of the operator's time zone.</param>
/// <param name="Spent">Of this month's, with what running calls hold.</param>
public sealed record PayAsYouGoBody(bool Allowed, MoneyBody? Cap, MoneyBody? Spent);

internal static class PayAsYouGoEndpoints
{
    private const string Tag = "Pay as you go";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/pay-as-you-go", ShowAsync)
            .Produces<PayAsYouGoBody>()
            .Documented(Tag, "Show pay-as-you-go", "Live, from the charging account.", Problems.NotFound, Problems.Overloaded);
        api.MapPut("/customers/{id}/pay-as-you-go", AllowAsync)
            .Takes<PayAsYouGoTermsBody>()
            .Produces<PayAsYouGoBody>()
            .Documented(
                Tag,
                "Opt in to pay-as-you-go, or change the cap",
                "The customer's own leave to spend beyond plans and packs, up to a cap a calendar month. Nobody is opted in otherwise.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Overloaded
            );
        api.MapDelete("/customers/{id}/pay-as-you-go", EndAsync)
            .Produces<PayAsYouGoBody>()
            .Documented(Tag, "Opt out of pay-as-you-go", "What was spent is still owed.", Problems.NotFound, Problems.Overloaded);
    }

    private static async Task<IResult> ShowAsync(
        string id,
        Customers customers,
        IChargingAccounts accounts,
        TimeProvider time,
        CancellationToken cancellation
    ) => await LiveAsync(await CustomerEndpoints.CustomerAsync(id, customers, cancellation), accounts, time);

    private static async Task<IResult> AllowAsync(
        string id,
        HttpContext http,
        Customers customers,
        IChargingAccounts accounts,
        TimeProvider time
    )
    {
        var body = await Body.ReadAsync<PayAsYouGoTermsBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (body.Required().Cap is not { } cap)
            return ApiResult.Problem(Refused.Invalid("cap", "Give the cap: {\"cap\": {\"amount\": \"50\", \"currency\": \"CNY\"}}."));
        if (!TryMoney(cap, out var money))
            return ApiResult.Problem(Refused.Invalid("cap.amount", "An amount has at most nine decimals."));
        if (!PartyId.TryParse(id, out var party))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        return await LiveAsync(await customers.AllowPayAsYouGoAsync(party, money, http.RequestAborted), accounts, time);
    }

    private static async Task<IResult> EndAsync(
        string id,
        Customers customers,
        IChargingAccounts accounts,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!PartyId.TryParse(id, out var party))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        return await LiveAsync(await customers.EndPayAsYouGoAsync(party, cancellation), accounts, time);
    }

    private static async Task<IResult> LiveAsync(Outcome<Customer> found, IChargingAccounts accounts, TimeProvider time)
    {
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var view = await accounts.ViewAsync(customer.Account);
        if (view.PayAsYouGo is not { } terms)
            return TypedResults.Ok(new PayAsYouGoBody(false, null, null));
        var now = time.GetUtcNow();
        var spent = view
            .Buckets.Where(bucket => bucket.Grant.Type == BucketType.Postpaid && bucket.Grant.ExpiresAt > now)
            .Sum(bucket => bucket.Consumed + bucket.Reserved);
        return TypedResults.Ok(new PayAsYouGoBody(true, MoneyBody.Of(terms.CapNano, terms.Currency), MoneyBody.Of(spent, terms.Currency)));
    }

    private static bool TryMoney(MoneyBody body, out Money money)
    {
        try
        {
            money = Money.FromDecimal(body.Amount, body.Currency);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            money = default;
            return false;
        }
    }
}
