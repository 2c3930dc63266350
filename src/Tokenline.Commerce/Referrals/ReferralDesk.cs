using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Referrals;

/// <summary>Whom an order was referred by, and what both get.</summary>
public sealed record ReferredBy(PartyId Referrer, BonusGrant Bonus);

/// <summary>
/// Customers who bring customers. Both get a bonus once the new one has paid and the time is over in which that may be taken back.
/// Guarded: the one who refers has paid, the one who is referred never has, nobody refers himself, and a customer's referrals count so often a month and so often at all.
/// </summary>
public sealed class ReferralDesk(
    IReferralStore store,
    ICatalogStore settings,
    ICustomerStore customers,
    IOrderStore orders,
    ISubscriptionStore subscriptions,
    OutboxDispatcher outbox,
    ModelCatalogHolder models,
    ITariffs tariffs,
    CommerceOptions options,
    TimeProvider time
)
{
    public const int CountMax = 1000;
    private const string Setting = "referrals";
    private const string Letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
    private const int DaysMax = 366;
    private const int PageMax = 200;
    private const int TriesMax = 10;

    public async Task<Outcome<ReferralTerms>> TermsAsync(CancellationToken cancellation) =>
        await settings.SettingAsync(Setting, cancellation) is { } text
            ? JsonSerializer.Deserialize<ReferralTerms>(text, CommerceJson.Options)
                ?? throw new JsonException("the terms of referrals are empty")
            : new Refused(Problems.NotFound, "Nobody is rewarded for referrals: there are no terms.");

    /// <summary>For orders from now on; those that wait get what was said when they were placed.</summary>
    public async Task<Outcome<ReferralTerms>> PutTermsAsync(ReferralTerms terms, CancellationToken cancellation)
    {
        var (now, book) = (time.GetUtcNow(), tariffs.Current);
        if (!models.Current.Models.Any(model => book.Find(model.Id, now)?.CardIn(terms.Bonus.Unit) is not null))
            return Refused.Invalid("grant.unit", $"No model is charged in {terms.Bonus.Unit.Name}, so it could never be spent.");
        if (terms.Bonus.Amount <= 0)
            return Refused.Invalid("grant.amount", "More than nothing is granted.");
        if (terms.Bonus.Days is < 1 or > DaysMax)
            return Refused.Invalid("grant.days", $"1 to {DaysMax} days.");
        if (terms.LeastPrice.Currency != options.Currency)
            return Refused.Invalid("leastPrice.currency", $"This operator sells in {options.Currency}.");
        if (terms.LeastPrice.Nano <= 0)
            return Refused.Invalid("leastPrice.amount", "What costs nothing brings no reward: more than 0.");
        if (terms.PerMonth is < 1 or > CountMax)
            return Refused.Invalid("perMonth", $"1 to {CountMax}.");
        if (terms.InAll < terms.PerMonth || terms.InAll > CountMax)
            return Refused.Invalid("inAll", $"At least as many as a month, and at most {CountMax}.");
        await settings.SetAsync(Setting, JsonSerializer.Serialize(terms, CommerceJson.Options), cancellation);
        return terms;
    }

    /// <summary>What a customer gives to others; it is made the first time, and stays.</summary>
    public async Task<Outcome<string>> CodeAsync(PartyId customer, CancellationToken cancellation)
    {
        if (await customers.FindAsync(customer, cancellation) is null)
            return Refused.NotFound("customer", customer.ToString());
        for (var i = 0; i < TriesMax; i++)
        {
            if (await store.CodeAsync(customer, RandomNumberGenerator.GetString(Letters, 8), cancellation) is { } code)
                return code;
        }
        throw new InvalidOperationException("every code that was made up is another customer's");
    }

    /// <summary>Who refers this buyer's order; or why it does not count. Asked in the buyer's turn and the referrer's.</summary>
    internal async Task<Outcome<ReferredBy>> LookAsync(
        PartyId referrer,
        Customer buyer,
        Money price,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if ((await TermsAsync(cancellation)).Value is not { IsOpen: true } terms)
            return Not("Nobody is rewarded for referrals at the moment.");
        if (referrer == buyer.Id)
            return Not("Nobody refers himself.");
        if (await customers.FindAsync(referrer, cancellation) is not { Suspended: false })
            return Not("Whoever refers is no customer in good standing.");
        if (price.Nano < terms.LeastPrice.Nano)
            return Not($"A referral counts from {terms.LeastPrice} on.");
        if (!await orders.HasPaidAsync(referrer, cancellation))
            return Not("Whoever refers has bought something before.");
        if (await orders.HasPaidAsync(buyer.Id, cancellation) || await store.WasReferredAsync(buyer.Id, cancellation))
            return Not("Only a customer's first purchase is referred.");
        if (
            await store.CountAsync(referrer, MonthOf(now), cancellation) >= terms.PerMonth
            || await store.CountAsync(referrer, null, cancellation) >= terms.InAll
        )
            return Not("Whoever refers has referred as many as count.");
        return new ReferredBy(referrer, terms.Bonus);
    }

    internal Task<PartyId?> FindAsync(string code, CancellationToken cancellation) => store.FindAsync(Voucher.Normal(code), cancellation);

    /// <summary>Rewards what is due, each for itself.</summary>
    public async Task<ResumeReport> RoundAsync(CancellationToken cancellation)
    {
        var (ended, mark) = (0, 0L);
        var trouble = new Dictionary<string, Exception>();
        while (await store.DueAsync(time.GetUtcNow(), mark, PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var referral in page)
            {
                cancellation.ThrowIfCancellationRequested();
                mark = referral.Number;
                try
                {
                    if (await EndAsync(referral, cancellation))
                        ended++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[$"referral {referral.Number}"] = e;
                }
            }
        }
        if (ended > 0)
            await outbox.DispatchAsync(CancellationToken.None);
        return new(ended, trouble);
    }

    private async Task<bool> EndAsync(Referral referral, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (referrer, referred) = (
            await customers.FindAsync(referral.Referrer, cancellation),
            await customers.FindAsync(referral.Referred, cancellation)
        );
        if (referrer is null || referred is null)
            throw new InvalidOperationException($"referral {referral.Number} has no customers");
        if (await WhyVoidAsync(referral, referrer, referred, cancellation) is { } why)
            return await store.EndAsync(referral with { State = ReferralState.Void, EndedAt = now, Reason = why }, []);
        return await store.EndAsync(
            referral with
            {
                State = ReferralState.Rewarded,
                EndedAt = now,
            },
            [(referrer.Account, Reward(referral, "referrer", now)), (referred.Account, Reward(referral, "referred", now))]
        );
    }

    private async Task<string?> WhyVoidAsync(Referral referral, Customer referrer, Customer referred, CancellationToken cancellation)
    {
        if (referrer.Suspended || referred.Suspended)
            return "one of the two is suspended";
        var order = await orders.FindAsync(referral.Order, cancellation);
        if (order is not { State: OrderState.Completed, Product: { } product })
            return "the order was not paid";
        return
            await subscriptions.FindAsync(product, cancellation) is { } plan
            && (plan.Closing is not null || plan.State == SubscriptionState.Terminated)
            && plan.Period.Number == 0
            ? "the purchase was taken back"
            : null;
    }

    private static GrantBucket Reward(Referral referral, string whose, DateTimeOffset now) =>
        new(
            new BucketGrant(
                StableIds.Of<BucketKind>($"{referral.Order}|{whose}"),
                "Referral",
                BucketType.Bonus,
                referral.Bonus.Unit,
                null,
                referral.Bonus.Amount,
                Granting.PriorityOf(BucketType.Bonus),
                now,
                now.AddDays(referral.Bonus.Days),
                null,
                null
            )
        );

    private DateTimeOffset MonthOf(DateTimeOffset now)
    {
        var zone = DateTimeZoneProviders.Tzdb[options.TimeZone];
        return zone.AtStartOfDay(Instant.FromDateTimeOffset(now).InZone(zone).Date.With(DateAdjusters.StartOfMonth)).ToDateTimeOffset();
    }

    private static Refused Not(string why) => new(Problems.ReferralRefused, why, "referral");
}
