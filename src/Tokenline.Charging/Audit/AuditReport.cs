namespace Tokenline.Charging.Audit;

/// <summary>What an audit found. Clean means no difference; open charges are not differences, they are calls that run.</summary>
/// <param name="Position">The journal position that everything was compared at.</param>
/// <param name="Live">Accounts whose live state was compared too.</param>
public sealed record AuditReport(
    long Position,
    int Accounts,
    int Live,
    long Entries,
    long Records,
    long OpenCharges,
    IReadOnlyList<AuditDifference> Differences
)
{
    public bool IsClean => Differences.Count == 0;
}

/// <param name="Subject">The bucket or charge it is about, or empty.</param>
public sealed record AuditDifference(AccountId Account, string Subject, string Finding)
{
    public override string ToString() => Subject.Length > 0 ? $"{Account} {Subject}: {Finding}" : $"{Account}: {Finding}";
}
