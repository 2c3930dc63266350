namespace Tokenline.Commerce.Refunds;

/// <summary>Keeps what customers ask to be given back.</summary>
public interface IRefundRequestStore
{
    /// <summary>False: there is one for this charge that is open or granted.</summary>
    Task<bool> AddAsync(AskedRefund asked, CancellationToken cancellation);

    Task<AskedRefund?> FindAsync(RefundRequestId id, CancellationToken cancellation);

    /// <summary>Of one charge, newest first.</summary>
    Task<IReadOnlyList<AskedRefund>> OfAsync(ChargeId charge, CancellationToken cancellation);

    /// <summary>Newest first; of one state or all, of one customer or all.</summary>
    Task<IReadOnlyList<AskedRefund>> ListAsync(
        RefundRequestState? state,
        PartyId? customer,
        RefundRequestId? before,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>Of one customer or all.</summary>
    Task<int> CountAsync(PartyId? customer, RefundRequestState state, CancellationToken cancellation);

    /// <summary>Writes state, part, answer, who decided, and the end; false: it was in another state than <paramref name="from"/>.</summary>
    Task<bool> ChangeAsync(AskedRefund next, RefundRequestState from);
}
