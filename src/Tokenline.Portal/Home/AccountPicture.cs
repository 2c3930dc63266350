using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Portal.Access;
using Tokenline.Portal.Calls;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Home;

/// <summary>What one account looks like at an instant, for the home page.</summary>
/// <param name="Buckets">Open, in the order of paying; of money only with something in it.</param>
/// <param name="Month">Of the calendar month and at least the last 30 days.</param>
/// <param name="Events">The newest first.</param>
internal sealed record AccountPicture(
    AccountView View,
    IReadOnlyList<BucketView> Buckets,
    IReadOnlyList<UsageDay> Month,
    IReadOnlyList<StoredEvent> Events,
    IReadOnlyList<UsageRecord> Calls,
    IReadOnlyList<Subscription> Subscriptions,
    IReadOnlyList<Forecast> Forecasts,
    bool HasKey,
    Scope Scope,
    DateOnly Today
)
{
    public const int ChartDays = 30;

    public IEnumerable<UsageDay> OfToday => Month.Where(day => day.Of.Day == Today);

    public IEnumerable<UsageDay> OfThisMonth => Month.Where(day => day.Of.Day.Year == Today.Year && day.Of.Day.Month == Today.Month);

    public IEnumerable<UsageDay> OfChart => Month.Where(day => day.Of.Day > Today.AddDays(-ChartDays));

    /// <summary>Retail value, in the account's currency.</summary>
    public static Money Worth(IEnumerable<UsageDay> days, Currency currency) =>
        new(days.Where(day => day.Of.Currency == currency).Sum(day => day.Sums.RetailNano), currency);

    /// <summary>What money paid: beyond plans and packs.</summary>
    public static Money Paid(IEnumerable<UsageDay> days, Currency currency) =>
        new(days.Where(day => day.Of.IsMoney && day.Of.Unit == currency.Code).Sum(day => day.Sums.Amount), currency);

    public static long CallCount(IEnumerable<UsageDay> days) => days.Sum(day => day.Sums.Calls);

    public static long Tokens(IEnumerable<UsageDay> days) => days.Sum(day => day.Sums.Input + day.Sums.Output);
}

internal sealed class AccountPainter(
    IChargingAccounts accounts,
    IChargeHistory history,
    ISubscriptionStore subscriptions,
    Keys keys,
    CallFinder finder,
    OperatorClock clock
)
{
    private const int EventsShown = 5;
    private const int CallsShown = 6;

    public async Task<AccountPicture> PaintAsync(Visitor visitor, CancellationToken cancellation)
    {
        var customer = visitor.Customer;
        var scope = await Scope.OfAsync(visitor, Right.SeeBalance, keys, accounts, cancellation);
        var (now, today) = (clock.Now, clock.Today);
        var view = await accounts.ViewAsync(customer.Account);
        var all = await history.DaysAsync(customer.Account, today.AddDays(-31), today);
        var days = scope.IsWhole ? all : [.. all.Where(day => scope.Takes(day.Of.Key))];
        var buckets = view
            .Buckets.Where(bucket => bucket.Grant.ValidFrom <= now && !(bucket.Grant.ExpiresAt <= now))
            .Where(bucket => bucket.Grant.Type != BucketType.Capacity) // it is shown with the limits that it raises
            .Where(bucket => bucket.Grant.Seat is not { } seat || seat.Holder == (visitor.Membership.Allotment ?? Allotment.Root))
            .Where(bucket => bucket.Grant.Unit is not null || bucket.Remaining + bucket.Reserved + bucket.Consumed > 0)
            .ToList();
        return new(
            view,
            buckets,
            days,
            // Alerts are the account's: they name what others use.
            scope.IsWhole
                ? await history.EventsAsync(customer.Account, null, EventsShown)
                : [],
            (await finder.FindAsync(customer.Account, new CallFilter(Only: scope.Only), null, CallsShown)).Records,
            await subscriptions.ListAsync(customer.Id, cancellation),
            Forecast.Of(buckets, all, today, now),
            scope.Keys.Any(key => key.RevokedAt is null && !(key.ExpiresAt <= now)),
            scope,
            today
        );
    }
}
