namespace Tokenline.Commerce.AuditTrail;

/// <summary>A number and the hash that its entry had, kept outside of the database.</summary>
public sealed record AuditHead(long Number, string Hash);

/// <param name="Entries">How many were read.</param>
/// <param name="Head">The last one that is right; null: there is none.</param>
/// <param name="BrokenAt">The first number at which the chain does not hold; null: it holds.</param>
public sealed record AuditVerification(long Entries, AuditHead? Head, long? BrokenAt, string? Reason)
{
    public bool IsWhole => BrokenAt is null;
}

/// <summary>Writes, reads and verifies the audit log.</summary>
public sealed class AuditLog(IAuditStore store, TimeProvider time)
{
    private const int PageSize = 1000;

    public Task<AuditEntry> WriteAsync(AuditDraft draft) => store.WriteAsync(draft, time.GetUtcNow());

    /// <summary>Writes down that a change begins, makes it, and writes down what became of it. If the first cannot be written, nothing is changed.</summary>
    /// <param name="after">What is there now, for the second entry; null: it says only that it was made.</param>
    public async Task<Outcome<T>> AroundAsync<T>(AuditDraft draft, Func<Task<Outcome<T>>> change, Func<T, object?>? after = null)
        where T : class
    {
        var begun = await BeginAsync(draft);
        try
        {
            var outcome = await change();
            await EndAsync(begun, outcome.Refused, outcome.Value is { } value ? AuditJson.Of(after?.Invoke(value)) : null);
            return outcome;
        }
        catch (Exception e)
        {
            await FailAsync(begun, e);
            throw;
        }
    }

    /// <summary>For those who cannot use <see cref="AroundAsync"/>: exactly one of <see cref="EndAsync"/> and <see cref="FailAsync"/> follows.</summary>
    public Task<AuditEntry> BeginAsync(AuditDraft draft) => WriteAsync(draft with { Stage = AuditStage.Begun });

    public Task EndAsync(AuditEntry begun, Refused? refused, string? after) =>
        WriteAsync(
            refused is null
                ? Ending(begun, AuditStage.Made) with
                {
                    After = after,
                }
                : Ending(begun, AuditStage.Refused) with
                {
                    Why = $"{refused.Problem.Code}: {refused.Message}",
                }
        );

    public Task FailAsync(AuditEntry begun, Exception e) => WriteAsync(Ending(begun, AuditStage.Failed) with { Why = e.GetType().Name });

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, long? before, int countMax, CancellationToken cancellation) =>
        store.ListAsync(query, before, countMax, cancellation);

    public Task<AuditEntry?> FindAsync(long number, CancellationToken cancellation) => store.FindAsync(number, cancellation);

    /// <summary>What became of begun entries, by their numbers. One that is missing has not ended, or nobody knows.</summary>
    public async Task<IReadOnlyDictionary<long, AuditEntry>> EndingsAsync(
        IReadOnlyCollection<long> numbers,
        CancellationToken cancellation
    ) => (await store.EndingsAsync(numbers, cancellation)).DistinctBy(entry => entry.Draft.Of).ToDictionary(entry => entry.Draft.Of!.Value);

    /// <summary>Reads the whole chain.</summary>
    /// <param name="head">What was kept elsewhere: an end that was cut off, or a chain made anew, does not have it.</param>
    public async Task<AuditVerification> VerifyAsync(AuditHead? head, CancellationToken cancellation)
    {
        var (number, hash, count) = (0L, AuditEntry.Beginning, 0L);
        while (await store.ChainAsync(number, PageSize, cancellation) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                if (!entry.Follows(number, hash))
                    return new(count, Head(number, hash), number + 1, $"Entry {number + 1} is not what was written after entry {number}.");
                (number, hash, count) = (entry.Number, entry.Hash, count + 1);
                if (head?.Number == number && head.Hash != hash)
                    return new(count, Head(number, hash), number, $"Entry {number} had another hash: the chain was made anew.");
            }
        }
        return head?.Number > number
            ? new(count, Head(number, hash), number + 1, $"The log ends at entry {number}; there was an entry {head.Number}.")
            : new(count, Head(number, hash), null, null);
    }

    private static AuditHead? Head(long number, string hash) => number == 0 ? null : new(number, hash);

    private static AuditDraft Ending(AuditEntry begun, AuditStage stage) =>
        begun.Draft with
        {
            Stage = stage,
            Of = begun.Number,
            Before = null,
            After = null,
            Why = null,
        };
}
