namespace Tokenline.Billing.Facts;

public enum SaleKind
{
    /// <summary>An order that was paid: a pack, or the first period of a plan.</summary>
    Order = 1,

    /// <summary>A further period of a plan.</summary>
    Period = 2,

    /// <summary>The difference to a dearer plan.</summary>
    Upgrade = 3,

    /// <summary>Owed back to the customer.</summary>
    Refund = 4,

    /// <summary>A refund was paid out.</summary>
    Returned = 5,

    /// <summary>Money was put into the customer's wallet. It buys nothing yet.</summary>
    TopUp = 6,

    /// <summary>Money of the wallet was paid out.</summary>
    PayOut = 7,

    /// <summary>What was bought on invoice was paid.</summary>
    InvoicePaid = 8,

    /// <summary>Used beyond what a commitment had prepaid, and counted at the end of its period: owed on the bill.</summary>
    Beyond = 9,

    /// <summary>What a term fell short of its commitment: owed on the bill.</summary>
    TrueUp = 10,
}

/// <summary>Where money came from, or went to.</summary>
public enum MoneyWay
{
    PhoneBill = 0,
    Wallet = 1,
    Invoice = 2,

    /// <summary>To the operator itself: a transfer, cash.</summary>
    Bank = 3,
}

/// <summary>A payment for a product over a time, or what is given back of one. Kept as it was told, once.</summary>
/// <param name="Id">Of the payment: an order's id, or the correlator it was asked under.</param>
/// <param name="Gross">Tax included; of a refund too more than nothing.</param>
/// <param name="TaxPercent">Within the price.</param>
/// <param name="Channel">Where it was sold; null: by the operator itself.</param>
/// <param name="From">Of the time that it pays for.</param>
/// <param name="To">Null: until it is used.</param>
/// <param name="IsMoney">It bought money to spend, and no quota.</param>
public sealed record Sale(
    string Id,
    SaleKind Kind,
    PartyId Customer,
    AccountId Account,
    ProductId Product,
    string Offering,
    string Name,
    Money Gross,
    decimal TaxPercent,
    string? Channel,
    DateTimeOffset At,
    DateTimeOffset From,
    DateTimeOffset? To,
    bool IsMoney
)
{
    /// <summary>The period it is booked in: that of its instant, or the first that was open when it turned up.</summary>
    public BillingPeriod Period { get; init; }

    public MoneyWay Way { get; init; }

    /// <summary>Of a bundle: the products that it is made of, whose buckets its price pays for.</summary>
    public IReadOnlyList<ProductId>? Parts { get; init; }

    /// <summary>It buys something, and so has a price to earn.</summary>
    public bool IsPaid => Kind is SaleKind.Order or SaleKind.Period or SaleKind.Upgrade;

    /// <summary>Nothing was paid for it yet: the bill of its period is what posts it.</summary>
    public bool IsAccrued => Kind is SaleKind.Beyond or SaleKind.TrueUp;
}

/// <summary>What subscriptions have accrued, which is told when it is on a bill.</summary>
public interface IAccruals
{
    /// <summary>Ids of sales that no bill was named for yet, in the order of writing; the number is given back as <paramref name="after"/>.</summary>
    Task<IReadOnlyList<(long Number, string Id)>> OpenAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>Told again it changes nothing.</summary>
    Task BilledAsync(string id, string bill, DateTimeOffset at, CancellationToken cancellation);
}

/// <summary>Payments and refunds, from the books of commerce.</summary>
public interface ISalesFeed
{
    /// <summary>What was decided or paid from the one instant until before the other, in any order.</summary>
    IAsyncEnumerable<Sale> ReadAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation);
}

/// <summary>How much of a sale has been earned, by the buckets of one unit.</summary>
/// <param name="Used">Of their quota, up to the end of the last period that was closed.</param>
/// <param name="EarnedNano">Recognised as revenue by then.</param>
/// <param name="BrokenNano">Recognised as breakage.</param>
public sealed record EarnedPart(string Sale, string Unit, AccountId Account, long Used, long EarnedNano, long BrokenNano);
