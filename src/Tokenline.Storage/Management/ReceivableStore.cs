using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Storage.Management;

internal sealed class ReceivableStore(IDbContextFactory<ManagementDb> factory) : IReceivableStore
{
    public async Task<InvoiceTerms?> FindTermsAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.InvoiceTerms.AsNoTracking().FirstOrDefaultAsync(known => known.PartyId == customer, cancellation);
        return row is null ? null : Read(row);
    }

    public Task PutTermsAsync(InvoiceTerms terms, CancellationToken cancellation) =>
        UniqueViolations.PutAsync(async () =>
        {
            await using var db = await factory.CreateDbContextAsync(cancellation);
            // The sums are changed by their own transactions, at the same time.
            var isThere = await db
                .InvoiceTerms.Where(row => row.PartyId == terms.Customer)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.NetDays, terms.NetDays)
                            .SetProperty(row => row.CreditLimitNano, terms.CreditLimit.Nano)
                            .SetProperty(row => row.PurchaseOrder, terms.PurchaseOrder)
                            .SetProperty(row => row.NeedsPurchaseOrder, terms.NeedsPurchaseOrder)
                            .SetProperty(row => row.AgreedAt, terms.AgreedAt)
                            .SetProperty(row => row.IsEnded, terms.IsEnded),
                    cancellation
                );
            if (isThere > 0)
                return;
            db.InvoiceTerms.Add(
                new InvoiceTermsRow
                {
                    PartyId = terms.Customer,
                    NetDays = terms.NetDays,
                    CreditLimitNano = terms.CreditLimit.Nano,
                    Currency = terms.CreditLimit.Currency.Code,
                    PurchaseOrder = terms.PurchaseOrder,
                    NeedsPurchaseOrder = terms.NeedsPurchaseOrder,
                    AgreedAt = terms.AgreedAt,
                    IsEnded = terms.IsEnded,
                }
            );
            await db.SaveChangesAsync(cancellation);
        });

    public async Task<ReceivableOutcome> IssueAsync(Receivable wanted, DateTimeOffset now)
    {
        var made = await ChangeAsync(
            wanted.Customer,
            wanted.Correlator,
            async (db, terms) =>
            {
                var refusal = await WhyNotAsync(db, terms, wanted, now);
                if (refusal is not null)
                    return Entry(wanted.Correlator, null, wanted.Customer, ReceivableEntryType.Refused, wanted.Amount, now, null, refusal);
                var applied = Math.Min(terms!.CreditNano, wanted.Amount.Nano);
                var open = wanted.Amount.Nano - applied;
                db.Receivables.Add(
                    new ReceivableRow
                    {
                        Id = wanted.Id,
                        PartyId = wanted.Customer,
                        Correlator = wanted.Correlator,
                        AmountNano = wanted.Amount.Nano,
                        OpenNano = open,
                        Currency = wanted.Amount.Currency.Code,
                        Description = wanted.Description,
                        PurchaseOrder = wanted.PurchaseOrder,
                        IssuedAt = wanted.IssuedAt,
                        DueAt = wanted.DueAt,
                        SettledAt = open == 0 ? now : null,
                    }
                );
                await db.SaveChangesAsync();
                await AddAsync(db, terms, open, -applied);
                var issued = Entry(
                    wanted.Correlator,
                    wanted.Id,
                    wanted.Customer,
                    ReceivableEntryType.Issued,
                    wanted.Amount,
                    now,
                    null,
                    null
                );
                db.ReceivableEntries.Add(issued);
                if (applied > 0)
                    db.ReceivableEntries.Add(
                        Entry(
                            $"{wanted.Correlator}-credit",
                            wanted.Id,
                            wanted.Customer,
                            ReceivableEntryType.Applied,
                            wanted.Amount with
                            {
                                Nano = applied,
                            },
                            now,
                            null,
                            null
                        )
                    );
                return issued;
            }
        );
        return made ?? throw new InvalidOperationException("an issue is made or refused");
    }

    public async Task<ReceivableOutcome?> PayAsync(ReceivableId id, string correlator, Money amount, string reference, DateTimeOffset now)
    {
        if (await FindAsync(id, CancellationToken.None) is not { } receivable)
            return null;
        return await ChangeAsync(
            receivable.Customer,
            correlator,
            async (db, terms) =>
            {
                var open = await db.Receivables.Where(row => row.Id == id).Select(row => row.OpenNano).SingleAsync();
                if (amount.Nano > open)
                    return null;
                await LowerAsync(db, id, amount.Nano, open, now);
                await AddAsync(db, terms!, -amount.Nano, 0);
                return Entry(correlator, id, receivable.Customer, ReceivableEntryType.Paid, amount, now, reference, null);
            }
        );
    }

    public async Task<ReceivableOutcome> CreditAsync(string of, string correlator, Money amount, string reason, DateTimeOffset now)
    {
        await using var reading = await factory.CreateDbContextAsync();
        var known =
            await reading.Receivables.AsNoTracking().FirstOrDefaultAsync(row => row.Correlator == of)
            ?? throw new InvalidOperationException($"there is no receivable for {of}");
        var made = await ChangeAsync(
            known.PartyId,
            correlator,
            async (db, terms) =>
            {
                var receivable = await db.Receivables.AsNoTracking().SingleAsync(row => row.Id == known.Id);
                var credited = await db
                    .ReceivableEntries.Where(row => row.ReceivableId == known.Id && row.Type == ReceivableEntryType.Credited)
                    .SumAsync(row => row.AmountNano);
                if (amount.Nano > receivable.AmountNano - credited)
                    return Entry(
                        correlator,
                        known.Id,
                        known.PartyId,
                        ReceivableEntryType.Refused,
                        amount,
                        now,
                        null,
                        $"of it {new Money(receivable.AmountNano - credited, amount.Currency)} is left to give back"
                    );
                var fromOpen = Math.Min(receivable.OpenNano, amount.Nano);
                await LowerAsync(db, known.Id, fromOpen, receivable.OpenNano, now);
                await AddAsync(db, terms!, -fromOpen, amount.Nano - fromOpen);
                return Entry(correlator, known.Id, known.PartyId, ReceivableEntryType.Credited, amount, now, null, reason);
            }
        );
        return made ?? throw new InvalidOperationException("a credit is made or refused");
    }

    public async Task<Receivable?> FindAsync(ReceivableId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Receivables.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<ReceivableEntry>> EntriesAsync(ReceivableId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .ReceivableEntries.AsNoTracking()
            .Where(row => row.ReceivableId == id)
            .OrderBy(row => row.Number)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<Receivable>> ListAsync(
        PartyId customer,
        bool isOpen,
        ReceivableId? before,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var until = before?.Value ?? long.MaxValue;
        var rows = db.Receivables.AsNoTracking().Where(row => row.PartyId == customer && (long)(object)row.Id < until);
        if (isOpen)
            rows = rows.Where(row => row.OpenNano > 0);
        return [.. (await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellation)).Select(Read)];
    }

    public async Task<IReadOnlyList<ReceivableEntry>> EntriesAsync(
        long after,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .ReceivableEntries.AsNoTracking()
            .Where(row => row.Number > after && row.At <= until)
            .OrderBy(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<Receivable>> ToTellAsync(
        ReceivableId after,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Receivables.AsNoTracking()
            .Where(row => (row.OpenNano > 0 && !row.IsOverdueTold && row.DueAt <= now) || (row.OpenNano == 0 && row.IsOverdueTold))
            .Where(row => (long)(object)row.Id > after.Value)
            .OrderBy(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task ToldAsync(ReceivableId id, bool isOverdue)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.Receivables.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsOverdueTold, isOverdue));
    }

    /// <summary>
    /// Makes a change once per correlator, in one transaction whose first statement takes the customer's terms, so that all that follows is decided on what stays so.
    /// </summary>
    /// <param name="change">The entry to keep; null: nothing is changed.</param>
    private async Task<ReceivableOutcome?> ChangeAsync(
        PartyId customer,
        string correlator,
        Func<ManagementDb, InvoiceTermsRow?, Task<ReceivableEntryRow?>> change
    )
    {
        while (true)
        {
            await using var db = await factory.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            try
            {
                var mine = db.InvoiceTerms.Where(row => row.PartyId == customer);
                await mine.ExecuteUpdateAsync(set => set.SetProperty(row => row.OpenNano, row => row.OpenNano));
                var entry = await db.ReceivableEntries.AsNoTracking().FirstOrDefaultAsync(row => row.Correlator == correlator);
                if (entry is null)
                {
                    entry = await change(db, await mine.AsNoTracking().SingleOrDefaultAsync());
                    if (entry is null)
                        return null;
                    if (db.Entry(entry).State == EntityState.Detached)
                        db.ReceivableEntries.Add(entry);
                    await db.SaveChangesAsync();
                    await transaction.CommitAsync();
                }
                var receivable = entry.ReceivableId is { } id ? await db.Receivables.AsNoTracking().SingleAsync(row => row.Id == id) : null;
                return new(Read(entry), receivable is null ? null : Read(receivable));
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation())
            {
                // Another was faster to make it: the next time finds it.
            }
        }
    }

    private static async Task<string?> WhyNotAsync(ManagementDb db, InvoiceTermsRow? terms, Receivable wanted, DateTimeOffset now)
    {
        if (terms is null or { IsEnded: true })
            return "there are no terms to pay by invoice";
        if (terms.Currency != wanted.Amount.Currency.Code)
            return $"the terms are in {terms.Currency}";
        if (terms.NeedsPurchaseOrder && wanted.PurchaseOrder is null)
            return "a purchase order number is needed";
        if ((Int128)terms.OpenNano - terms.CreditNano + wanted.Amount.Nano > terms.CreditLimitNano)
            return $"more than the credit limit of {new Money(terms.CreditLimitNano, wanted.Amount.Currency)} would be open";
        return await db.Receivables.AnyAsync(row => row.PartyId == wanted.Customer && row.OpenNano > 0 && row.DueAt <= now)
            ? "an earlier invoice is overdue"
            : null;
    }

    private static Task<int> AddAsync(ManagementDb db, InvoiceTermsRow terms, long open, long credit) =>
        db
            .InvoiceTerms.Where(row => row.PartyId == terms.PartyId)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.OpenNano, row => row.OpenNano + open)
                    .SetProperty(row => row.CreditNano, row => row.CreditNano + credit)
            );

    private static Task LowerAsync(ManagementDb db, ReceivableId id, long by, long open, DateTimeOffset now) =>
        by == 0
            ? Task.CompletedTask
            : db
                .Receivables.Where(row => row.Id == id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.OpenNano, row => row.OpenNano - by)
                        .SetProperty(row => row.SettledAt, row => by == open ? now : row.SettledAt)
                );

    private static ReceivableEntryRow Entry(
        string correlator,
        ReceivableId? receivable,
        PartyId customer,
        ReceivableEntryType type,
        Money amount,
        DateTimeOffset at,
        string? reference,
        string? reason
    ) =>
        new()
        {
            Correlator = correlator,
            ReceivableId = receivable,
            PartyId = customer,
            Type = type,
            AmountNano = amount.Nano,
            Currency = amount.Currency.Code,
            At = at,
            Reference = reference,
            Reason = reason,
        };

    private static InvoiceTerms Read(InvoiceTermsRow row)
    {
        var currency = new Currency(row.Currency);
        return new(
            row.PartyId,
            row.NetDays,
            new Money(row.CreditLimitNano, currency),
            row.PurchaseOrder,
            row.NeedsPurchaseOrder,
            row.AgreedAt
        )
        {
            IsEnded = row.IsEnded,
            Open = new Money(row.OpenNano, currency),
            Credit = new Money(row.CreditNano, currency),
        };
    }

    private static Receivable Read(ReceivableRow row)
    {
        var currency = new Currency(row.Currency);
        return new(
            row.Id,
            row.PartyId,
            row.Correlator,
            new Money(row.AmountNano, currency),
            new Money(row.OpenNano, currency),
            row.Description,
            row.PurchaseOrder,
            row.IssuedAt,
            row.DueAt,
            row.SettledAt
        );
    }

    private static ReceivableEntry Read(ReceivableEntryRow row) =>
        new(
            row.Number,
            row.Correlator,
            row.ReceivableId,
            row.PartyId,
            row.Type,
            new Money(row.AmountNano, new Currency(row.Currency)),
            row.At,
            row.Reference,
            row.Reason
        );
}
