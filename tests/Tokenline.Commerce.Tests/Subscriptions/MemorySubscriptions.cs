using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Subscriptions and the outbox in memory, for tests that live through many.</summary>
internal sealed class MemorySubscriptions : ISubscriptionStore, IOutbox
{
    private readonly Dictionary<ProductId, Subscription> subscriptions = [];
    private readonly List<SubscriptionPayment> payments = [];
    private readonly List<OutboxCommand> pending = [];
    private readonly List<(AccountId Account, string Why)> refused = [];
    private long commands;

    /// <summary>What accounts did not take, and why. They take whatever a subscription gives and takes.</summary>
    public ILookup<AccountId, string> Refused => refused.ToLookup(one => one.Account, one => one.Why);

    public void Add(Decision begun, DateTimeOffset now)
    {
        subscriptions.Add(begun.Next!.Id, begun.Next);
        Write(begun, now);
    }

    public Task<Subscription?> FindAsync(ProductId id, CancellationToken cancellation) =>
        Task.FromResult(subscriptions.GetValueOrDefault(id));

    public Task<IReadOnlyList<Subscription>> ListAsync(PartyId customer, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Subscription>>([.. subscriptions.Values.Where(one => one.Customer == customer)]);

    public Task<IReadOnlyList<DueSubscription>> DueAsync(DueMark after, DateTimeOffset until, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<DueSubscription>>([
            .. subscriptions
                .Values.Select(one => (one.Id, At: SubscriptionMachine.DueAt(one)))
                .Where(one => one.At <= until && (one.At, one.Id.Value).CompareTo((after.At, after.Id.Value)) > 0)
                .OrderBy(one => (one.At, one.Id.Value))
                .Take(limit)
                .Select(one => new DueSubscription(one.Id, one.At!.Value)),
        ]);

    public Task<bool> SaveAsync(Decision decision, DateTimeOffset now)
    {
        var next = decision.Next!;
        if (subscriptions[next.Id].Version != next.Version)
            return Task.FromResult(false);
        subscriptions[next.Id] = next with { Version = next.Version + 1 };
        Write(decision, now);
        return Task.FromResult(true);
    }

    public Task<IReadOnlyList<SubscriptionPayment>> PaymentsAsync(ProductId id, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SubscriptionPayment>>([.. payments.Where(line => line.Subscription == id)]);

    public Task<IReadOnlyList<OwedRefund>> OwedAsync(long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OwedRefund>>([]);

    public Task<SubscriptionPayment?> FindPaymentAsync(string correlator, CancellationToken cancellation) =>
        Task.FromResult(payments.Find(line => line.Correlator == correlator));

    public Task<IReadOnlyList<Product>> WithoutSubscriptionAsync(
        PartyId? customer,
        ProductId after,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation
    ) => Task.FromResult<IReadOnlyList<Product>>([]);

    public Task<bool> AdoptAsync(Decision begun) => throw new NotSupportedException("there are no products here");

    public Task EndRefundAsync(SubscriptionPayment refund) => Task.CompletedTask;

    public Task<IReadOnlyList<AccruedLine>> AccruedAsync(long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AccruedLine>>([]);

    public Task<bool> BillAsync(SubscriptionPayment billed) => Task.FromResult(false);

    public Task<bool> HasPendingCommandsAsync(AccountId account, CancellationToken cancellation) =>
        Task.FromResult(pending.Exists(row => row.Account == account));

    public Task<IReadOnlyList<OutboxCommand>> PendingAsync(int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OutboxCommand>>([.. pending.Take(limit)]);

    public Task DoneAsync(long number, DateTimeOffset at, string? refusal, CancellationToken cancellation)
    {
        var row = pending.Find(row => row.Number == number)!;
        if (refusal is not null)
            refused.Add((row.Account, $"{refusal}: {row.Command}"));
        pending.Remove(row);
        return Task.CompletedTask;
    }

    private void Write(Decision decision, DateTimeOffset now)
    {
        foreach (var payment in decision.Payments)
        {
            if (payments.FindIndex(line => line.Correlator == payment.Correlator) is >= 0 and var known)
                payments[known] = payment;
            else
                payments.Add(payment);
        }
        foreach (AccountCommand command in decision.Commands)
            pending.Add(new(++commands, decision.Next!.Account, command, now));
    }
}
