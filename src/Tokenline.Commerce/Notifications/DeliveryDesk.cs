namespace Tokenline.Commerce.Notifications;

/// <summary>Deliveries over all customers.</summary>
public interface IDeliverySearch
{
    /// <summary>Newest first.</summary>
    /// <param name="state">Null: any.</param>
    /// <param name="before">Only older ones than this number.</param>
    Task<IReadOnlyList<Delivery>> ListAsync(DeliveryState? state, long? before, int limit, CancellationToken cancellation);

    Task<Delivery?> FindAsync(long number, CancellationToken cancellation);

    /// <summary>How many there are of each state since an instant.</summary>
    Task<IReadOnlyDictionary<DeliveryState, long>> CountAsync(DateTimeOffset since, CancellationToken cancellation);
}

/// <summary>Sends anew what was given up.</summary>
public sealed class DeliveryDesk(IDeliverySearch search, INotificationStore store, TimeProvider time)
{
    /// <summary>From the beginning, as soon as its lane is free. Who has got it already may get it twice, under the same id.</summary>
    public async Task<Outcome<Delivery>> SendAgainAsync(long number, CancellationToken cancellation)
    {
        if (await search.FindAsync(number, cancellation) is not { } delivery)
            return Refused.NotFound("delivery", new Id<DeliveryKind>(number).ToString());
        if (delivery.State == DeliveryState.Pending)
            return new Refused(Problems.WrongState, "It is on its way.");
        var again = delivery with { State = DeliveryState.Pending, Attempts = 0, NextAt = time.GetUtcNow(), EndedAt = null };
        await store.PutAsync(again, CancellationToken.None);
        return again;
    }
}
