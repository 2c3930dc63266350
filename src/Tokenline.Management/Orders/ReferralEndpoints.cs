using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Vouchers;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Orders;

/// <param name="Grant">What each of the two gets.</param>
/// <param name="LeastPrice">What the first order of the one who was referred costs at least.</param>
/// <param name="PerMonth">A customer's referrals that count in a calendar month; 5 unless told.</param>
/// <param name="InAll">A customer's referrals that count at all; 20 unless told.</param>
/// <param name="Open">False: no new ones.</param>
public sealed record ReferralTermsBody(BonusBody? Grant, MoneyBody? LeastPrice, int? PerMonth = null, int? InAll = null, bool Open = true)
{
    internal static ReferralTermsBody Of(ReferralTerms terms) =>
        new(BonusBody.Of(terms.Bonus), MoneyBody.Of(terms.LeastPrice), terms.PerMonth, terms.InAll, terms.IsOpen);
}

/// <param name="Reason">Why it is void.</param>
public sealed record ReferralBody(
    ReferralState State,
    PartyId Referred,
    OrderId Order,
    BonusBody Grant,
    DateTimeOffset At,
    DateTimeOffset? DueAt,
    DateTimeOffset? EndedAt,
    string? Reason
)
{
    internal static ReferralBody Of(Referral referral) =>
        new(
            referral.State,
            referral.Referred,
            referral.Order,
            BonusBody.Of(referral.Bonus),
            referral.At,
            referral.DueAt,
            referral.EndedAt,
            referral.Reason
        );
}

/// <param name="Code">What the customer gives to others.</param>
/// <param name="Items">Whom the customer brought, the newest 500.</param>
public sealed record ReferralsBody(string Code, IReadOnlyList<ReferralBody> Items);

internal static class ReferralEndpoints
{
    private const string Tag = "Referrals";
    private const int PerMonthDefault = 5;
    private const int InAllDefault = 20;
    private const int PageMax = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/referral-terms", TermsAsync)
            .Produces<ReferralTermsBody>()
            .Documented(Tag, "Show what referrals bring", "And against what they are guarded.", Problems.NotFound);
        api.MapPut("/referral-terms", PutAsync)
            .Takes<ReferralTermsBody>()
            .Produces<ReferralTermsBody>()
            .Documented(
                Tag,
                "Say what referrals bring",
                "For orders from now on; those that wait get what was said when they were placed.",
                Problems.InvalidRequest
            );
        api.MapGet("/customers/{id}/referrals", ShowAsync)
            .Produces<ReferralsBody>()
            .Documented(
                Tag,
                "Show a customer's referral code, and whom the customer brought",
                "Both are rewarded when the new one has paid and the time is over in which that may be taken back.",
                Problems.NotFound
            );
    }

    private static async Task<IResult> TermsAsync(ReferralDesk desk, CancellationToken cancellation) =>
        ApiResult.Of(await desk.TermsAsync(cancellation), ReferralTermsBody.Of);

    private static async Task<IResult> PutAsync(HttpContext http, ReferralDesk desk)
    {
        var read = await Body.ReadAsync<ReferralTermsBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (grant, price, perMonth, inAll, open) = read.Required();
        if (grant is not { Unit: { } unit, Amount: { } amount, Days: { } days })
            return ApiResult.Problem(Refused.Invalid("grant", "A unit, an amount and days are expected."));
        if (
            amount <= 0
            || amount > long.MaxValue / QuotaUnit.Micro
            || amount * QuotaUnit.Micro != decimal.Truncate(amount * QuotaUnit.Micro)
        )
            return ApiResult.Problem(Refused.Invalid("grant.amount", "More than nothing is granted, with at most six decimals."));
        if (price is null)
            return ApiResult.Problem(Refused.Invalid("leastPrice", "From which price on does a referral count?"));
        if (MoneyBody.WhatIsWrong("leastPrice", price) is { } wrong)
            return ApiResult.Problem(wrong);
        var bonus = new BonusGrant(unit, decimal.ToInt64(amount * QuotaUnit.Micro), days);
        var terms = new ReferralTerms(bonus, price.ToMoney(), perMonth ?? PerMonthDefault, inAll ?? InAllDefault, open);
        return ApiResult.Of(await desk.PutTermsAsync(terms, http.RequestAborted), ReferralTermsBody.Of);
    }

    private static async Task<IResult> ShowAsync(
        string id,
        Customers customers,
        ReferralDesk desk,
        IReferralStore store,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var code = (await desk.CodeAsync(customer.Id, cancellation)).Required();
        var list = await store.ListAsync(customer.Id, PageMax, cancellation);
        return TypedResults.Ok(new ReferralsBody(code, [.. list.Select(ReferralBody.Of)]));
    }
}
