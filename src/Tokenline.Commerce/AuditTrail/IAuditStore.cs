namespace Tokenline.Commerce.AuditTrail;

/// <summary>Which entries are looked for; null is any.</summary>
public sealed record AuditQuery
{
    public AuditActorKind? ActorKind { get; init; }
    public string? Actor { get; init; }

    /// <summary>A whole action, or with a dot at its end all that begin with it: <c>staff.</c></summary>
    public string? Action { get; init; }
    public string? Kind { get; init; }
    public string? Id { get; init; }
    public PartyId? Customer { get; init; }
    public string? Vendor { get; init; }

    /// <summary>At this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Keeps the chain. Nothing is ever changed or removed.</summary>
public interface IAuditStore
{
    /// <summary>In a transaction of its own.</summary>
    Task<AuditEntry> WriteAsync(AuditDraft draft, DateTimeOffset at);

    /// <summary>Newest first.</summary>
    /// <param name="before">Only those with a smaller number; null: from the newest on.</param>
    Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, long? before, int countMax, CancellationToken cancellation);

    /// <summary>What became of these: the entries that name them.</summary>
    Task<IReadOnlyList<AuditEntry>> EndingsAsync(IReadOnlyCollection<long> numbers, CancellationToken cancellation);

    Task<AuditEntry?> FindAsync(long number, CancellationToken cancellation);

    /// <summary>In the order of the chain, after this number.</summary>
    Task<IReadOnlyList<AuditEntry>> ChainAsync(long after, int countMax, CancellationToken cancellation);
}
