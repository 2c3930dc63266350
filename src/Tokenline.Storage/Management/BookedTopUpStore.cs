using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Storage.Management;

/// <summary>What was put into wallets by phone bill: a top-up's id is the correlator.</summary>
internal sealed class BookedTopUpStore(IDbContextFactory<ManagementDb> factory) : IBookedPayments
{
    public async Task<IReadOnlyList<BookedPayment>> FindAsync(
        SettlementKind kind,
        IReadOnlyCollection<string> correlators,
        CancellationToken cancellation
    )
    {
        var ids = correlators.Select(text => TopUpId.TryParse(text, out var id) ? id : (TopUpId?)null).OfType<TopUpId>().ToList();
        if (kind != SettlementKind.Payment || ids.Count == 0)
            return [];
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .TopUps.AsNoTracking()
            .Where(row => ids.Contains(row.Id) && row.Source == TopUpSource.PhoneBill)
            .ToListAsync(cancellation);
        return [.. rows.Select(Of)];
    }

    public async IAsyncEnumerable<BookedPayment> PaidAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db
            .TopUps.AsNoTracking()
            .Where(row => row.Source == TopUpSource.PhoneBill && row.State == TopUpState.Completed)
            .Where(row => row.EndedAt >= from && row.EndedAt < until)
            .OrderBy(row => row.Id)
            .AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(cancellation))
            yield return Of(row);
    }

    private static BookedPayment Of(TopUpRow row)
    {
        var topUp = WalletStore.Read(row);
        return new(
            SettlementKind.Payment,
            topUp.Id.ToString(),
            topUp.Reference,
            topUp.Amount,
            topUp.CreatedAt,
            topUp.State switch
            {
                TopUpState.Completed => "completed",
                TopUpState.Failed => "failed",
                _ => "in progress",
            },
            topUp.State == TopUpState.Completed
        );
    }
}
