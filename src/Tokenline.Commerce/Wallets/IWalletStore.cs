namespace Tokenline.Commerce.Wallets;

/// <summary>Keeps wallets and their movements. A movement and the balance that follows are one transaction, and of many at once they are made one after the other.</summary>
public interface IWalletStore
{
    /// <summary>Null: nothing was ever put in.</summary>
    Task<Wallet?> FindAsync(PartyId owner, CancellationToken cancellation);

    /// <summary>
    /// Makes a movement once, and returns it as it was made, now or before: compare it with what was wanted.
    /// What would leave less than nothing, or give back more than a payment, is kept as refused.
    /// </summary>
    Task<WalletMovement> MoveAsync(WantedMovement wanted);

    Task<WalletMovement?> FindMovementAsync(string correlator, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<WalletMovement>> StatementAsync(PartyId owner, MovementId? before, int limit, CancellationToken cancellation);

    /// <summary>
    /// All wallets' movements in the order of their numbers, for who keeps books of them and remembers where he was. Those of the last moments may still be
    /// numbered in another order than they are committed in: let <paramref name="until"/> be a minute ago.
    /// </summary>
    Task<IReadOnlyList<WalletMovement>> MovementsAsync(MovementId after, DateTimeOffset until, int limit, CancellationToken cancellation);

    /// <summary>Stores a new top-up; or returns the customer's with the same external id.</summary>
    Task<TopUp?> AddOrFindAsync(TopUp topUp, CancellationToken cancellation);

    Task<TopUp?> FindTopUpAsync(TopUpId id, CancellationToken cancellation);

    Task<TopUp?> FindTopUpAsync(PartyId customer, string externalId, CancellationToken cancellation);

    /// <summary>Nano that top-ups whose end is not known may yet bring.</summary>
    Task<long> ComingAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<TopUp>> TopUpsAsync(PartyId customer, TopUpId? before, int limit, CancellationToken cancellation);

    /// <summary>Whose end is not known, begun until then, after the mark, oldest first.</summary>
    Task<IReadOnlyList<TopUp>> UnfinishedAsync(TopUpId after, DateTimeOffset until, int limit, CancellationToken cancellation);

    /// <summary>In one transaction: the top-up ended, and the movement that it brought. False when it had ended before; what had failed may still be completed.</summary>
    Task<bool> EndAsync(TopUp ended, WantedMovement? movement);
}
