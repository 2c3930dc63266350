using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Entitlement;

/// <summary>A change that somebody asked of a charging account. Kept as the record of who was given what, and why.</summary>
/// <param name="Key">The client's own name for the change: repeated, it is the same change. Unique within the account.</param>
/// <param name="Request">What was asked, word for word.</param>
/// <param name="DoneAt">Null: not carried out, or not known to be.</param>
public sealed record AccountChange(
    CommandId Id,
    AccountId Account,
    string? Key,
    string Request,
    AccountCommand Command,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DoneAt = null
);

public interface IAccountChangeStore
{
    /// <summary>Stores a new change and returns it, or the account's change with the same key.</summary>
    Task<AccountChange> AddOrFindAsync(AccountChange change, CancellationToken cancellation);

    Task DoneAsync(CommandId id, DateTimeOffset at);

    /// <summary>Accounts of which a subtree was to be leased, by changes after this one.</summary>
    Task<IReadOnlyList<AccountId>> LessorsAsync(CommandId after, CancellationToken cancellation);
}
