namespace Tokenline.Commerce.Configuration;

/// <summary>One change of a kind at a time, over all nodes that share the data.</summary>
public interface ITurns
{
    /// <summary>Other processes take them too; false: this one has its data to itself.</summary>
    bool AreShared { get; }

    /// <summary>Waits for the turn; disposing gives it back. It is lost with its holder.</summary>
    /// <exception cref="TurnTakenException">Others had it for too long.</exception>
    ValueTask<IAsyncDisposable> TakeAsync(string name, CancellationToken cancellation);
}

/// <summary>Another change was being made for as long as one waits. Nothing has changed.</summary>
public sealed class TurnTakenException(string name) : Exception($"Another change is being made ({name}). Try again.");

/// <summary>The names of turns. They are the same on every node, of every version.</summary>
public static class Turns
{
    public const string Catalogue = "catalogue";
    public const string Contracts = "contracts";
    public const string Substitutions = "substitutions";
    public const string Outbox = "outbox";
    public const string Start = "start";
    public const string Quality = "quality";
    public const string Staff = "staff";
    public const string Secrets = "secrets";
    public const string Settings = "settings";

    public static string OfferingOf(string id) => $"offering {id}";

    public static string OrdersOf(PartyId customer) => $"orders of {customer}";

    public static string ReferralsOf(PartyId referrer) => $"referrals of {referrer}";

    public static string WalletOf(PartyId customer) => $"wallet of {customer}";

    public static string KeysOf(PartyId customer) => $"keys of {customer}";

    public static string MembersOf(PartyId customer) => $"members of {customer}";

    public static string SharesOf(PartyId customer) => $"shares of {customer}";

    public static string TreeOf(PartyId customer) => $"tree of {customer}";

    public static string TermsOf(PartyId customer) => $"terms of {customer}";
}

/// <summary>Turns among the callers of one process.</summary>
public sealed class ProcessTurns(TimeSpan patience) : ITurns
{
    public static readonly TimeSpan PatienceDefault = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Queue> queues = [];

    public ProcessTurns()
        : this(PatienceDefault) { }

    public bool AreShared => false;

    public async ValueTask<IAsyncDisposable> TakeAsync(string name, CancellationToken cancellation)
    {
        Queue? queue;
        lock (queues)
        {
            if (!queues.TryGetValue(name, out queue))
                queues.Add(name, queue = new());
            queue.Waiting++;
        }
        try
        {
            if (await queue.Turn.WaitAsync(patience, cancellation))
                return new Held(this, name, queue);
        }
        catch (OperationCanceledException)
        {
            Leave(name, queue);
            throw;
        }
        Leave(name, queue);
        throw new TurnTakenException(name);
    }

    private void Leave(string name, Queue queue)
    {
        lock (queues)
        {
            if (--queue.Waiting > 0)
                return;
            queues.Remove(name);
        }
        queue.Turn.Dispose();
    }

    private sealed class Queue
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>With the one whose turn it is.</summary>
        public int Waiting { get; set; }
    }

    private sealed class Held(ProcessTurns turns, string name, Queue queue) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            queue.Turn.Release();
            turns.Leave(name, queue);
            return ValueTask.CompletedTask;
        }
    }
}
