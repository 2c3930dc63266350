using Tokenline.Charging.Limits;

namespace Tokenline.Commerce.Entitlement;

/// <summary>What a department may use of a pool in a month of it, and what the others must leave for it.</summary>
/// <param name="Node">Right under the account.</param>
/// <param name="Most">Micro-units; null: it has no cap, and may take all.</param>
/// <param name="Least">Micro-units that it is guaranteed; 0: none.</param>
/// <param name="Used">Of the cap in the present month, with what running calls hold.</param>
public sealed record PoolShare(AllotmentId Node, string Name, long? Most, long Least, long Used)
{
    /// <summary>The limit that is the cap.</summary>
    public const string LimitId = "share";
}

/// <summary>The shares of a pool, as they are or as they would be.</summary>
public sealed record PoolSplit(long Pool, QuotaUnit Unit, IReadOnlyList<PoolShare> Shares)
{
    /// <summary>What is left for a node when all others take their most.</summary>
    public long LeftFor(PoolShare share)
    {
        Int128 others = 0;
        foreach (var other in Shares)
        {
            if (other.Node != share.Node)
                others += other.Most ?? Pool;
        }
        return (long)Int128.Max(0, Pool - others);
    }

    /// <summary>The others leave at least what it is guaranteed.</summary>
    public bool IsKept(PoolShare share) => LeftFor(share) >= share.Least;

    public PoolSplit With(PoolShare changed) => this with { Shares = [.. Shares.Select(one => one.Node == changed.Node ? changed : one)] };

    /// <summary>Null: it could be kept.</summary>
    public Refused? WhatIsWrong()
    {
        foreach (var share in Shares)
        {
            if (share.Least > (share.Most ?? Pool))
                return Refused.Invalid("least", $"{share.Name} is guaranteed more than it may use.");
            if (share.Least > 0 && !IsKept(share))
                return new Refused(
                    Problems.Conflict,
                    $"{share.Name} is guaranteed {Whole(share.Least)} {Unit}, and the others may take all but {Whole(LeftFor(share))} of {Whole(Pool)}."
                );
        }
        return null;
    }

    private static string Whole(long micro) =>
        ((decimal)micro / QuotaUnit.Micro).ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Keeps what is guaranteed; the caps are on the nodes themselves.</summary>
public interface IPoolShareStore
{
    /// <summary>By node, in micro-units.</summary>
    Task<IReadOnlyDictionary<AllotmentId, long>> LeastAsync(ProductId subscription, CancellationToken cancellation);

    Task PutLeastAsync(ProductId subscription, AllotmentId node, long least);
}
