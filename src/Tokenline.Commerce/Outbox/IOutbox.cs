using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Outbox;

/// <summary>A command for a charging account that was decided together with a change of management data.</summary>
/// <param name="Number">In the order of writing.</param>
public sealed record OutboxCommand(long Number, AccountId Account, AccountCommand Command, DateTimeOffset CreatedAt);

/// <summary>Reads what the stores wrote into the outbox. Rows stay, as the record of what was asked for.</summary>
public interface IOutbox
{
    /// <summary>What is not done, oldest first.</summary>
    Task<IReadOnlyList<OutboxCommand>> PendingAsync(int limit, CancellationToken cancellation);

    /// <param name="refusal">The account's words when it refused; null when it was done.</param>
    Task DoneAsync(long number, DateTimeOffset at, string? refusal, CancellationToken cancellation);
}
