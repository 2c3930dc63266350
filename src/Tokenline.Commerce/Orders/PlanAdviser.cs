using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Trials;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Orders;

/// <summary>What the same calls would have cost under a plan.</summary>
/// <param name="Offering">Null: without a plan, at list price.</param>
/// <param name="Price">Of the plan.</param>
/// <param name="Beyond">What the plan would not have paid, at list price.</param>
/// <param name="Covered">Calls that the plan would have paid whole.</param>
/// <param name="Refused">Calls that would have met a full window of the plan and been refused.</param>
public sealed record PlanAdvice(ProductOffering? Offering, Money Price, Money Beyond, int Covered, int Refused)
{
    public Money Total => new(checked(Price.Nano + Beyond.Nano), Price.Currency);
}

/// <summary>
/// Makes an account that never was, gives it what a plan grants, and makes the calls of a month again on it: by the charging engine itself, so that windows, scopes, partial cover
/// and the order of paying are those that the plan would really have had. Each call at the price that was in force when it was made.
/// </summary>
public sealed class PlanAdviser(ITariffs tariffs, IdSource ids, CommerceOptions options)
{
    /// <summary>Calls that are made again; of more the newest.</summary>
    public const int CallsMax = 5000;

    private const decimal BeyondMax = 1_000_000; // what pay-as-you-go may be capped at

    /// <summary>The cheapest first; plans that refuse calls after those that refuse fewer.</summary>
    /// <param name="calls">Of the last <paramref name="days"/> days.</param>
    public IReadOnlyList<PlanAdvice> Advise(
        IReadOnlyCollection<UsageRecord> calls,
        IEnumerable<ProductOffering> offerings,
        int days,
        DateTimeOffset now
    )
    {
        var start = now.AddDays(-days);
        var again = calls
            .Where(call => call.StartedAt >= start && call.Currency == options.Currency)
            .Where(call => tariffs.Current.TryGet(call.Model, call.TariffVersion) is not null)
            .OrderBy(call => call.StartedAt)
            .ThenBy(call => call.Charge.Value)
            .ToList();
        var plans = offerings.Where(offering => offering is { Kind: OfferingKind.Plan, Months: 1 });
        return
        [
            .. plans
                .Prepend(null)
                .Select(plan => Try(plan, again, start, now))
                .OrderBy(advice => advice.Refused)
                .ThenBy(advice => advice.Total.Nano),
        ];
    }

    private PlanAdvice Try(ProductOffering? plan, List<UsageRecord> calls, DateTimeOffset start, DateTimeOffset now)
    {
        var account = new ChargingAccount(ids.Next<AccountKind>(), tariffs);
        var cap = Money.FromDecimal(BeyondMax, options.Currency);
        Do(account, new SetPayAsYouGo(ids.Next<CommandKind>(), new PayAsYouGo(cap.Nano, cap.Currency, options.TimeZone)), start);
        if (plan is not null)
        {
            // A month, or the days that are looked at where these are more.
            var end = PlanMonth.End(start, 1, options.TimeZone);
            var product = new Product(
                ids.Next<ProductKind>(),
                ids.Next<PartyKind>(),
                ids.Next<OrderKind>(),
                plan.Id,
                plan.Name,
                plan.Kind,
                start,
                end > now ? end : now.AddSeconds(1)
            );
            foreach (var grant in plan.Grants)
                Do(account, Granting.Of(grant, product, options.TimeZone, ids), start);
        }
        var (beyond, covered, refused) = (0L, 0, 0);
        foreach (var call in calls)
        {
            if (Again(account, call) is not { } record)
            {
                refused++;
                continue;
            }
            var money = record.Payments.Where(payment => payment.IsMoney).Sum(payment => payment.Amount);
            beyond = checked(beyond + money + record.UncollectedNano);
            if (money == 0 && record.UncollectedNano == 0)
                covered++;
        }
        return new(plan, plan?.Price ?? new Money(0, options.Currency), new Money(beyond, options.Currency), covered, refused);
    }

    /// <summary>Null: refused.</summary>
    private UsageRecord? Again(ChargingAccount account, UsageRecord call)
    {
        var hold = account.Hold(CallsAgain.Hold(call, tariffs.Current.Get(call.Model, call.TariffVersion)), call.StartedAt);
        var record =
            hold.Verdict == HoldVerdict.Granted
                ? account.Settle(CallsAgain.Settle(call, call.Usage, call.Traits), call.StartedAt).Record
                : null;
        account.ClearEmitted();
        return record;
    }

    private static void Do(ChargingAccount account, AccountCommand command, DateTimeOffset at)
    {
        if (account.Execute(command, at) is { } refusal)
            throw new InvalidOperationException($"an account that never was refuses: {refusal.Message}");
        account.ClearEmitted();
    }
}
