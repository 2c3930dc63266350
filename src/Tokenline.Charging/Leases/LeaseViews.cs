using System.Text.Json.Serialization;
using Tokenline.Charging.Accounts;

namespace Tokenline.Charging.Leases;

/// <summary>An account's leases: those it has given, and the one it lives on.</summary>
/// <param name="Sequence">Of the account, when it was so.</param>
/// <param name="Suspended">Its own standing.</param>
/// <param name="Given">Those that have ended last, so that refunds of their calls find their way.</param>
/// <param name="Taken">Null: it is an account like any other.</param>
public sealed record LeaseBook(AccountId Account, long Sequence, bool Suspended, IReadOnlyList<LeaseView> Given, LesseeView? Taken)
{
    public LeaseView? Find(AccountId lessee)
    {
        foreach (var lease in Given)
        {
            if (lease.Terms.Lessee == lessee)
                return lease;
        }
        return null;
    }
}

/// <summary>A lease as its lessor knows it.</summary>
/// <param name="Running">Calls of the subtree that run in the lessor still: it is handed over when there are none.</param>
/// <param name="Number">Of the newest supply.</param>
/// <param name="Until">What the lessee has is valid for so long; null before the first supply.</param>
/// <param name="IsEnding">It was recalled.</param>
/// <param name="HasEnded">The subtree is the lessor's again.</param>
/// <param name="ReportedAt">The lessee's sequence at which it last accounted for itself.</param>
/// <param name="Tree">What the lessee is to serve; null before the subtree is quiet, and after the first supply.</param>
public sealed record LeaseView(
    LeaseTerms Terms,
    int Running,
    long Number,
    DateTimeOffset? Until,
    bool IsEnding,
    bool HasEnded,
    long ReportedAt,
    IReadOnlyList<LentView> Parts,
    AllotmentImage[]? Tree
)
{
    /// <summary>Lent, and neither known to be consumed nor returned: the amount that is stranded if the lessee is never heard of again.</summary>
    [JsonIgnore]
    public long Out => Parts.Sum(part => part.Out);
}

/// <param name="Bucket">The lessor's.</param>
/// <param name="Mirror">The lessee's.</param>
public sealed record LentView(BucketId Bucket, BucketGrant Mirror, long Lent, long Consumed, long Returned, long Refunded)
{
    [JsonIgnore]
    public long Out => Lent - Consumed - Returned;
}

/// <summary>A lease as its lessee knows it.</summary>
/// <param name="Number">Of the newest supply that it has got.</param>
/// <param name="IsUsed">Calls came since then.</param>
/// <param name="IsLow">It wants the next one.</param>
/// <param name="Running">Its running calls.</param>
/// <param name="Tree">The subtree with what its limits have counted, once the lease has ended and no call runs.</param>
public sealed record LesseeView(
    AccountId Lessor,
    LeaseTerms Terms,
    long Number,
    DateTimeOffset? Until,
    bool IsEnding,
    bool IsLessorSuspended,
    bool IsUsed,
    bool IsLow,
    int Running,
    IReadOnlyList<TakenView> Parts,
    AllotmentImage[]? Tree
);

public sealed record TakenView(BucketId Mirror, long Lent, long Remaining, long Reserved, long Consumed, long Returned, long Refunded);
