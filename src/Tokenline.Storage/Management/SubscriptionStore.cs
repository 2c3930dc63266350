using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Storage.Management;

internal sealed class SubscriptionStore(IDbContextFactory<ManagementDb> factory) : ISubscriptionStore
{
    private static readonly JsonSerializerOptions json = new(CommerceJson.Options) { Converters = { new OfferingJson() } };

    public async Task<Subscription?> FindAsync(ProductId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Subscriptions.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<Subscription>> ListAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Subscriptions.AsNoTracking()
            .Where(row => row.PartyId == customer)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<DueSubscription>> DueAsync(
        DueMark after,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Subscriptions.AsNoTracking()
            .Where(row => row.DueAt >= after.At && row.DueAt <= until)
            .Where(row => row.DueAt > after.At || (long)(object)row.Id > after.Id.Value)
            .OrderBy(row => row.DueAt)
            .ThenBy(row => row.Id)
            .Take(limit)
            .Select(row => new { row.Id, row.DueAt })
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new DueSubscription(row.Id, row.DueAt!.Value))];
    }

    public async Task<bool> SaveAsync(Decision decision, DateTimeOffset now)
    {
        var next = decision.Next ?? throw new InvalidOperationException("a refusal is not stored");
        var (version, saved) = (next.Version, next with { Version = next.Version + 1 });
        var (body, due, ends) = (Write(saved), SubscriptionMachine.DueAt(saved), EndOf(saved));
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var isMade = await db
            .Subscriptions.Where(row => row.Id == next.Id && row.Version == version)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, saved.State)
                    .SetProperty(row => row.DueAt, due)
                    .SetProperty(row => row.Version, saved.Version)
                    .SetProperty(row => row.Body, body)
            );
        if (isMade == 0)
            return false;
        await db
            .Products.Where(row => row.Id == next.Id)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.OfferingId, saved.Offering.Id)
                    .SetProperty(row => row.Name, saved.Offering.Name)
                    .SetProperty(row => row.ExpiresAt, ends)
            );
        // What others deliver of a bundle lasts as long as the bundle does.
        await db.Products.Where(row => row.BundleId == next.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, ends));
        foreach (var command in decision.Commands)
            db.Outbox.Add(OutboxStore.RowOf(next.Account, command, now));
        foreach (var payment in decision.Payments)
            await PutAsync(db, payment);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>The first state of one whose order is being completed, in that transaction.</summary>
    public static void Add(ManagementDb db, Decision begun)
    {
        var next = begun.Next!;
        db.Subscriptions.Add(
            new SubscriptionRow
            {
                Id = next.Id,
                PartyId = next.Customer,
                State = next.State,
                DueAt = SubscriptionMachine.DueAt(next),
                Version = next.Version,
                Body = Write(next),
            }
        );
        foreach (var payment in begun.Payments)
            db.SubscriptionPayments.Add(RowOf(payment));
    }

    public async Task<IReadOnlyList<SubscriptionPayment>> PaymentsAsync(ProductId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .SubscriptionPayments.AsNoTracking()
            .Where(row => row.SubscriptionId == id)
            .OrderBy(row => row.Number)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<SubscriptionPayment?> FindPaymentAsync(string correlator, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.SubscriptionPayments.AsNoTracking().FirstOrDefaultAsync(known => known.Correlator == correlator, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<OwedRefund>> OwedAsync(long after, int limit, CancellationToken cancellation) =>
        [
            .. (await InStateAsync(PaymentState.Owed, after, limit, cancellation)).Select(line => new OwedRefund(
                line.Number,
                line.Customer,
                line.Payment
            )),
        ];

    public async Task EndRefundAsync(SubscriptionPayment refund)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db
            .SubscriptionPayments.Where(row => row.Correlator == refund.Correlator && row.State == PaymentState.Owed)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, refund.State)
                    .SetProperty(row => row.EndedAt, refund.EndedAt)
                    .SetProperty(row => row.Reference, refund.Reference)
            );
    }

    public async Task<IReadOnlyList<AccruedLine>> AccruedAsync(long after, int limit, CancellationToken cancellation) =>
        [
            .. (await InStateAsync(PaymentState.Accrued, after, limit, cancellation)).Select(line => new AccruedLine(
                line.Number,
                line.Customer,
                line.Payment
            )),
        ];

    /// <summary>A page of lines, in the order of writing, with the customer whose they are.</summary>
    private async Task<IEnumerable<(long Number, PartyId Customer, SubscriptionPayment Payment)>> InStateAsync(
        PaymentState state,
        long after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .SubscriptionPayments.AsNoTracking()
            .Where(row => row.State == state && row.Number > after)
            .OrderBy(row => row.Number)
            .Take(limit)
            .Join(
                db.Subscriptions,
                payment => payment.SubscriptionId,
                subscription => subscription.Id,
                (payment, subscription) => new { Payment = payment, subscription.PartyId }
            )
            .ToListAsync(cancellation);
        return rows.OrderBy(row => row.Payment.Number).Select(row => (row.Payment.Number, row.PartyId, Read(row.Payment)));
    }

    public async Task<bool> BillAsync(SubscriptionPayment billed)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db
                .SubscriptionPayments.Where(row => row.Correlator == billed.Correlator && row.State == PaymentState.Accrued)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.State, PaymentState.Billed)
                        .SetProperty(row => row.EndedAt, billed.EndedAt)
                        .SetProperty(row => row.Reference, billed.Reference)
                ) == 1;
    }

    public async Task<IReadOnlyList<Product>> WithoutSubscriptionAsync(
        PartyId? customer,
        ProductId after,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db
            .Products.AsNoTracking()
            .Where(row => row.Kind == OfferingKind.Plan && row.ExpiresAt > now && (long)(object)row.Id > after.Value)
            .Where(row => !db.Subscriptions.Any(plan => plan.Id == row.Id));
        if (customer is { } one)
            rows = rows.Where(row => row.PartyId == one);
        return [.. (await rows.OrderBy(row => row.Id).Take(limit).ToListAsync(cancellation)).Select(OrderStore.Read)];
    }

    public async Task<bool> AdoptAsync(Decision begun)
    {
        await using var db = await factory.CreateDbContextAsync();
        Add(db, begun);
        try
        {
            await db.SaveChangesAsync();
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }

    public async Task<bool> HasPendingCommandsAsync(AccountId account, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Outbox.AnyAsync(row => row.AccountId == account && row.DoneAt == null, cancellation);
    }

    /// <summary>When what it has granted ends, for those who look at accounts.</summary>
    private static DateTimeOffset EndOf(Subscription subscription) =>
        subscription.EndedAt ?? (subscription.Due is { IsGranted: true } due ? due.Period.To : subscription.Period.To);

    private static async Task PutAsync(ManagementDb db, SubscriptionPayment payment)
    {
        if (await db.SubscriptionPayments.FirstOrDefaultAsync(row => row.Correlator == payment.Correlator) is not { } known)
        {
            db.SubscriptionPayments.Add(RowOf(payment));
            return;
        }
        known.State = payment.State;
        known.EndedAt = payment.EndedAt;
        known.Reference = payment.Reference;
        known.Reason = payment.Reason;
        known.LookAt = payment.LookAt;
    }

    private static string Write(Subscription subscription) => JsonSerializer.Serialize(subscription, json);

    private static Subscription Read(SubscriptionRow row) => ReadBody(row.Body);

    internal static Subscription ReadBody(string body) =>
        JsonSerializer.Deserialize<Subscription>(body, json) ?? throw new JsonException("a subscription is empty");

    private static SubscriptionPaymentRow RowOf(SubscriptionPayment payment) =>
        new()
        {
            Correlator = payment.Correlator,
            SubscriptionId = payment.Subscription,
            Kind = payment.Kind,
            Method = payment.Method,
            Period = payment.Period,
            AmountNano = payment.Amount.Nano,
            Currency = payment.Amount.Currency.Code,
            From = payment.From,
            To = payment.To,
            State = payment.State,
            AskedAt = payment.AskedAt,
            EndedAt = payment.EndedAt,
            Reference = payment.Reference,
            Reason = payment.Reason,
            LookAt = payment.LookAt,
        };

    internal static SubscriptionPayment Read(SubscriptionPaymentRow row) =>
        new(
            row.Correlator,
            row.SubscriptionId,
            row.Kind,
            row.Period,
            new Money(row.AmountNano, new Currency(row.Currency)),
            row.From,
            row.To,
            row.State,
            row.AskedAt,
            row.EndedAt,
            row.Reference,
            row.Reason
        )
        {
            Method = row.Method,
            LookAt = row.LookAt,
        };

    /// <summary>An offering within a subscription, as orders keep it.</summary>
    private sealed class OfferingJson : JsonConverter<ProductOffering>
    {
        public override ProductOffering Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            (
                JsonSerializer.Deserialize<OfferingSnapshot>(ref reader, CommerceJson.Options)
                ?? throw new JsonException("an offering is missing")
            ).ToOffering();

        public override void Write(Utf8JsonWriter writer, ProductOffering value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, OfferingSnapshot.Of(value), CommerceJson.Options);
    }
}
