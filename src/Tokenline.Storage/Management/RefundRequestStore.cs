using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tokenline.Commerce.Refunds;

namespace Tokenline.Storage.Management;

internal sealed class RefundRequestRow
{
    public RefundRequestId Id { get; set; }
    public PartyId PartyId { get; set; }
    public AccountId AccountId { get; set; }
    public ChargeId ChargeId { get; set; }

    /// <summary>The charge as long as nothing came of it: of each there is one at a time.</summary>
    public ChargeId? LiveId { get; set; }
    public MembershipId? ById { get; set; }
    public required string Reason { get; set; }
    public DateTimeOffset At { get; set; }
    public RefundRequestState State { get; set; }
    public int? Millionths { get; set; }
    public string? Answer { get; set; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class RefundRequestTable : IEntityTypeConfiguration<RefundRequestRow>
{
    public void Configure(EntityTypeBuilder<RefundRequestRow> request)
    {
        request.ToTable("refund_request").HasKey(row => row.Id);
        request.Property(row => row.Id).ValueGeneratedNever();
        request.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        request.HasIndex(row => row.LiveId).IsUnique();
        request.HasIndex(row => new { row.ChargeId, row.Id });
        request.HasIndex(row => new { row.PartyId, row.Id });
        request.HasIndex(row => new { row.State, row.Id });
    }
}

internal sealed class RefundRequestStore(IDbContextFactory<ManagementDb> factory) : IRefundRequestStore
{
    public async Task<bool> AddAsync(AskedRefund asked, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Set<RefundRequestRow>()
            .Add(
                new RefundRequestRow
                {
                    Id = asked.Id,
                    PartyId = asked.Customer,
                    AccountId = asked.Account,
                    ChargeId = asked.Charge,
                    LiveId = asked.Charge,
                    ById = asked.By,
                    Reason = asked.Reason,
                    At = asked.At,
                    State = asked.State,
                }
            );
        try
        {
            await db.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }

    public async Task<AskedRefund?> FindAsync(RefundRequestId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await Rows(db).FirstOrDefaultAsync(row => row.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<AskedRefund>> OfAsync(ChargeId charge, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await Rows(db).Where(row => row.ChargeId == charge).OrderByDescending(row => row.Id).ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<AskedRefund>> ListAsync(
        RefundRequestState? state,
        PartyId? customer,
        RefundRequestId? before,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = Rows(db);
        if (state is { } wanted)
            rows = rows.Where(row => row.State == wanted);
        if (customer is { } whose)
            rows = rows.Where(row => row.PartyId == whose);
        if (before is { } mark)
            rows = rows.Where(row => (long)(object)row.Id < mark.Value);
        var found = await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellation);
        return [.. found.Select(Read)];
    }

    public async Task<int> CountAsync(PartyId? customer, RefundRequestState state, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = Rows(db).Where(row => row.State == state);
        if (customer is { } whose)
            rows = rows.Where(row => row.PartyId == whose);
        return await rows.CountAsync(cancellation);
    }

    public async Task<bool> ChangeAsync(AskedRefund next, RefundRequestState from)
    {
        await using var db = await factory.CreateDbContextAsync();
        ChargeId? live = next.State is RefundRequestState.Open or RefundRequestState.Granted ? next.Charge : null;
        return await db.Set<RefundRequestRow>()
                .Where(row => row.Id == next.Id && row.State == from)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.State, next.State)
                        .SetProperty(row => row.LiveId, live)
                        .SetProperty(row => row.Millionths, next.Millionths)
                        .SetProperty(row => row.Answer, next.Answer)
                        .SetProperty(row => row.DecidedBy, next.DecidedBy)
                        .SetProperty(row => row.EndedAt, next.EndedAt)
                ) == 1;
    }

    private static IQueryable<RefundRequestRow> Rows(ManagementDb db) => db.Set<RefundRequestRow>().AsNoTracking();

    private static AskedRefund Read(RefundRequestRow row) =>
        new(
            row.Id,
            row.PartyId,
            row.AccountId,
            row.ChargeId,
            row.ById,
            row.Reason,
            row.At,
            row.State,
            row.Millionths,
            row.Answer,
            row.DecidedBy,
            row.EndedAt
        );
}
