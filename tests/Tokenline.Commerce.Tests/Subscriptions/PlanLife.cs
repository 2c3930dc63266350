using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>The process ends, right after a decision was stored and before anything of it is done.</summary>
internal sealed class CrashException : Exception;

/// <summary>A store under a process that may end.</summary>
internal sealed class CrashingStore(ISubscriptionStore inner) : ISubscriptionStore
{
    /// <summary>The process ends after so many decisions more; null: it does not.</summary>
    public int? EndsAfter { get; set; }

    public int Saved { get; private set; }

    public async Task<bool> SaveAsync(Decision decision, DateTimeOffset now)
    {
        if (!await inner.SaveAsync(decision, now))
            return false;
        Saved++;
        if (--EndsAfter != 0)
            return true;
        EndsAfter = null;
        throw new CrashException();
    }

    public Task<Subscription?> FindAsync(ProductId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public Task<IReadOnlyList<Subscription>> ListAsync(PartyId customer, CancellationToken cancellation) =>
        inner.ListAsync(customer, cancellation);

    public Task<IReadOnlyList<DueSubscription>> DueAsync(DueMark after, DateTimeOffset until, int limit, CancellationToken cancellation) =>
        inner.DueAsync(after, until, limit, cancellation);

    public Task<IReadOnlyList<SubscriptionPayment>> PaymentsAsync(ProductId id, CancellationToken cancellation) =>
        inner.PaymentsAsync(id, cancellation);

    public Task<IReadOnlyList<OwedRefund>> OwedAsync(long after, int limit, CancellationToken cancellation) =>
        inner.OwedAsync(after, limit, cancellation);

    public Task<SubscriptionPayment?> FindPaymentAsync(string correlator, CancellationToken cancellation) =>
        inner.FindPaymentAsync(correlator, cancellation);

    public Task<IReadOnlyList<Product>> WithoutSubscriptionAsync(
        PartyId? customer,
        ProductId after,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation
    ) => inner.WithoutSubscriptionAsync(customer, after, now, limit, cancellation);

    public Task<bool> AdoptAsync(Decision begun) => inner.AdoptAsync(begun);

    public Task EndRefundAsync(SubscriptionPayment refund) => inner.EndRefundAsync(refund);

    public Task<IReadOnlyList<AccruedLine>> AccruedAsync(long after, int limit, CancellationToken cancellation) =>
        inner.AccruedAsync(after, limit, cancellation);

    public Task<bool> BillAsync(SubscriptionPayment billed) => inner.BillAsync(billed);

    public Task<bool> HasPendingCommandsAsync(AccountId account, CancellationToken cancellation) =>
        inner.HasPendingCommandsAsync(account, cancellation);
}

/// <summary>One customer's plan of thirty days in a world where processes end, carriers are silent and accounts out of reach; and what must hold whatever happens.</summary>
internal sealed class PlanLife(World world, Customer customer, ProductId id)
{
    private static readonly TimeSpan slack = TimeSpan.FromMinutes(2);

    /// <summary>With subscriptions and outbox in memory, so that many lives are lived in a second.</summary>
    public static Task<World> OpenWorldAsync()
    {
        var memory = new MemorySubscriptions();
        return World.OpenAsync(
            seeded: true,
            register: services =>
            {
                services.AddSingleton(memory);
                services.AddSingleton<IOutbox>(memory);
                services.AddSingleton<ISubscriptionStore>(new CrashingStore(memory));
            }
        );
    }

    public static async Task<PlanLife> BeginAsync(World world, string phoneNumber, string offering = "basic-30")
    {
        var now = world.Time.GetUtcNow();
        var customer = await world.NewCustomerAsync(phoneNumber);
        var offered = (await world.Get<ICatalogStore>().FindOfferingAsync(offering, CancellationToken.None))!;
        var order = new ProductOrder(world.Get<IdSource>().Next<OrderKind>(), customer.Id, offered, null, OrderState.Completed, now)
        {
            Seats = offered.Seats is null ? null : 3,
        };
        await world.Carrier.ChargeAsync(order.Id.ToString(), phoneNumber, order.Price, offering, CancellationToken.None);
        var period = Period.First(offered, now, "Asia/Shanghai");
        var begun = SubscriptionMachine.Begin(
            world.Get<IdSource>().Next<ProductKind>(),
            order,
            customer.Account,
            period,
            now,
            "Asia/Shanghai"
        );
        world.Get<MemorySubscriptions>().Add(begun, now);
        await world.Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None);
        return new(world, customer, begun.Next!.Id);
    }

    public CrashingStore Store => (CrashingStore)world.Get<ISubscriptionStore>();

    public async Task<Subscription> NowAsync() => (await Store.FindAsync(id, CancellationToken.None))!;

    public Task<IReadOnlyList<SubscriptionPayment>> PaymentsAsync() => Store.PaymentsAsync(id, CancellationToken.None);

    public async Task<IReadOnlyList<BucketView>> BucketsAsync() =>
        [.. (await world.BucketsAsync(customer)).Where(bucket => bucket.Grant.Product == id)];

    /// <summary>A command of a caller who does not hear of the end of the process.</summary>
    public async Task<Refused?> DoAsync(SubscriptionCommand command)
    {
        try
        {
            return (await world.Get<Subscribing>().DoAsync(id, command, CancellationToken.None)).Refused;
        }
        catch (Exception e) when (e is CrashException or AccountUnavailableException)
        {
            return null;
        }
    }

    public async Task<Refused?> ChangeAsync(string offering, bool isNow)
    {
        var subscribing = world.Get<Subscribing>();
        try
        {
            var changed = isNow
                ? await subscribing.UpgradeAsync(id, offering, null, CancellationToken.None)
                : await subscribing.ChangeAtEndAsync(id, offering, null, CancellationToken.None);
            return changed.Refused;
        }
        catch (Exception e) when (e is CrashException or AccountUnavailableException)
        {
            return null;
        }
    }

    public async Task UseAsync(int calls)
    {
        for (var i = 0; i < calls && (await BucketsAsync()).Any(bucket => bucket.Remaining > 0 && IsOpen(bucket)); i++)
            await world.CallAsync(customer, "glm-5", Usage.Of(25_000, 0));
    }

    /// <summary>Upkeep runs when something of this one is due; what is stuck is looked at every hour.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var to = world.Time.GetUtcNow() + by;
        while (true)
        {
            await RoundAsync();
            var now = world.Time.GetUtcNow();
            var due = SubscriptionMachine.DueAt(await NowAsync());
            var next =
                due is not { } at || at > to ? to
                : at > now ? at
                : now.AddHours(1);
            if (next >= to)
            {
                world.Time.SetUtcNow(to);
                await RoundAsync();
                return;
            }
            world.Time.SetUtcNow(next);
        }
    }

    /// <summary>As upkeep does it every minute, for this one alone: others of the world have ended their test.</summary>
    private async Task RoundAsync()
    {
        try
        {
            await world.Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None);
            var steps = 0;
            while (await world.Get<Subscribing>().StepAsync(id, isPayerSilent: false, CancellationToken.None) != StepOutcome.Nothing)
                Assert.True(++steps < 100, "it is never done");
        }
        catch (Exception e) when (e is CrashException or AccountUnavailableException)
        {
            // The next round takes it up.
        }
    }

    public async Task CheckAsync()
    {
        Assert.Equal([], world.Get<MemorySubscriptions>().Refused[customer.Account]);
        var subscription = await NowAsync();
        var lines = await PaymentsAsync();
        var buckets = await BucketsAsync();
        await CheckMoneyAsync(lines);
        CheckCommitment(subscription, lines);
        if (!await Store.HasPendingCommandsAsync(customer.Account, CancellationToken.None))
        {
            CheckGrants(subscription, lines, buckets);
            CheckSeats(subscription, lines, buckets);
        }
    }

    /// <summary>What the lines say is what is on the bill, and no period is paid twice.</summary>
    private Task CheckMoneyAsync(IReadOnlyList<SubscriptionPayment> lines)
    {
        var bill = world.Carrier.Amounts;
        foreach (var line in lines.Where(line => line.Kind != PaymentKind.Refund))
        {
            if (line.State == PaymentState.Paid)
                Assert.Equal(line.Amount, bill[line.Correlator]);
            if (line.State == PaymentState.Refused)
                Assert.DoesNotContain(line.Correlator, bill.Keys);
        }
        Assert.Empty(
            bill.Keys.Where(key => key.StartsWith($"{id}-", StringComparison.Ordinal)).Except(lines.Select(line => line.Correlator))
        );
        foreach (var number in lines.Select(line => line.Period).Distinct())
            Assert.InRange(TimesPaid(lines, number), 0, 1);
        return Task.CompletedTask;
    }

    /// <summary>Payments of a period that were not given back whole.</summary>
    private static int TimesPaid(IReadOnlyList<SubscriptionPayment> lines, int number) =>
        lines.Count(line => line.Period == number && line is { Kind: PaymentKind.Period, State: PaymentState.Paid })
        - lines.Count(line =>
            line.Period == number
            && line.Kind == PaymentKind.Refund
            && !line.Correlator.EndsWith("-unused", StringComparison.Ordinal)
            && lines.Any(paid => paid.Kind == PaymentKind.Period && paid.Amount == line.Amount && paid.Period == number)
        );

    /// <summary>Never more members with a seat than seats, now or in the next period; and what was paid for more is there.</summary>
    private void CheckSeats(Subscription subscription, IReadOnlyList<SubscriptionPayment> lines, IReadOnlyList<BucketView> buckets)
    {
        if (subscription.Offering.Seats is not { } terms)
        {
            Assert.True(subscription is { Seats: null, NextSeats: null, Assigned: [] });
            return;
        }
        Assert.InRange(subscription.Seats!.Value, terms.Min, terms.Max);
        Assert.InRange(subscription.Assigned.Count, 0, Math.Min(subscription.Seats.Value, subscription.NextSeats ?? terms.Max));
        Assert.Equal(subscription.Assigned.Count, subscription.Assigned.Distinct().Count());
        foreach (var line in lines.Where(line => line.Kind == PaymentKind.Seats))
        {
            var isThere = buckets.Any(bucket => bucket.Grant.Bucket == StableIds.Of<BucketKind>($"{id}|{line.Correlator}|0"));
            var isReturned = lines.Any(back => back.Kind == PaymentKind.Refund && back.Amount == line.Amount && back.Period == line.Period);
            Assert.True(line.State == PaymentState.Paid ? isThere || isReturned : !isThere, $"{line.Correlator} {line.State}");
        }
    }

    /// <summary>A period is settled once, and no term that is over has come to less than was committed to.</summary>
    private static void CheckCommitment(Subscription subscription, IReadOnlyList<SubscriptionPayment> lines)
    {
        if (subscription.Term is not { } term)
            return;
        Assert.Equal(lines.Select(line => line.Correlator).Distinct().Count(), lines.Count);
        Assert.All(subscription.Open, open => Assert.True(open.Period.Number <= subscription.ClosedPeriod));
        var terms = subscription.Offering.Commitment!;
        var paid = lines.Where(line => line is { Kind: PaymentKind.Period, State: PaymentState.Paid }).Sum(line => line.Amount.Nano);
        paid -= lines.Where(line => line.Kind == PaymentKind.Refund).Sum(line => line.Amount.Nano);
        var accrued = lines.Where(line => line.State == PaymentState.Accrued).Sum(line => line.Amount.Nano);
        Assert.True(paid + accrued >= terms.Amount.Nano * term.Number, $"{term}: {paid} and {accrued}");
        if (subscription is { State: SubscriptionState.Terminated, Open: [] } && term.First <= subscription.ClosedPeriod)
            Assert.True(paid + accrued >= terms.Amount.Nano * (term.Number + 1), $"{term}: {paid} and {accrued} at the end");
    }

    private void CheckGrants(Subscription subscription, IReadOnlyList<SubscriptionPayment> lines, IReadOnlyList<BucketView> buckets)
    {
        var now = world.Time.GetUtcNow();
        var last = lines.Max(line => line.Period) + 1;
        for (var number = 0; number <= last; number++)
        {
            var granted = Enumerable
                .Range(0, subscription.Rounds + 1)
                .Select(round => buckets.SingleOrDefault(bucket => bucket.Grant.Bucket == BucketOf(number, round)))
                .OfType<BucketView>()
                .ToList();
            var isLive = granted.Where(bucket => bucket.Remaining > 0 && IsOpen(bucket)).ToList();
            if (TimesPaid(lines, number) == 1)
            {
                Assert.NotEmpty(granted); // nothing paid is left ungranted
                Assert.True(isLive.Count <= 1);
                continue;
            }
            // Nothing unpaid is left to be spent, but by grace.
            if (isLive.Count > 0)
            {
                Assert.Equal(Standing.Grace, subscription.Standing);
                Assert.True(now <= subscription.Period.From.AddDays(subscription.Offering.Renewal.GraceDays) + slack, $"{now:u}");
            }
        }
        // Of the present period, all that was granted could be used or still can.
        var isWhole =
            subscription is
            {
                State: SubscriptionState.Active or SubscriptionState.PendingTerminate,
                Closing: null,
                Standing: Standing.Current,
                TakenBack: [],
            };
        if (isWhole && TimesPaid(lines, subscription.Period.Number) == 1)
        {
            var present = Enumerable
                .Range(0, subscription.Rounds + 1)
                .Select(round => buckets.SingleOrDefault(bucket => bucket.Grant.Bucket == BucketOf(subscription.Period.Number, round)))
                .OfType<BucketView>()
                .Last();
            Assert.Equal(present.Granted, UsableOf(present, buckets));
        }
        // What was given again is what was taken back.
        foreach (var bucket in buckets)
        {
            if (buckets.SingleOrDefault(again => again.Grant.Bucket == AgainOf(bucket.Grant.Bucket)) is { } restored)
                Assert.Equal(bucket.Voided, restored.Granted);
        }
        if (subscription.State is SubscriptionState.Terminated or SubscriptionState.Suspended)
            Assert.DoesNotContain(buckets, bucket => bucket.Remaining > 0 && IsOpen(bucket));
    }

    /// <summary>What a bucket and what was given again of it were good for.</summary>
    private static long UsableOf(BucketView bucket, IReadOnlyList<BucketView> buckets) =>
        bucket.Granted
        - bucket.Voided
        + (
            buckets.SingleOrDefault(again => again.Grant.Bucket == AgainOf(bucket.Grant.Bucket)) is { } again ? UsableOf(again, buckets) : 0
        );

    private bool IsOpen(BucketView bucket) =>
        bucket.Grant.ValidFrom <= world.Time.GetUtcNow() && !(bucket.Grant.ExpiresAt <= world.Time.GetUtcNow());

    private BucketId BucketOf(int number, int round) => StableIds.Of<BucketKind>($"{id}|{number}|{round}|0");

    private static BucketId AgainOf(BucketId bucket) => StableIds.Of<BucketKind>($"{bucket}|again");
}
