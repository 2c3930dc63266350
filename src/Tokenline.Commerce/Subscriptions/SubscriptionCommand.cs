using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>What is asked of a subscription.</summary>
public abstract record SubscriptionCommand;

/// <summary>Time has passed.</summary>
public sealed record Tick : SubscriptionCommand;

/// <summary>The end of a payment is known.</summary>
public sealed record Answered(string Correlator, PaymentAnswer Answer) : SubscriptionCommand;

/// <summary>A payment was made after all that was refused before.</summary>
/// <param name="Line">As it was written down: refused.</param>
public sealed record FoundPaid(SubscriptionPayment Line, string Reference) : SubscriptionCommand;

public sealed record StopRenewal : SubscriptionCommand;

public sealed record Keep : SubscriptionCommand;

public sealed record CancelNow : SubscriptionCommand;

/// <param name="Target">As it is sold now; the customer may have it.</param>
/// <param name="ExpectedPrice">What the customer was shown: to be paid at once.</param>
public sealed record Upgrade(ProductOffering Target, Money? ExpectedPrice) : SubscriptionCommand;

/// <param name="ExpectedPrice">What the customer was shown: of a whole period.</param>
public sealed record ChangeAtEnd(ProductOffering Target, Money? ExpectedPrice) : SubscriptionCommand;

/// <param name="Amount">To be paid at once.</param>
public sealed record UpgradePrice(string Offering, Money Amount);

/// <summary>More seats at once, for the rest of the period; fewer with the next.</summary>
/// <param name="ExpectedPrice">What the customer was shown: of more what is paid at once, of fewer what the next period costs.</param>
public sealed record ChangeSeats(int Seats, Money? ExpectedPrice) : SubscriptionCommand;

public sealed record AssignSeat(MembershipId Member) : SubscriptionCommand;

public sealed record FreeSeat(MembershipId Member) : SubscriptionCommand;

/// <param name="Seats">There would be.</param>
/// <param name="Amount">To be paid at once; of fewer nothing.</param>
/// <param name="NextPrice">Of a whole period from the next on.</param>
public sealed record SeatPrice(int Seats, Money Amount, Money NextPrice);

/// <summary>The next period ends together with the other's.</summary>
/// <param name="Other">A subscription of the same customer, as it is now.</param>
/// <param name="ExpectedPrice">What the customer was shown, and said yes to.</param>
public sealed record EndWith(Subscription Other, Money ExpectedPrice) : SubscriptionCommand;

/// <param name="Period">The next one, that ends with the other's.</param>
/// <param name="Amount">To be paid for it, when it is renewed.</param>
/// <param name="FullPrice">Of a whole period.</param>
public sealed record EndWithPrice(ProductId With, Period Period, Money Amount, Money FullPrice);

/// <summary>Renewals and upgrades are paid otherwise from now on.</summary>
public sealed record PayBy(PaymentMethod Method, string? PurchaseOrder) : SubscriptionCommand;

public sealed record Pause : SubscriptionCommand;

public sealed record Suspend(string Reason) : SubscriptionCommand;

public sealed record Resume : SubscriptionCommand;

public sealed record PayNow : SubscriptionCommand;

/// <summary>The invoice that a period or an upgrade was paid by is overdue.</summary>
/// <param name="Correlator">Of that payment.</param>
/// <param name="At">From when on.</param>
public sealed record FallDue(string Correlator, DateTimeOffset At) : SubscriptionCommand;

/// <summary>That invoice is settled.</summary>
public sealed record DebtPaid(string Correlator) : SubscriptionCommand;

/// <summary>What the machine may look at beside the subscription.</summary>
/// <param name="Held">Null where it was not asked of the account.</param>
/// <param name="IsPayerSilent">Whoever pays does not answer at the moment: time does all else, and asks for nothing.</param>
public readonly record struct Facts(
    DateTimeOffset Now,
    string TimeZone,
    bool IsAccountSuspended = false,
    Held? Held = null,
    bool IsPayerSilent = false
)
{
    /// <summary>Where members with a seat call from; asked for where seats have something for themselves.</summary>
    public IReadOnlyDictionary<MembershipId, AllotmentId>? Nodes { get; init; }
}

/// <summary>What the account has of a subscription, whatever its age.</summary>
public sealed record Held(IReadOnlyList<BucketView> Buckets, IReadOnlyList<RefillView> Refills)
{
    public static Held Of(AccountView view, ProductId product) =>
        new(
            [.. view.Buckets.Where(bucket => bucket.Grant.Product == product)],
            [.. view.Refills.Where(refill => refill.Terms.Product == product)]
        );
}

/// <summary>What becomes of a subscription, and what is to be done with it in the same transaction; or why nothing.</summary>
public sealed record Decision
{
    public Subscription? Next { get; init; }

    /// <summary>For the charging account, in this order.</summary>
    public IReadOnlyList<AccountCommand> Commands { get; init; } = [];

    /// <summary>Lines that are new or have ended.</summary>
    public IReadOnlyList<SubscriptionPayment> Payments { get; init; } = [];

    /// <summary>Then this is to be asked of whoever pays.</summary>
    public Asking? Ask { get; init; }

    public Refused? Refused { get; init; }

    /// <summary>It depends on what the account holds: ask for that, and decide again.</summary>
    public bool NeedsHeld { get; init; }

    public static Decision HeldIsNeeded { get; } = new() { NeedsHeld = true };

    /// <summary>Time has brought something that was not done yet: do that first, and decide again.</summary>
    public bool IsBehind { get; init; }

    public static Decision TimeIsAhead { get; } = new() { IsBehind = true };

    public static implicit operator Decision(Refused refused) => new() { Refused = refused };

    public static implicit operator Decision(Subscription next) => new() { Next = next };
}
