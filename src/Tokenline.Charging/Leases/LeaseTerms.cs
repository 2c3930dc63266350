namespace Tokenline.Charging.Leases;

/// <summary>What is agreed between an account (the lessor) and the account that one of its subtrees has been made (the lessee).</summary>
/// <param name="Node">The top of the subtree, in the lessor's tree.</param>
/// <param name="Lessee">An account of its own, new, and of this lease alone.</param>
/// <param name="Unit">What is lent. Money and other units stay with the lessor.</param>
/// <param name="Size">
/// Micro-units that the lessee is kept supplied with. What it has and has not consumed is at most twice as much in each scope (models and meters) of the lessor's buckets.
/// </param>
/// <param name="ValiditySeconds">From the last supply on (RFC 8506 Validity-Time). After it the lessee holds no call on what it has, and gives it back.</param>
public sealed record LeaseTerms(AllotmentId Node, AccountId Lessee, QuotaUnit Unit, long Size, int ValiditySeconds)
{
    public const int ValidityMinSeconds = 10;
    public const int ValidityMaxSeconds = 24 * 3600;

    internal TimeSpan Validity => TimeSpan.FromSeconds(ValiditySeconds);

    /// <summary>Null: nothing. Otherwise the field and the reason.</summary>
    public string? WhatIsWrong()
    {
        if (Size is < 1 or > long.MaxValue / 4)
            return "size: more than nothing";
        if (ValiditySeconds is < ValidityMinSeconds or > ValidityMaxSeconds)
            return $"validitySeconds: {ValidityMinSeconds} to {ValidityMaxSeconds}";
        return Node == Accounts.Allotment.Root ? "node: the account itself is the lessor" : null;
    }
}
