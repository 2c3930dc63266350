namespace Tokenline.Charging.Records;

/// <summary>What an account used on one day, of one model, with one key, and what paid for it in one unit.</summary>
/// <param name="Day">Of the operator's calendar; a call belongs to the day that its charge began on.</param>
/// <param name="Unit">A quota unit, or a currency; empty where nothing paid.</param>
public readonly record struct UsageDayKey(AccountId Account, DateOnly Day, string Model, KeyId Key, Currency Currency, string Unit)
{
    /// <summary>Quota units are written small.</summary>
    public bool IsMoney => Unit is [>= 'A' and <= 'Z', ..];
}

/// <summary>Sums of usage records. A call that was paid in several units counts where it was paid most, so that sums over units are of all calls, each once.</summary>
/// <param name="Amount">Paid, in micro-units of quota or nano of money. Refunds are not taken off: they are entries of their own, of their own day.</param>
public readonly record struct UsageSums(long Calls, long Input, long Output, long RetailNano, long UncollectedNano, long Amount)
{
    public static UsageSums operator +(UsageSums a, UsageSums b) =>
        new(
            a.Calls + b.Calls,
            a.Input + b.Input,
            a.Output + b.Output,
            a.RetailNano + b.RetailNano,
            a.UncollectedNano + b.UncollectedNano,
            a.Amount + b.Amount
        );

    public static UsageSums operator -(UsageSums a, UsageSums b) =>
        a + new UsageSums(-b.Calls, -b.Input, -b.Output, -b.RetailNano, -b.UncollectedNano, -b.Amount);
}

public sealed record UsageDay(UsageDayKey Of, UsageSums Sums);
