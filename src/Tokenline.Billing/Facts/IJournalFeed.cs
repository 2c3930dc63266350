using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Billing.Facts;

/// <summary>The charge journal, from its first entry on, over all accounts: what moves quota or money, and nothing else.</summary>
public interface IJournalFeed
{
    /// <summary>Every entry up to this position is there, and none will come before it any more.</summary>
    ValueTask<long> HorizonAsync(CancellationToken cancellation);

    /// <summary>In the order of positions.</summary>
    /// <param name="after">Only facts after this position; 0 starts at the first.</param>
    /// <param name="until">The last position that is looked at: a horizon.</param>
    ValueTask<IReadOnlyList<JournalFact>> ReadAsync(long after, long until, int limit, CancellationToken cancellation);

    /// <summary>Settled calls of a model that a vendor answered, in the order of their charges, after one and until another.</summary>
    ValueTask<IReadOnlyList<UsageRecord>> CallsAsync(
        string vendor,
        string model,
        ChargeId after,
        ChargeId until,
        int limit,
        CancellationToken cancellation
    );
}

/// <param name="Entry">Null of a settled charge, which its record tells whole.</param>
/// <param name="Record">Of a settled charge, and of the charge that a refund is of; null where it is not kept any more.</param>
public sealed record JournalFact(long Position, AccountId Account, JournalEntry? Entry, UsageRecord? Record);
