namespace Tokenline.Commerce.Configuration;

/// <summary>Work that one node does at a time, for all.</summary>
public interface ILeadership
{
    /// <summary>Waits until the work is this node's; disposing gives it up.</summary>
    Task<ILead> TakeAsync(string work, CancellationToken cancellation);
}

public interface ILead : IAsyncDisposable
{
    /// <summary>Cancelled when another node may have the work.</summary>
    CancellationToken Lost { get; }
}

/// <summary>Of one process that has its data to itself.</summary>
public sealed class SoleLeadership : ILeadership
{
    public Task<ILead> TakeAsync(string work, CancellationToken cancellation) => Task.FromResult<ILead>(new Lead());

    private sealed class Lead : ILead
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

public static class LeadershipWork
{
    public const string Upkeep = "upkeep";
    public const string Notifications = "notifications";
    public const string Prices = "prices";
    public const string Batches = "batches";
    public const string Responses = "responses";
    public const string Leases = "leases";
    public const string Subscriptions = "subscriptions";
    public const string Books = "books";

    /// <summary>Does the work while this node leads it, again and again, until it is to stop. The work ends by itself when its token is cancelled, and only then another node begins.</summary>
    public static async Task WhileLeadingAsync(
        this ILeadership leadership,
        string work,
        Func<CancellationToken, Task> run,
        CancellationToken stopping
    )
    {
        while (true)
        {
            await using var lead = await leadership.TakeAsync(work, stopping);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(lead.Lost, stopping);
            try
            {
                await run(either.Token);
            }
            catch (OperationCanceledException) when (lead.Lost.IsCancellationRequested && !stopping.IsCancellationRequested)
            {
                // Another leads now; this one waits for its time.
            }
            if (stopping.IsCancellationRequested || !lead.Lost.IsCancellationRequested)
                return;
        }
    }
}
