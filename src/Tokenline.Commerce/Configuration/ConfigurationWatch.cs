namespace Tokenline.Commerce.Configuration;

/// <summary>An area of the configuration as this node has it in memory.</summary>
public interface IConfigurationPart
{
    string Area { get; }

    /// <summary>Brings it to what is stored.</summary>
    /// <param name="since">The version it has; null: all of it is read.</param>
    Task ReloadAsync(long? since, CancellationToken cancellation);
}

/// <summary>
/// Keeps the memory of this node in line with the store: it is the only one that writes it, one round at a time, from the reading of the versions on. So an older reading
/// never takes the place of a newer change, whoever made it: an editor that has committed makes a round as well, before it answers.
/// </summary>
public sealed class ConfigurationWatch(IConfigurationStore store, IEnumerable<IConfigurationPart> parts, ITurns turns, TimeProvider time)
    : IDisposable
{
    /// <summary>How often a node of a cluster looks. With the reading itself it knows a change well within a second.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(300);

    /// <summary>A node that has not been able to look for so long may hold keys that were revoked and prices that have changed: it refuses calls. Ten looks may fail before.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(3);

    /// <summary>A look that takes longer is given up: the next may find the database again.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<IConfigurationPart> parts = [.. parts];
    private readonly Dictionary<string, long> known = [];
    private readonly SemaphoreSlim turn = new(1, 1);
    private long freshTicks;

    /// <summary>When it last knew: everything that was committed before is in memory.</summary>
    public DateTimeOffset FreshAt => new(Volatile.Read(ref freshTicks), TimeSpan.Zero);

    /// <summary>Whether calls may be served. A process that has its data to itself always knows.</summary>
    public bool IsFresh(DateTimeOffset now) => !turns.AreShared || (now - FreshAt).Duration() <= StaleAfter;

    /// <summary>Reads which areas have changed, and those. The first round reads everything.</summary>
    public async Task RoundAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var at = time.GetUtcNow();
            var versions = await VersionsAsync(cancellation);
            foreach (var part in parts)
            {
                var version = versions.GetValueOrDefault(part.Area);
                long? since = known.TryGetValue(part.Area, out var before) && before <= version ? before : null; // less than before: it was restored
                if (since == version)
                    continue;
                await part.ReloadAsync(since, cancellation);
                known[part.Area] = version;
            }
            Volatile.Write(ref freshTicks, at.UtcTicks);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads everything anew, as at the start.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        known.Clear();
        turn.Release();
        await RoundAsync(cancellation);
    }

    public void Dispose() => turn.Dispose();

    private async Task<IReadOnlyDictionary<string, long>> VersionsAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return await store.VersionsAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("the versions of the configuration could not be read in time", e);
        }
    }
}
